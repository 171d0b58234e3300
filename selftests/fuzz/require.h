/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_REQUIRE_H
#define RG_SELFTESTS_REQUIRE_H

#include <stdbool.h>
#include <stdlib.h>

#include "core/types.h"

/* Of every input: what does not hold is a crash, which the fuzzer keeps. */
static inline void require(bool condition)
{
	if (!condition)
		abort();
}

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#endif /* RG_SELFTESTS_REQUIRE_H */
