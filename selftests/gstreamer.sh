# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Sourced after lib.sh by tests of GStreamer.

# It would look at each plugin that there is, at a second a dozen: at PLUGINS only.
plugins_choose()
{
	local name

	mkdir "$tmp/plugins"
	for name in "${PLUGINS[@]}"; do
		ln -s /usr/lib/*/gstreamer-1.0/"libgst$name.so" "$tmp/plugins"
	done
	export GST_PLUGIN_SYSTEM_PATH_1_0=$tmp/plugins GST_REGISTRY=$tmp/registry
	export GST_REGISTRY_FORK=no
}
