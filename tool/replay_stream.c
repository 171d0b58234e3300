// SPDX-License-Identifier: GPL-2.0
#include "replay_flow.h"
#include "core/content.h"

#include <stdlib.h>

static struct replay_stream *stream_get(struct replay_media *media, u8 dir,
					u32 ssrc)
{
	struct replay_stream **at;

	for (at = &media->streams; *at; at = &(*at)->next) {
		if ((*at)->ssrc == ssrc && (*at)->dir == dir)
			return *at;
	}
	*at = calloc(1, sizeof(**at));
	if (*at) {
		(*at)->ssrc = ssrc;
		(*at)->dir = dir;
	}
	return *at;
}

/*
 * The core forgets streams, we do not: their number is bounded by the capture's
 * size.
 */
static int stream_update(struct replay_media *media, u8 dir,
			 const struct rg_answer *ans)
{
	struct replay_stream *stream;

	if (!ans->stream || ans->duplicate)
		return 0;
	stream = stream_get(media, dir, ans->stream->ssrc);
	if (!stream)
		return -1;
	stream->last = *ans->stream;
	stream->packets++;
	if (ans->stream->suspected_at && !stream->suspected_at)
		stream->suspected_at = stream->packets;
	if (ans->stream->decided_at && !stream->decided_at)
		stream->decided_at = stream->packets;
	return 0;
}

/**
 * replay_media_feed() - feed a datagram to the classifier
 * @media: of its flow
 * @pkt: the datagram
 * @ans: filled, see rg_feed()
 *
 * Return: 0, or -1 for want of memory.
 */
int replay_media_feed(struct replay_media *media, const struct rg_packet *pkt,
		      struct rg_answer *ans)
{
	struct rg_content *content;

	if (rg_media_hungry(&media->core, pkt)) {
		content = malloc(sizeof(*content));
		if (!content)
			return -1;
		rg_media_give(&media->core, content);
	}
	rg_feed(&media->core, pkt, ans);
	free(rg_media_take(&media->core));
	return stream_update(media, pkt->dir, ans);
}

/**
 * replay_media_free() - free what the first peer of a flow has
 * @flow: has some media
 */
void replay_media_free(struct replay_flow *flow)
{
	struct replay_media *media = flow->media;
	struct replay_stream *stream, *next;
	struct rg_content *content;

	flow->media = media->next;
	while ((content = rg_media_drain(&media->core)))
		free(content);
	for (stream = media->streams; stream; stream = next) {
		next = stream->next;
		free(stream);
	}
	free(media);
}
