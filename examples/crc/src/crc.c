#include "crc.h"

struct algorithm {
  int bits;
  uint64_t polynomial; /* reflected */
  uint64_t inverted;   /* xor before and after */
};

static const struct algorithm kAlgorithms[CRC_KINDS] = {
    /* IEEE 802.3, zlib, PNG */
    {32, UINT64_C(0xEDB88320), UINT64_C(0xFFFFFFFF)},
    /* Castagnoli: iSCSI, ext4, Snappy */
    {32, UINT64_C(0x82F63B78), UINT64_C(0xFFFFFFFF)},
    /* ECMA-182 reflected: xz */
    {64, UINT64_C(0xC96C5795D7870F42), UINT64_C(0xFFFFFFFFFFFFFFFF)},
};

/* tables[k][n][b]: the effect of byte b that n more bytes follow. */
static uint64_t tables[CRC_KINDS][8][256];

void crc_prepare(void) {
  for (int kind = 0; kind < CRC_KINDS; kind++) {
    uint64_t(*table)[256] = tables[kind];
    for (unsigned byte = 0; byte < 256; byte++) {
      uint64_t crc = byte;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >> 1) ^ ((crc & 1) ? kAlgorithms[kind].polynomial : 0);
      }
      table[0][byte] = crc;
    }
    for (unsigned byte = 0; byte < 256; byte++) {
      for (int slice = 1; slice < 8; slice++) {
        uint64_t before = table[slice - 1][byte];
        table[slice][byte] = (before >> 8) ^ table[0][before & 0xFF];
      }
    }
  }
}

static uint64_t little_endian(const unsigned char *data) {
  uint64_t word = 0;
  for (int i = 7; i >= 0; i--) {
    word = (word << 8) | data[i];
  }
  return word;
}

uint64_t crc_update(enum crc_kind kind, uint64_t crc, const unsigned char *data, size_t length) {
  uint64_t(*const table)[256] = tables[kind];
  crc ^= kAlgorithms[kind].inverted;
  for (; length >= 8; data += 8, length -= 8) {
    uint64_t word = crc ^ little_endian(data);
    crc = 0;
    for (int i = 0; i < 8; i++) {
      crc ^= table[7 - i][(word >> (8 * i)) & 0xFF];
    }
  }
  for (; length > 0; data++, length--) {
    crc = (crc >> 8) ^ table[0][(crc ^ *data) & 0xFF];
  }
  return crc ^ kAlgorithms[kind].inverted;
}

int crc_bits(enum crc_kind kind) { return kAlgorithms[kind].bits; }
