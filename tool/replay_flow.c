// SPDX-License-Identifier: GPL-2.0
#include "replay_flow.h"
#include "replay_packet.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

#define BUCKETS_MIN	1024u
#define BUCKETS_MAX	(256u << 20)

/**
 * replay_flows_init() - an empty table
 * @flows: filled; replay_flows_exit() frees what it holds
 *
 * Return: 0, or -1 for want of memory.
 */
int replay_flows_init(struct replay_flows *flows)
{
	memset(flows, 0, sizeof(*flows));
	flows->buckets = calloc(BUCKETS_MIN, sizeof(*flows->buckets));
	if (!flows->buckets)
		return -1;
	flows->mask = BUCKETS_MIN - 1;
	/* Without a seed the hash is a constant, and works as well. */
	if (getrandom(&flows->seed, sizeof(flows->seed), GRND_NONBLOCK) < 0)
		flows->seed = 0;
	return 0;
}

/**
 * replay_flows_exit() - free all flows
 * @flows: from replay_flows_init()
 */
void replay_flows_exit(struct replay_flows *flows)
{
	struct replay_flow *flow = flows->first;

	while (flow) {
		struct replay_flow *next = flow->next;

		while (flow->media)
			replay_media_free(flow);
		replay_tcp_free(flow);
		free(flow);
		flow = next;
	}
	free(flows->buckets);
}

/* As rg_flow_key() of the module orders the ends. */
static u8 key_fill(const struct replay_headers *head, struct replay_key *key)
{
	int order = memcmp(head->saddr, head->daddr, sizeof(head->saddr));
	u8 from = order > 0 || (!order && head->sport > head->dport);

	memset(key, 0, sizeof(*key));
	memcpy(key->addr[from], head->saddr, sizeof(head->saddr));
	memcpy(key->addr[!from], head->daddr, sizeof(head->daddr));
	key->port[from] = head->sport;
	key->port[!from] = head->dport;
	key->l4proto = head->l4proto;
	key->family = head->family;
	return from;
}

/* MurmurHash3's finaliser after each word; a capture must not know the seed. */
static u32 key_hash(const struct replay_key *key, u64 hash)
{
	u64 words[sizeof(*key) / sizeof(u64)];
	size_t i;

	static_assert(sizeof(words) == sizeof(*key), "key is not whole words");
	memcpy(words, key, sizeof(words));
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		hash ^= words[i];
		hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdull;
		hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53ull;
		hash ^= hash >> 33;
	}
	return (u32)hash;
}

/* Twice the buckets; for want of memory the chains just get longer. */
static void buckets_grow(struct replay_flows *flows)
{
	u32 mask = 2 * flows->mask + 1;
	struct replay_flow **buckets;
	struct replay_flow *flow;

	if (mask >= BUCKETS_MAX)
		return;
	buckets = calloc(mask + 1, sizeof(*buckets));
	if (!buckets)
		return;
	for (flow = flows->first; flow; flow = flow->next) {
		flow->chain = buckets[flow->hash & mask];
		buckets[flow->hash & mask] = flow;
	}
	free(flows->buckets);
	flows->buckets = buckets;
	flows->mask = mask;
}

static void flow_insert(struct replay_flows *flows, struct replay_flow *flow)
{
	struct replay_flow **bucket;

	if (flows->last)
		flows->last->next = flow;
	else
		flows->first = flow;
	flows->last = flow;
	bucket = &flows->buckets[flow->hash & flows->mask];
	flow->chain = *bucket;
	*bucket = flow;
	if (flows->count++ >= flows->mask)
		buckets_grow(flows);
}

/**
 * replay_flow_get() - a packet's flow
 * @flows: table; gets the flow if this is its first packet
 * @head: headers of a REPLAY_KIND_FLOW packet
 * @from: set to the end of the flow's key that sent the packet
 *
 * Return: the flow, or NULL for want of memory.
 */
struct replay_flow *replay_flow_get(struct replay_flows *flows,
				    const struct replay_headers *head, u8 *from)
{
	struct replay_flow *flow;
	struct replay_key key;
	u32 hash;

	*from = key_fill(head, &key);
	hash = key_hash(&key, flows->seed);
	for (flow = flows->buckets[hash & flows->mask]; flow; flow = flow->chain) {
		if (flow->hash == hash && !memcmp(&flow->key, &key, sizeof(key)))
			return flow;
	}
	flow = calloc(1, sizeof(*flow));
	if (!flow)
		return NULL;
	flow->key = key;
	flow->hash = hash;
	flow->from = *from;
	flow_insert(flows, flow);
	return flow;
}

/**
 * replay_media_find() - the classifier's state of a flow
 * @flow: flow
 * @peer: of which peer
 *
 * Return: the state, or NULL where there is none.
 */
struct replay_media *replay_media_find(const struct replay_flow *flow, u16 peer)
{
	struct replay_media *media;

	for (media = flow->media; media; media = media->next) {
		if (media->peer == peer)
			return media;
	}
	return NULL;
}

/**
 * replay_media_add() - give a flow room for the classifier's state
 * @flow: that has none for that peer
 * @peer: of which peer
 * @from: end of the flow's key that sent what looks like media
 *
 * Return: the state, or NULL for want of memory.
 */
struct replay_media *replay_media_add(struct replay_flow *flow, u16 peer, u8 from)
{
	struct replay_media **at = &flow->media;

	while (*at)
		at = &(*at)->next;
	*at = calloc(1, sizeof(**at));
	if (*at) {
		(*at)->peer = peer;
		(*at)->from = from;
	}
	return *at;
}

/**
 * replay_flow_verdicts() - how many packets of a flow had a verdict
 * @flow: flow
 * @verdict: which
 *
 * Return: packets.
 */
u64 replay_flow_verdicts(const struct replay_flow *flow,
			 enum rtpguard_verdict verdict)
{
	const struct replay_media *media;
	u64 packets = 0;

	for (media = flow->media; media; media = media->next)
		packets += media->verdicts[verdict];
	return packets;
}

/**
 * replay_flow_dropped() - how many packets of a flow did not leave
 * @flow: flow
 *
 * Return: packets dropped by verdict and packets held; of TCP frames.
 */
u64 replay_flow_dropped(const struct replay_flow *flow)
{
	return replay_flow_verdicts(flow, RTPGUARD_VERDICT_DROP) +
	       replay_flow_verdicts(flow, RTPGUARD_VERDICT_HOLD);
}

/**
 * replay_flow_passed() - how many packets of a flow left
 * @flow: flow
 *
 * Return: all others; of TCP, whose segments have frames of which several may be
 * dropped, at least 0.
 */
u64 replay_flow_passed(const struct replay_flow *flow)
{
	u64 dropped = replay_flow_dropped(flow);

	return flow->packets > dropped ? flow->packets - dropped : 0;
}
