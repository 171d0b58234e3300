// SPDX-License-Identifier: GPL-2.0
#include "ruleset.h"

#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/u64_stats_sync.h>
#include <net/netlink.h>

/**
 * DOC: Theory of operation
 *
 *	message -> rg_ruleset_parse() -> new ruleset -> rcu_replace_pointer()
 *	                                                    |
 *	packet -> rg_ruleset_get() -> policy, mode          old -> call_rcu()
 *
 * A packet takes the pointer once and sees rules and mode of one load, never a
 * mix. A load builds everything first; when any of it fails, nothing changed.
 * Flows remember the generation and what it said of them, not a pointer, so the
 * old ruleset is free after a grace period.
 *
 * The mode alone may change in a published ruleset: one byte, in force from the
 * next packet.
 */

static const char * const mode_names[] = {
	[RTPGUARD_MODE_OFF] = "off",
	[RTPGUARD_MODE_MONITOR] = "monitor",
	[RTPGUARD_MODE_ENFORCE] = "enforce",
	[RTPGUARD_MODE_STRICT] = "strict",
};

static char *mode = "monitor";
module_param(mode, charp, 0444);
MODULE_PARM_DESC(mode, "Mode at load: off, monitor, enforce or strict (monitor)");

struct rg_rule_stats {
	u64_stats_t packets;
	u64_stats_t bytes;
	struct u64_stats_sync syncp;
};

static DEFINE_MUTEX(mutex);	/* one writer at a time */
static struct rg_ruleset __rcu *current_ruleset;

static void ruleset_free(struct rg_ruleset *ruleset)
{
	rg_ruleset_parse_free(&ruleset->policy);
	free_percpu(ruleset->stats);
	kfree(ruleset);
}

static void ruleset_free_rcu(struct rcu_head *rcu)
{
	ruleset_free(container_of(rcu, struct rg_ruleset, rcu));
}

static int ruleset_alloc_stats(struct rg_ruleset *ruleset)
{
	u32 n = ruleset->policy.n_rules;
	u32 i;
	int cpu;

	if (!n)
		return 0;
	ruleset->stats = __alloc_percpu(n * sizeof(struct rg_rule_stats),
					__alignof__(struct rg_rule_stats));
	if (!ruleset->stats)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		for (i = 0; i < n; i++)
			u64_stats_init(&per_cpu_ptr(ruleset->stats, cpu)[i].syncp);
	}
	return 0;
}

/**
 * rg_ruleset_get() - the ruleset in force
 *
 * Context: RCU read side; valid until its end.
 * Return: never NULL between rg_ruleset_init() and rg_ruleset_exit().
 */
const struct rg_ruleset *rg_ruleset_get(void)
{
	return rcu_dereference(current_ruleset);
}

/**
 * rg_ruleset_set_mode() - set the mode, in force from the next packet
 * @mode: enum rtpguard_mode, checked by the caller
 *
 * Context: process; takes the ruleset mutex.
 */
void rg_ruleset_set_mode(u8 mode)
{
	struct rg_ruleset *ruleset;

	mutex_lock(&mutex);
	ruleset = rcu_dereference_protected(current_ruleset,
					    lockdep_is_held(&mutex));
	WRITE_ONCE(ruleset->mode, mode);
	mutex_unlock(&mutex);
}

/* Swap in the new ruleset; on refusal the caller still owns it. */
static int ruleset_publish(struct rg_ruleset *new,
			   const struct rg_ruleset_request *req,
			   struct netlink_ext_ack *extack)
{
	struct rg_ruleset *old;
	int ret = -EAGAIN;

	mutex_lock(&mutex);
	old = rcu_dereference_protected(current_ruleset,
					lockdep_is_held(&mutex));
	if (req->expected && nla_get_u64(req->expected) != old->generation) {
		NL_SET_ERR_MSG_ATTR(extack, req->expected,
				    "expected-generation is not the generation in force, the ruleset was replaced meanwhile");
		goto out;
	}
	new->generation = old->generation + 1;
	new->mode = req->has_mode ? req->mode : old->mode;
	rcu_replace_pointer(current_ruleset, new, lockdep_is_held(&mutex));
	call_rcu(&old->rcu, ruleset_free_rcu);
	ret = 0;
out:
	mutex_unlock(&mutex);
	return ret;
}

