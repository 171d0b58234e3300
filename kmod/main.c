// SPDX-License-Identifier: GPL-2.0
#include "conn.h"
#include "device.h"
#include "flow.h"
#include "flow_absent.h"
#include "hook.h"
#include "netlink.h"
#include "ruleset.h"
#include "selftest.h"
#include "stats.h"

#include <linux/module.h>

static int __init rg_init(void)
{
	int ret;

	ret = rg_selftest();
	if (ret)
		goto err;
	ret = rg_stats_init();
	if (ret)
		goto err;
	ret = rg_ruleset_init();
	if (ret)
		goto err_stats_exit;
	ret = rg_flow_init();
	if (ret)
		goto err_ruleset_exit;
	ret = rg_flow_absent_init();
	if (ret)
		goto err_flow_exit;
	ret = rg_conn_init();
	if (ret)
		goto err_flow_absent_exit;
	ret = rg_device_init();
	if (ret)
		goto err_conn_exit;
	ret = rg_hook_init();
	if (ret)
		goto err_device_exit;
	ret = rg_netlink_init();
	if (ret)
		goto err_hook_exit;
	pr_info("version " RG_VERSION " loaded\n");
	return 0;

err_hook_exit:
	rg_hook_exit();
err_device_exit:
	rg_device_exit();
err_conn_exit:
	rg_conn_exit();
err_flow_absent_exit:
	rg_flow_absent_exit();
err_flow_exit:
	rg_flow_exit();
err_ruleset_exit:
	rg_ruleset_exit();
err_stats_exit:
	rg_stats_exit();
err:
	pr_err("not loaded (%d)\n", ret);
	return ret;
}

static void __exit rg_exit(void)
{
	rg_netlink_exit();
	rg_hook_exit();
	rg_device_exit();
	rg_conn_exit();
	rg_flow_absent_exit();
	rg_flow_exit();
	rg_ruleset_exit();
	rg_stats_exit();
	rcu_barrier(); /* rulesets replaced lately */
}

module_init(rg_init);
module_exit(rg_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Lets real-time media leave only when it is encrypted");
MODULE_VERSION(RG_VERSION);
MODULE_ALIAS_GENL_FAMILY(RTPGUARD_FAMILY_NAME);
