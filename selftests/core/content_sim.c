// SPDX-License-Identifier: GPL-2.0
/*
 * The content test against millions of encrypted streams. content_bet_test.c
 * proves that the bets are fair; that they are made on what is random, and on
 * nothing else, is for the simulation to show: streams are counted whose evidence
 * ever reaches t bits, and no more may than RG_FEATURES * 2^-t of them. It fails
 * when a share is above that with a confidence of 99.9 % (Clopper-Pearson).
 *
 * The environment sets how many (RG_SIM_STREAMS, _LONG, _UNIFORM, _RETEST) and
 * which (RG_SIM_SEED); the result does not depend on the number of CPUs.
 */
#include "cipher.h"
#include "memory.h"

#include <uapi/linux/rtpguard.h>

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define BITS_MIN	4
#define BITS_MAX	20
#define BITS_END	64

/* The verdicts were decided on for so many: with them 17,000 years, see limits.h. */
static_assert(RG_FEATURES <= 22, "verdicts allow for 22 features");

/**
 * struct tally - shared by all processes
 * @next: stream that nobody has taken yet
 * @reached: streams by the whole bits of the best evidence they ever showed
 * @ended: streams by the protection they ended with
 * @suspected: streams that ever were
 */
struct tally {
	u64 next;
	u64 reached[BITS_END];
	u64 ended[RTPGUARD_PROTECTION_CLEAR + 1];
	u64 suspected;
};

/**
 * struct plan - one part of the simulation
 * @title: what is tested
 * @name: of the variable that sets the number of streams
 * @streams: number without it
 * @packets: of each stream
 * @stream: simulate one
 * @judge: print the result, and say whether it is good
 */
struct plan {
	const char *title;
	const char *name;
	u64 streams;
	u32 packets;
	void (*stream)(const struct plan *plan, u64 seed, struct tally *tally);
	bool (*judge)(const struct plan *plan, const struct tally *tally);
};

static u64 seed_base = 20251;

