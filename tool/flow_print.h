/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_FLOW_PRINT_H
#define RG_TOOL_FLOW_PRINT_H

#include "nl.h"

#include <jansson.h>

void flow_print(const struct nl_flow *flow, bool numeric);
void flow_headline(const struct nl_flow *flow, char *buf, size_t size);
json_t *flow_json(const struct nl_flow *flow);

#endif /* RG_TOOL_FLOW_PRINT_H */
