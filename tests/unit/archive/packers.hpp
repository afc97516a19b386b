#pragma once
#include <catch2/catch.hpp>
#include <isa-l/igzip_lib.h>
#include <lzma.h>
#include <zstd.h>

#include <string>
#include <string_view>
#include <vector>

namespace rockstage::archive {

inline std::string pack_gzip(std::string_view bytes) {
  std::string in(bytes);
  std::string out(bytes.size() + bytes.size() / 8 + 1024, '\0');
  std::vector<std::uint8_t> level(ISAL_DEF_LVL1_DEFAULT);
  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.end_of_stream = 1;
  stream.flush = NO_FLUSH;
  stream.gzip_flag = IGZIP_GZIP;
  stream.level = 1;
  stream.level_buf = level.data();
  stream.level_buf_size = static_cast<std::uint32_t>(level.size());
  stream.next_in = reinterpret_cast<std::uint8_t*>(in.data());
  stream.avail_in = static_cast<std::uint32_t>(in.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  REQUIRE(isal_deflate(&stream) == COMP_OK);
  REQUIRE(stream.avail_in == 0);
  out.resize(stream.total_out);
  return out;
}

inline std::string pack_zstd(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const auto size = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3);
  REQUIRE(ZSTD_isError(size) == 0);
  out.resize(size);
  return out;
}

inline std::string pack_xz(std::string_view bytes) {
  std::string out(lzma_stream_buffer_bound(bytes.size()), '\0');
  std::size_t size = 0;
  REQUIRE(lzma_easy_buffer_encode(1,
                                  LZMA_CHECK_CRC64,
                                  nullptr,
                                  reinterpret_cast<const std::uint8_t*>(bytes.data()),
                                  bytes.size(),
                                  reinterpret_cast<std::uint8_t*>(out.data()),
                                  &size,
                                  out.size())
          == LZMA_OK);
  out.resize(size);
  return out;
}

}  // namespace rockstage::archive
