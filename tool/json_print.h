/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_JSON_PRINT_H
#define RG_TOOL_JSON_PRINT_H

#include <jansson.h>

void json_print(json_t *object);
json_t *json_path(const char *path);
const char *json_time(char *buf, size_t size);

#endif /* RG_TOOL_JSON_PRINT_H */
