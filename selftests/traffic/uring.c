// SPDX-License-Identifier: GPL-2.0
/* Sends through io_uring, one request at a time. */
#include "job.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	int fd;
	u8 *sq, *cq;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
} ring = { .fd = -1 };

static void *ring_map(size_t len, off_t at)
{
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_POPULATE, ring.fd, at);

	if (p == MAP_FAILED)
		die("mmap of the ring");
	return p;
}

static void ring_open(void)
{
	struct io_uring_params *params = &ring.params;

	ring.fd = syscall(SYS_io_uring_setup, 4, params);
	if (ring.fd < 0)
		die("io_uring_setup");
	ring.sq = ring_map(params->sq_off.array + params->sq_entries * 4,
			   IORING_OFF_SQ_RING);
	ring.cq = ring_map(params->cq_off.cqes +
			   params->cq_entries * sizeof(struct io_uring_cqe),
			   IORING_OFF_CQ_RING);
	ring.sqes = ring_map(params->sq_entries * sizeof(*ring.sqes),
			     IORING_OFF_SQES);
}

/**
 * open_uring() - open the job's socket, and the ring if there is none
 * @job: says family, addresses and ports
 */
void open_uring(struct job *job)
{
	open_connected(job);
	if (ring.fd < 0)
		ring_open();
}

/* A field of a ring: its place is the kernel's to say. */
static u32 *ring_u32(u8 *part, u32 at)
{
	return (u32 *)(void *)(part + at);
}

static void ring_submit(const struct io_uring_sqe *sqe)
{
	u32 *tail = ring_u32(ring.sq, ring.params.sq_off.tail);
	u32 mask = *ring_u32(ring.sq, ring.params.sq_off.ring_mask);
	u32 slot = *tail & mask;

	ring.sqes[slot] = *sqe;
	*ring_u32(ring.sq, ring.params.sq_off.array + 4 * slot) = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring.fd, 1, 1, IORING_ENTER_GETEVENTS,
		    NULL, 0) != 1)
		die("io_uring_enter");
}

/* What the call would have returned, or -errno. */
static s32 ring_complete(void)
{
	u32 *head = ring_u32(ring.cq, ring.params.cq_off.head);
	u32 mask = *ring_u32(ring.cq, ring.params.cq_off.ring_mask);
	const struct io_uring_cqe *cqes =
		(const void *)(ring.cq + ring.params.cq_off.cqes);
	s32 res = cqes[*head & mask].res;

	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return res;
}

/**
 * send_uring() - send with IORING_OP_SEND
 * @job: its socket is connected
 * @p: what to send
 * @len: of @p
 */
void send_uring(struct job *job, const u8 *p, u32 len)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_SEND,
		.fd = job->sock,
		.addr = (unsigned long)p,
		.len = len,
	};
	s32 res;

	ring_submit(&sqe);
	res = ring_complete();
	errno = res < 0 ? -res : 0;
	account(job, res < 0 ? -1 : res);
}
