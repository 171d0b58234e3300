// SPDX-License-Identifier: GPL-2.0
#include "json_print.h"
#include "rtpguard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
 * json_path() - a file's name as a string
 * @path: may hold any bytes, which a JSON string may not: then all that are not
 *	ASCII are question marks
 *
 * Return: the string, or NULL for want of memory.
 */
json_t *json_path(const char *path)
{
	json_t *json = json_string(path);
	char *copy;
	size_t i;

	if (json)
		return json;
	copy = strdup(path);
	for (i = 0; copy && copy[i]; i++) {
		if (copy[i] & 0x80)
			copy[i] = '?';
	}
	json = copy ? json_string(copy) : NULL;
	free(copy);
	return json;
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
