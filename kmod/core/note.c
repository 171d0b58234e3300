// SPDX-License-Identifier: GPL-2.0
#include "classify.h"

#include <uapi/linux/rtpguard.h>

/**
 * rg_note_find() - find what is kept of a decided stream
 * @media: state of the flow
 * @dir: enum rg_dir
 * @ssrc: synchronisation source
 *
 * Context: whatever protects the state.
 * Return: the note or NULL.
 */
struct rg_note *rg_note_find(struct rg_media *media, u8 dir, u32 ssrc)
{
	struct rg_note *note;
	u32 i;

	for (i = 0; i < RG_NOTES_MAX; i++) {
		note = &media->notes[i];
		if (note->ssrc == ssrc && note->dir == dir &&
		    note->protection != RTPGUARD_PROTECTION_UNDETERMINED)
			return note;
	}
	return NULL;
}

/**
 * rg_note_write() - keep what was decided of a stream that gives up its place
 * @media: state of the flow; the oldest note goes when there are too many
 * @dir: enum rg_dir
 * @stream: the stream; undecided, nothing is kept, nor what was before
 *
 * Context: whatever protects the state.
 */
void rg_note_write(struct rg_media *media, u8 dir, const struct rg_stream *stream)
{
	struct rg_note *note = rg_note_find(media, dir, stream->ssrc);

	if (stream->protection != RTPGUARD_PROTECTION_CLEAR &&
	    !rg_protection_tested(stream->protection)) {
		if (note)
			note->protection = RTPGUARD_PROTECTION_UNDETERMINED;
		return;
	}
	if (!note) {
		note = &media->notes[media->next_note];
		media->next_note = (media->next_note + 1) % RG_NOTES_MAX;
	}
	note->ssrc = stream->ssrc;
	note->evidence = stream->evidence;
	note->decided_at = min_t(u64, stream->decided_at, RG_NOTE_DECIDED_MAX);
	note->anew = rg_stream_is_anew(stream);
	note->trials = min_t(u16, stream->trials, RG_NOTE_TRIALS_MAX);
	note->dir = dir;
	note->protection = stream->protection;
	if (note->protection == RTPGUARD_PROTECTION_CLEAR)
		media->sides[dir].clear_evidence = stream->evidence;
}

/**
 * rg_note_read() - give a stream back what was decided of it
 * @note: from rg_note_find()
 * @stream: zeroed, but for a fresh test
 *
 * It is tested at once, and so keeps its place for a whole trial: with more
 * uniform SSRCs in turn than places, all would give them up untested.
 *
 * Context: whatever protects the state.
 */
void rg_note_read(const struct rg_note *note, struct rg_stream *stream)
{
	stream->class = rg_protection_tested(note->protection) ?
			RTPGUARD_CLASS_SRTP : RTPGUARD_CLASS_RTP;
	stream->protection = note->protection;
	stream->evidence = note->evidence;
	stream->decided_at = note->decided_at;
	stream->trials += note->trials;
	stream->run = RG_CONTINUITY_MIN;
	stream->skipped = RG_RETEST_ONE_IN - 1;
	if (note->anew)
		rg_stream_renew(stream);
}
