#include "verify/ld_cache.hpp"

#include <catch2/catch.hpp>

#include <cstdint>

using rockstage::verify::read_ld_cache;

namespace {

void number(std::string& bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8)
    bytes += static_cast<char>((value >> shift) & 0xff);
}

/// A cache of one library; `key` and `value` are offsets from the magic.
std::string cache(std::uint32_t count, std::uint32_t key, std::uint32_t value) {
  std::string bytes = "glibc-ld.so.cache1.1";
  number(bytes, count);
  number(bytes, 20);
  bytes += std::string("\2\0\0\0", 4);
  bytes.resize(48);
  number(bytes, 0x0303);
  number(bytes, key);
  number(bytes, value);
  bytes.resize(72);
  return bytes + std::string("liba.so.1\0/lib/liba.so.1\0", 25);
}

using Libraries = std::vector<std::pair<std::string, std::string>>;

}  // namespace

TEST_CASE("ld_cache: the entries are read, alone or behind an old table", "[ld_cache]") {
  const Libraries expected = {{"liba.so.1", "/lib/liba.so.1"}};
  CHECK(read_ld_cache(cache(1, 72, 82)) == expected);
  CHECK(read_ld_cache("ld.so-1.7.0 and so on" + cache(1, 72, 82)) == expected);
}

TEST_CASE("ld_cache: what lies outside the file is left out", "[ld_cache]") {
  CHECK(read_ld_cache("").empty());
  CHECK(read_ld_cache("glibc-ld.so.cache1.1").empty());
  CHECK(read_ld_cache(cache(0xffffffff, 0xffffffff, 82)).empty());
  CHECK(read_ld_cache(cache(1, 72, 0x7fffffff)).empty());
  CHECK(read_ld_cache(cache(0xffffffff, 72, 82)).size() == 1);
  const auto whole = cache(1, 72, 82);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(read_ld_cache(whole.substr(0, size)).empty());
}
