/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_TYPES_H
#define RG_CORE_TYPES_H

/*
 * The core compiles unchanged in the kernel and in userspace. This is the only
 * place that knows which of the two it is.
 */
#ifdef __KERNEL__
#include <linux/bitops.h>
#include <linux/kernel.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>
#else
#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif
#ifndef BIT
#define BIT(nr) (1UL << (nr))
#endif
#ifndef BIT_ULL
#define BIT_ULL(nr) (1ULL << (nr))
#endif
#ifndef noinline
#define noinline __attribute_noinline__
#endif
#define min_t(type, a, b) \
	(__extension__ ({ type a_ = (a); type b_ = (b); a_ < b_ ? a_ : b_; }))
#define max_t(type, a, b) \
	(__extension__ ({ type a_ = (a); type b_ = (b); a_ > b_ ? a_ : b_; }))
#define hweight64(word) ((u32)__builtin_popcountll(word))
#endif

#endif /* RG_CORE_TYPES_H */
