/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_NLFUZZ_H
#define RG_SELFTESTS_NLFUZZ_H

#include "random.h"

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/rtpguard.h>

/* A message with all that mutations may add, and a datagram of several. */
#define FUZZ_MESSAGE_MAX	(96 * 1024)
#define FUZZ_BATCH_MAX		5
#define FUZZ_BUFFER_SIZE	(2 * FUZZ_MESSAGE_MAX)

/**
 * struct fuzz - what messages are made from
 * @rng: alone decides what is made
 * @family: message type of the family
 * @generation: what is named as expected; from the replies
 * @odd: the message in the making has a value that may be refused
 */
struct fuzz {
	struct rg_random rng;
	u16 family;
	u64 generation;
	bool odd;
};

/**
 * struct fuzz_state - what a refusal must not change
 * @mode: enum rtpguard_mode
 * @rules: their number
 * @generation: counts the rulesets
 */
struct fuzz_state {
	u8 mode;
	u32 rules;
	u64 generation;
};

/* One in n. */
static inline bool fuzz_chance(struct fuzz *f, u32 n)
{
	return !random_below(&f->rng, n);
}

/* nlfuzz_make.c */
bool fuzz_make(struct fuzz *f, struct nlmsghdr *nlh, u32 seq);

/* nlfuzz_mutate.c */
void fuzz_mutate(struct fuzz *f, struct nlmsghdr *nlh);

/* nlfuzz_reply.c */
const char *fuzz_reply_wrong(const struct nlmsghdr *nlh);
u64 fuzz_ruleset_sum(struct mnl_socket *nl);
void fuzz_reply_state(const struct nlmsghdr *nlh, struct fuzz_state *state);

#endif /* RG_SELFTESTS_NLFUZZ_H */
