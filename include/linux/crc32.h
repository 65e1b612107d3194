/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_CRC32_H
#define _LINUX_CRC32_H

#include <linux/types.h>

/*
 * CRC-32 of IEEE 802.3, bits reversed, without the final inversion: a gzip or
 * PNG checksum is ~crc32_le(~0, data, n). Calls chain.
 */
u32 crc32_le(u32 crc, const void *data, size_t n);

#endif