static void add(u64 *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* One test, without the rest of the core: the highest evidence it ever shows. */
static void evidence_stream(const struct plan *plan, u64 seed,
			    struct tally *tally)
{
	struct rg_content content = { 0 };
	struct cipher cipher;
	u8 bytes[CIPHER_LEN_MAX];
	struct rg_payload payload = { .data = bytes };
	s32 best = 0;
	u32 i;

	cipher_begin(&cipher, seed, 0);
	payload.pt = cipher.pt;
	for (i = 0; i < plan->packets; i++) {
		payload.len = cipher_payload(&cipher, bytes);
		payload.readable = payload.len;
		rg_content_feed(&content, &payload);
		if (content.best > best)
			best = content.best;
	}
	best /= RG_BIT;
	add(&tally->reached[best < BITS_END ? best : BITS_END - 1]);
}

/* P(X >= k) for X of n trials with chance p, from the largest term on. */
static double tail(u64 n, u64 k, double p)
{
	double at = (double)k, rest = (double)(n - k);
	double term = exp(lgamma((double)n + 1) - lgamma(at + 1) -
			  lgamma(rest + 1) + at * log(p) + rest * log1p(-p));
	double sum = 0;

	for (; rest >= 0 && term > sum / 1e15; rest--) {
		sum += term;
		term *= rest / ++at * p / (1 - p);
	}
	return sum;
}

/*
 * The Clopper-Pearson lower bound of a share is above p exactly when so many or
 * more would be rarer than the confidence allows, were p the chance.
 */
static bool share_above(u64 n, u64 k, double p)
{
	if (p >= 1 || (double)k <= p * (double)n)
		return false;
	return tail(n, k, p) < 0.001;
}

static bool evidence_judge(const struct plan *plan, const struct tally *tally)
{
	u64 n = plan->streams, k = 0;
	bool good = true;
	u32 t;

	for (t = 0; t < BITS_END; t++)
		k += tally->reached[t];
	good = k == n;
	printf("# bits  streams      share  %2d * 2^-t  22 * 2^-t\n", RG_FEATURES);
	for (t = 0; t < BITS_END; t++) {
		double p = ldexp(RG_FEATURES, -(int)t);
		bool above = share_above(n, k, p);

		if (t >= BITS_MIN && (t <= BITS_MAX || k))
			printf("# %4u %8llu %10.3g %10.3g %10.3g%s\n", t,
			       (unsigned long long)k, (double)k / (double)n, p,
			       ldexp(22, -(int)t), above ? " TOO MANY" : "");
		good = good && !above;
		k -= tally->reached[t];
	}
	return good;
}

/* A flow of one stream, with headers and some loss, through the classifier. */
static void flow_stream(const struct plan *plan, u64 seed, bool changes,
			struct tally *tally)
{
	struct rg_media media = { 0 };
	struct rg_answer ans = { 0 };
	struct cipher cipher;
	u8 bytes[12 + CIPHER_LEN_MAX];
	struct rg_packet pkt = { .data = bytes };
	bool suspected = false, clear = false;
	u32 i;

	cipher_begin(&cipher, seed, 4);
	for (i = 0; i < plan->packets; i++) {
		/* A change every 100 packets, and with it a new trial. */
		if (changes && i % 100 == 99)
			cipher.pt = cipher.pt == 96 ? 97 : 96;
		pkt.len = cipher_rtp(&cipher, bytes, i, 1);
		pkt.wire_len = pkt.len;
		pkt.now_ms = 20 * i;
		if (i > 5 && !random_below(&cipher.random, 50))
			continue;
		media_feed(&media, &pkt, true, &ans);
		suspected |= ans.protection == RTPGUARD_PROTECTION_SUSPECTED;
		clear |= ans.protection == RTPGUARD_PROTECTION_CLEAR;
	}
	media_end(&media);
	add(&tally->ended[clear ? RTPGUARD_PROTECTION_CLEAR : ans.protection]);
	if (suspected)
		add(&tally->suspected);
}

static void uniform_stream(const struct plan *plan, u64 seed,
			   struct tally *tally)
{
	flow_stream(plan, seed, false, tally);
}

static void retest_stream(const struct plan *plan, u64 seed,
			  struct tally *tally)
{
	flow_stream(plan, seed, seed & 1, tally);
}

static void flow_print(const struct tally *tally)
{
	printf("# uniform %llu, undetermined %llu, ever suspected %llu, clear %llu\n",
	       (unsigned long long)tally->ended[RTPGUARD_PROTECTION_UNIFORM],
	       (unsigned long long)tally->ended[RTPGUARD_PROTECTION_UNDETERMINED],
	       (unsigned long long)tally->suspected,
	       (unsigned long long)tally->ended[RTPGUARD_PROTECTION_CLEAR]);
}

static bool uniform_judge(const struct plan *plan, const struct tally *tally)
{
	flow_print(tally);
	return !tally->ended[RTPGUARD_PROTECTION_CLEAR] &&
	       tally->ended[RTPGUARD_PROTECTION_UNIFORM] * 1000 >=
	       plan->streams * 999;
}

static bool retest_judge(const struct plan *plan, const struct tally *tally)
{
	u64 sum = 0;
	u32 i;

	flow_print(tally);
	for (i = 0; i < ARRAY_SIZE(tally->ended); i++)
		sum += tally->ended[i];
	return sum == plan->streams && !tally->ended[RTPGUARD_PROTECTION_CLEAR];
}

static void work(const struct plan *plan, u32 part, struct tally *tally)
{
	u64 i;

	while ((i = __atomic_fetch_add(&tally->next, 1, __ATOMIC_RELAXED)) <
	       plan->streams)
		plan->stream(plan, (seed_base << 8 | part) << 32 ^ i, tally);
}

/* One process a CPU. */
static bool run(const struct plan *plan, u32 part, struct tally *tally)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN), i;
	bool good = true;
	int status;

	fflush(stdout);
	for (i = 0; i < cpus; i++) {
		pid_t pid = fork();

		if (!pid) {
			work(plan, part, tally);
			_exit(0);
		}
		if (pid < 0)
			cpus = i;
	}
	for (i = 0; i < cpus; i++)
		good &= wait(&status) > 0 && !status;
	return good && cpus > 0;
}

static u64 from_environment(const char *name, u64 or_else)
{
	const char *text = getenv(name);

	return text && *text ? strtoull(text, NULL, 10) : or_else;
}

static struct plan plans[] = {
	{ "evidence of encrypted streams", "RG_SIM_STREAMS", 1000000, 64,
	  evidence_stream, evidence_judge },
	{ "evidence of long encrypted streams", "RG_SIM_LONG", 10000, 10000,
	  evidence_stream, evidence_judge },
	{ "encrypted streams become uniform, none clear", "RG_SIM_UNIFORM",
	  100000, 256, uniform_stream, uniform_judge },
	{ "encrypted streams that are tested again are never clear",
	  "RG_SIM_RETEST", 2000, 5000, retest_stream, retest_judge },
};

int main(void)
{
	struct tally *tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	u32 i, failed = 0;

	if (tally == MAP_FAILED)
		return 1;
	seed_base = from_environment("RG_SIM_SEED", seed_base);
	printf("KTAP version 1\n1..%zu\n", ARRAY_SIZE(plans));
	printf("# seed %llu\n", (unsigned long long)seed_base);
	for (i = 0; i < ARRAY_SIZE(plans); i++) {
		struct plan *plan = &plans[i];
		bool good;

		memset(tally, 0, sizeof(*tally));
		plan->streams = from_environment(plan->name, plan->streams);
		printf("# %llu streams of %u packets\n",
		       (unsigned long long)plan->streams, plan->packets);
		good = run(plan, i, tally) && plan->judge(plan, tally);
		printf("%sok %u %s\n", good ? "" : "not ", i + 1, plan->title);
		failed += !good;
	}
	return failed ? 1 : 0;
}
