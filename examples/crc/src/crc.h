/* Cyclic redundancy checks, reflected, table driven, eight bytes at a time (slicing by 8). No Lua in here. */
#ifndef CRC_H
#define CRC_H

#include <stddef.h>
#include <stdint.h>

/* Other libraries of the process may have functions of these names. */
#pragma GCC visibility push(hidden)

enum crc_kind { CRC_32, CRC_32C, CRC_64, CRC_KINDS };

/* Must be called once before crc_update. */
void crc_prepare(void);

/* The check of what was checked as `crc` (0 at first) followed by `length` bytes at `data`. */
uint64_t crc_update(enum crc_kind kind, uint64_t crc, const unsigned char *data, size_t length);

/* How many bits the check has: 32 or 64. */
int crc_bits(enum crc_kind kind);

#pragma GCC visibility pop

#endif
