/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_JOB_H
#define RG_SELFTESTS_JOB_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "packets.h"

#define PACKET_MAX 65507
#define EXTHDRS_MAX 63

/**
 * struct job - what rtpsend is told to send
 * @dst: address, as text
 * @src: address, as text, or NULL for any
 * @netns: name of the namespace it is sent in, or NULL
 * @kind: of the packets: a word that kind_make() knows
 * @via: how they are sent: a word that via_find() knows
 * @first: kind of a GSO run's first segment, or NULL: as the others
 * @lie: a length that says something else than is there, or NULL
 * @dport: host byte order
 * @sport: host byte order
 * @count: calls of via.send
 * @interval_us: pause after each
 * @payload: bytes after the header, where the kind has no length of its own
 * @tag: bytes after the payload
 * @pt: RTP payload type
 * @ssrc: of RTP and RTCP
 * @seq: first sequence number
 * @segments: packets in one GSO run
 * @csrcs: contributing sources in the RTP header
 * @extension: words in an RTP header extension; 0: there is none
 * @headers: destination options of raw IPv6 packets, how many headers of them
 * @chain: instead, their extension headers: letters that raw.c knows, or NULL
 * @coverage: of the UDP-Lite checksum
 * @relay: what carries the packets: letters that relay_wrap() knows, or NULL
 * @peer: behind the relay, 0 to 255; 256: two, in turn
 * @uid: who sends; 0: nobody else than who runs this
 * @end: send the end marker at last
 * @random: payload of random bytes
 * @junk_last: the last segment is not media
 * @media_last: only the last segment is
 * @new_ports: a new source port for every packet
 * @to: @dst and @dport
 * @to_len: bytes of @to
 * @family: AF_INET or AF_INET6
 * @sock: what via.open opened
 * @sent: sends that went well
 * @eperm: sends refused with EPERM
 * @other: sends that failed otherwise
 */
struct job {
	const char *dst, *src, *netns, *kind, *first, *via, *lie, *relay, *chain;
	u32 dport, sport;
	u32 count, interval_us, payload, tag, pt, ssrc, seq, segments;
	u32 csrcs, extension, headers, coverage, uid, peer;
	bool end, random, junk_last, media_last, new_ports;
	struct sockaddr_storage to;
	socklen_t to_len;
	int family;
	int sock;
	u32 sent, eperm, other;
};

/**
 * struct via - a way to send
 * @name: word for it
 * @open: sets job.sock
 * @send: sends one packet, or one GSO run, and calls account()
 */
struct via {
	const char *name;
	void (*open)(struct job *job);
	void (*send)(struct job *job, const u8 *p, u32 len);
};

/* rtpsend.c */
void die(const char *what);
void resolve(const char *addr, u16 port, struct sockaddr_storage *to,
	     socklen_t *len);
void account(struct job *job, ssize_t ret);
bool lies(const struct job *job, const char *lie);

/* kind.c */
u32 kind_make(const struct job *job, u32 i, u8 *p);

/* relay.c */
u32 relay_wrap(const struct job *job, const char *how, u32 i, u8 *p, u32 len);

/* via.c */
const struct via *via_find(const char *name);
void set_option(struct job *job, int level, int name, const void *value,
		socklen_t len);
void open_socket(struct job *job, int type, int protocol);
void open_udp(struct job *job);
void open_connected(struct job *job);
void send_plain(struct job *job, const u8 *p, u32 len, int flags);

/* uring.c */
void open_uring(struct job *job);
void send_uring(struct job *job, const u8 *p, u32 len);

/* raw.c */
void open_raw(struct job *job);
void send_raw(struct job *job, const u8 *p, u32 len);
void open_line(struct job *job);
void send_line(struct job *job, const u8 *p, u32 len);
void send_frag(struct job *job, const u8 *p, u32 len);
void send_frag8(struct job *job, const u8 *p, u32 len);
void send_overlap(struct job *job, const u8 *p, u32 len);
void send_cut(struct job *job, const u8 *p, u32 len);
void send_stub(struct job *job, const u8 *p, u32 len);

#endif /* RG_SELFTESTS_JOB_H */
