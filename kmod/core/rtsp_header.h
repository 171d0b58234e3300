/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_RTSP_HEADER_H
#define RG_CORE_RTSP_HEADER_H

#include "words.h"

/**
 * enum rg_rtsp_header_event - what a byte of a header says
 * @RG_RTSP_HEADER_MORE: nothing yet
 * @RG_RTSP_HEADER_END: it was the last
 * @RG_RTSP_HEADER_BAD: where the next message begins cannot be known
 */
enum rg_rtsp_header_event {
	RG_RTSP_HEADER_MORE,
	RG_RTSP_HEADER_END,
	RG_RTSP_HEADER_BAD,
};

/**
 * struct rg_rtsp_header - the lines behind a message's first, zeroed there
 * @body_len: bytes of the body, as far as its digits have come
 * @phase: what stands next, enum phase (rtsp_header.c)
 * @field: whose value it is, enum field (rtsp_header.c)
 * @words: of a name, or of a value
 * @digits: of the length
 * @ended: the length can have no more digits
 * @length: there is a length
 * @http: a header of HTTP: the length is of no interest, but whether it is a tunnel's
 * @tunnel: it is
 */
struct rg_rtsp_header {
	u32 body_len;
	u8 phase;
	u8 field;
	struct rg_words words;
	u8 digits;
	bool ended;
	bool length;
	bool http;
	bool tunnel;
};

u8 rg_rtsp_header_feed(struct rg_rtsp_header *header, u8 c);

#endif /* RG_CORE_RTSP_HEADER_H */
