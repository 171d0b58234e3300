// SPDX-License-Identifier: GPL-2.0
/*
 * WAV files: linear, 16 bit, 8,000 samples a second.
 */
#include "wav.h"

#include "core/cursor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define WAV_RATE	8000
#define WAV_BITS	16
#define WAV_PCM		1
#define WAV_HEADER_LEN	44

/* 100 MiB: more than an hour in stereo. */
#define WAV_FILE_MAX	(100u << 20)

static u8 *put_le(u8 *pos, u32 value, int bytes)
{
	while (bytes--) {
		*pos++ = value;
		value >>= 8;
	}
	return pos;
}

static u8 *put_tag(u8 *pos, const char *tag)
{
	memcpy(pos, tag, 4);
	return pos + 4;
}

static void header_fill(u8 *head, u16 n_channels, u32 data_len)
{
	u16 frame_len = n_channels * WAV_BITS / 8;
	u8 *pos = put_tag(head, "RIFF");

	pos = put_le(pos, WAV_HEADER_LEN - 8 + data_len, 4);
	pos = put_tag(put_tag(pos, "WAVE"), "fmt ");
	pos = put_le(pos, 16, 4);
	pos = put_le(pos, WAV_PCM, 2);
	pos = put_le(pos, n_channels, 2);
	pos = put_le(pos, WAV_RATE, 4);
	pos = put_le(pos, WAV_RATE * frame_len, 4);
	pos = put_le(pos, frame_len, 2);
	pos = put_le(pos, WAV_BITS, 2);
	put_le(put_tag(pos, "data"), data_len, 4);
}

static void samples_write(FILE *file, const short *const *channels,
			  u16 n_channels, u32 n)
{
	u8 bytes[2];
	u32 i, c;

	for (i = 0; i < n; i++) {
		for (c = 0; c < n_channels; c++) {
			put_le(bytes, (u16)channels[c][i], sizeof(bytes));
			fwrite(bytes, sizeof(bytes), 1, file);
		}
	}
}

/**
 * wav_write() - write a WAV file
 * @path: of the file
 * @channels: an array of samples each
 * @n_channels: 1 or 2
 * @n: samples in each channel
 *
 * Return: 0, or -1 after a message.
 */
int wav_write(const char *path, const short *const *channels, u16 n_channels,
	      u32 n)
{
	FILE *file = fopen(path, "wb");
	u8 head[WAV_HEADER_LEN];
	int failed;

	if (!file) {
		fprintf(stderr, "%s: cannot create: %s\n", path, strerror(errno));
		return -1;
	}
	header_fill(head, n_channels, n * n_channels * WAV_BITS / 8);
	fwrite(head, sizeof(head), 1, file);
	samples_write(file, channels, n_channels, n);
	failed = ferror(file);
	if (fclose(file) || failed) {
		fprintf(stderr, "%s: cannot write: %s\n", path, strerror(errno));
		return -1;
	}
	return 0;
}

static u16 get_le16(struct rg_cur *cur)
{
	u16 low = rg_cur_u8(cur);

	return low | rg_cur_u8(cur) << 8;
}

static u32 get_le32(struct rg_cur *cur)
{
	u32 low = get_le16(cur);

	return low | (u32)get_le16(cur) << 16;
}

/* Finds a chunk; a data chunk whose writer was stopped goes on to the end. */
static bool chunk_find(struct rg_cur riff, const char *tag, struct rg_cur *chunk)
{
	const u8 *name;
	u32 len;

	while ((name = rg_cur_take(&riff, 4))) {
		len = get_le32(&riff);
		if (riff.err)
			return false;
		if (!memcmp(name, tag, 4)) {
			rg_cur_init(chunk, riff.pos,
				    len < riff.left ? len : riff.left);
			return true;
		}
		rg_cur_skip(&riff, len);
		if (len & 1)
			rg_cur_skip(&riff, 1);
	}
	return false;
}

/* Returns the number of channels, 0 if it is not the format we read. */
static u16 format_parse(struct rg_cur fmt)
{
	u16 format = get_le16(&fmt);
	u16 n_channels = get_le16(&fmt);
	u32 rate = get_le32(&fmt);
	u16 bits;

	rg_cur_skip(&fmt, 6);
	bits = get_le16(&fmt);
	if (fmt.err || format != WAV_PCM || rate != WAV_RATE || bits != WAV_BITS)
		return 0;
	return n_channels;
}

/* The first channel's samples. */
static short *samples_parse(struct rg_cur data, u16 n_channels, u32 *n)
{
	u32 i, frame_len = n_channels * WAV_BITS / 8;
	short *samples;

	*n = data.left / frame_len;
	samples = malloc(*n * sizeof(*samples) + 1);
	for (i = 0; samples && i < *n; i++) {
		samples[i] = (short)get_le16(&data);
		rg_cur_skip(&data, frame_len - WAV_BITS / 8);
	}
	return samples;
}

/* Returns what is wrong, or NULL. */
static const char *wav_parse(struct rg_cur file, short **samples, u32 *n)
{
	struct rg_cur fmt, data;
	const u8 *riff = rg_cur_take(&file, 4);
	const u8 *wave;
	u16 n_channels;

	rg_cur_skip(&file, 4);
	wave = rg_cur_take(&file, 4);
	if (!riff || !wave || memcmp(riff, "RIFF", 4) || memcmp(wave, "WAVE", 4))
		return "not a WAV file";
	if (!chunk_find(file, "fmt ", &fmt) || !chunk_find(file, "data", &data))
		return "a WAV file without format or data";
	n_channels = format_parse(fmt);
	if (!n_channels)
		return "expected linear samples, 16 bit, 8,000 a second";
	*samples = samples_parse(data, n_channels, n);
	return *samples ? NULL : "out of memory";
}

/* Returns the bytes of a file, or NULL with errno set. */
static u8 *file_read(const char *path, u32 *len)
{
	FILE *file = fopen(path, "rb");
	u8 *bytes = NULL;
	long size;

	if (!file)
		return NULL;
	size = fseek(file, 0, SEEK_END) ? -1 : ftell(file);
	if (size >= 0) {
		errno = EFBIG;
		if (size <= (long)WAV_FILE_MAX)
			bytes = malloc(size + 1);
		rewind(file);
		*len = bytes ? fread(bytes, 1, size, file) : 0;
	}
	fclose(file);
	return bytes;
}

/**
 * wav_read() - read the first channel of a WAV file
 * @path: of the file
 * @n: set to the number of samples
 *
 * Return: the samples, to be freed; NULL after a message.
 */
short *wav_read(const char *path, u32 *n)
{
	short *samples = NULL;
	const char *problem;
	struct rg_cur cur;
	u8 *bytes;
	u32 len;

	bytes = file_read(path, &len);
	if (!bytes) {
		fprintf(stderr, "%s: cannot read: %s\n", path, strerror(errno));
		return NULL;
	}
	rg_cur_init(&cur, bytes, len);
	problem = wav_parse(cur, &samples, n);
	if (problem)
		fprintf(stderr, "%s: %s\n", path, problem);
	free(bytes);
	return samples;
}