/**
 * rg_ruleset_load() - replace the ruleset, all or nothing
 * @req: what to load
 * @generation: set to the new one on success
 * @extack: says what is wrong, and with which attribute
 *
 * Context: process, may sleep.
 * Return: 0, -EINVAL for bad rules, -EAGAIN when the expected generation is not
 * the one in force, or -ENOMEM. Nothing has changed unless it is 0.
 */
int rg_ruleset_load(const struct rg_ruleset_request *req, u64 *generation,
		    struct netlink_ext_ack *extack)
{
	struct rg_ruleset *new;
	int ret;

	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	ret = rg_ruleset_parse(&new->policy, req->attrs, req->len, extack);
	if (ret)
		goto err_free;
	ret = ruleset_alloc_stats(new);
	if (ret)
		goto err_free;
	ret = ruleset_publish(new, req, extack);
	if (ret)
		goto err_free;
	*generation = new->generation;
	return 0;

err_free:
	ruleset_free(new);
	return ret;
}

/**
 * rg_ruleset_count() - count a packet for the rule that decided
 * @ruleset: the ruleset it was judged by
 * @rule: index
 * @bytes: length at the network layer
 *
 * Context: RCU read side, BH disabled.
 */
void rg_ruleset_count(const struct rg_ruleset *ruleset, u32 rule, u32 bytes)
{
	struct rg_rule_stats *stats = this_cpu_ptr(ruleset->stats) + rule;

	u64_stats_update_begin(&stats->syncp);
	u64_stats_inc(&stats->packets);
	u64_stats_add(&stats->bytes, bytes);
	u64_stats_update_end(&stats->syncp);
}

/**
 * rg_ruleset_rule_count() - what a rule has decided
 * @ruleset: a ruleset
 * @rule: index
 * @count: filled with the sum over all CPUs
 *
 * Context: RCU read side.
 */
void rg_ruleset_rule_count(const struct rg_ruleset *ruleset, u32 rule,
			   struct rg_count *count)
{
	struct rg_rule_stats *stats;
	unsigned int start;
	u64 packets, bytes;
	int cpu;

	memset(count, 0, sizeof(*count));
	for_each_possible_cpu(cpu) {
		stats = per_cpu_ptr(ruleset->stats, cpu) + rule;
		do {
			start = u64_stats_fetch_begin(&stats->syncp);
			packets = u64_stats_read(&stats->packets);
			bytes = u64_stats_read(&stats->bytes);
		} while (u64_stats_fetch_retry(&stats->syncp, start));
		count->packets += packets;
		count->bytes += bytes;
	}
}

/**
 * rg_ruleset_init() - put the built-in ruleset in force
 *
 * Context: process.
 * Return: 0, -EINVAL for an unknown mode parameter, or -ENOMEM.
 */
int rg_ruleset_init(void)
{
	struct rg_ruleset *ruleset;
	int found;

	found = match_string(mode_names, ARRAY_SIZE(mode_names), mode);
	if (found < 0) {
		pr_err("mode=%s: expected off, monitor, enforce or strict\n",
		       mode);
		return -EINVAL;
	}
	ruleset = kzalloc(sizeof(*ruleset), GFP_KERNEL);
	if (!ruleset)
		return -ENOMEM;
	rg_policy_defaults(&ruleset->policy);
	ruleset->generation = 1;
	ruleset->mode = found;
	RCU_INIT_POINTER(current_ruleset, ruleset);
	return 0;
}

/**
 * rg_ruleset_exit() - free the ruleset
 *
 * Context: process, when neither a hook nor netlink can ask for it any more.
 */
void rg_ruleset_exit(void)
{
	ruleset_free(rcu_dereference_protected(current_ruleset, true));
	RCU_INIT_POINTER(current_ruleset, NULL);
}
