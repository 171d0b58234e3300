// SPDX-License-Identifier: GPL-2.0
#include "json_print.h"
#include "rtpguard.h"

#include <stdio.h>
#include <time.h>

/**
 * json_print() - print an object on a line of its own
 * @object: its reference is taken; gets the "schema" that all our output has
 */
void json_print(json_t *object)
{
	json_object_set_new(object, "schema", json_integer(RG_JSON_SCHEMA));
	json_dumpf(object, stdout, JSON_COMPACT | JSON_PRESERVE_ORDER);
	putchar('\n');
	fflush(stdout);
	json_decref(object);
}

/**
 * json_time() - now, as RFC 3339 says
 * @buf: filled with "2026-01-31T23:59:59Z"
 * @size: of @buf
 *
 * Return: @buf.
 */
const char *json_time(char *buf, size_t size)
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(buf, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return buf;
}
