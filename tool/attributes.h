/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TOOL_ATTRIBUTES_H
#define RG_TOOL_ATTRIBUTES_H

/* As the kernel calls it; arguments count from 1. */
#define __printf(text, args)	__attribute__((format(printf, text, args)))

#endif /* RG_TOOL_ATTRIBUTES_H */
