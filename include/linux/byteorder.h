/* SPDX-License-Identifier: MIT */
#ifndef _LINUX_BYTEORDER_H
#define _LINUX_BYTEORDER_H

/* Byte order, and loads and stores at any alignment. */
#include <linux/types.h>

#define swab16(x)	__builtin_bswap16(x)
#define swab32(x)	__builtin_bswap32(x)
#define swab64(x)	__builtin_bswap64(x)

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	      "every port of Quire is little endian");

#define cpu_to_le16(x)	((__le16)(x))
#define cpu_to_le32(x)	((__le32)(x))
#define cpu_to_le64(x)	((__le64)(x))
#define le16_to_cpu(x)	((u16)(x))
#define le32_to_cpu(x)	((u32)(x))
#define le64_to_cpu(x)	((u64)(x))
#define cpu_to_be16(x)	((__be16)swab16(x))
#define cpu_to_be32(x)	((__be32)swab32(x))
#define cpu_to_be64(x)	((__be64)swab64(x))
#define be16_to_cpu(x)	swab16((u16)(x))
#define be32_to_cpu(x)	swab32((u32)(x))
#define be64_to_cpu(x)	swab64((u64)(x))
#undef htons
#undef htonl
#undef ntohs
#undef ntohl
#define htons(x)	cpu_to_be16(x)
#define htonl(x)	cpu_to_be32(x)
#define ntohs(x)	be16_to_cpu(x)
#define ntohl(x)	be32_to_cpu(x)

#define get_unaligned(p)						\
({									\
	const struct { __typeof__(*(p)) v; } __packed *__gu = (const void *)(p); \
	__gu->v;							\
})
#define put_unaligned(val, p)						\
do {									\
	struct { __typeof__(*(p)) v; } __packed *__pu = (void *)(p);	\
	__pu->v = (val);						\
} while (0)

#define get_unaligned_le16(p)	get_unaligned((const u16 *)(p))
#define get_unaligned_le32(p)	get_unaligned((const u32 *)(p))
#define get_unaligned_le64(p)	get_unaligned((const u64 *)(p))
#define get_unaligned_be16(p)	swab16(get_unaligned((const u16 *)(p)))
#define get_unaligned_be32(p)	swab32(get_unaligned((const u32 *)(p)))
#define get_unaligned_be64(p)	swab64(get_unaligned((const u64 *)(p)))
#define put_unaligned_le16(v, p)	put_unaligned(v, (u16 *)(p))
#define put_unaligned_le32(v, p)	put_unaligned(v, (u32 *)(p))
#define put_unaligned_le64(v, p)	put_unaligned(v, (u64 *)(p))

#endif
