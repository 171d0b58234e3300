/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_TEXT_H
#define RG_CORE_TEXT_H

#include "types.h"

/*
 * What may stand in a ruleset as text, for the module and for the grammar of
 * rules files alike: what one takes the other has to be able to write and read.
 */

u32 rg_text_utf8_len(const char *text, u32 left);
bool rg_text_is_name(const char *text, u32 len);
bool rg_text_is_comment(const char *text, u32 len);
bool rg_text_is_ifname(const char *text, u32 len);

#endif /* RG_CORE_TEXT_H */
