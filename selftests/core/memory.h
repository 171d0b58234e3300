/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_MEMORY_H
#define RG_SELFTESTS_MEMORY_H

#include "core/classify.h"
#include "core/content.h"

#include <stdlib.h>

/* The memory of content tests, as callers of the core manage it. */

/* Feeds a packet; where @memory is false there is none to be had. */
static inline void media_feed(struct rg_media *media,
			      const struct rg_packet *pkt, bool memory,
			      struct rg_answer *ans)
{
	struct rg_content *content;

	if (memory && rg_media_hungry(media, pkt)) {
		content = malloc(sizeof(*content));
		if (content) {
			/* Need not be zeroed: be sure that it is not. */
			memset(content, 0xaa, sizeof(*content));
			rg_media_give(media, content);
		}
	}
	rg_feed(media, pkt, ans);
	free(rg_media_take(media));
}

/* The flow ends; what is left is a state as at first. */
static inline void media_end(struct rg_media *media)
{
	struct rg_content *content;

	while ((content = rg_media_drain(media)))
		free(content);
	memset(media, 0, sizeof(*media));
}

#endif /* RG_SELFTESTS_MEMORY_H */
