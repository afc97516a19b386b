#include "archive/stream.hpp"
#include "packers.hpp"
#include "reading.hpp"
#include "support/support.hpp"
#include "support/tar_builder.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace rockstage::archive {
namespace {

struct Packer {
  const char* name;
  Compression compression;
  std::function<std::string(std::string_view)> pack;
};

const std::vector<Packer>& packers() {
  static const std::vector<Packer> all{{"gzip", Compression::gzip, pack_gzip},
                                       {"gzip", Compression::gzip, test::gzip_stored},
                                       {"zstd", Compression::zstd, pack_zstd},
                                       {"zstd", Compression::zstd, test::zstd_stored},
                                       {"xz", Compression::xz, pack_xz}};
  return all;
}

/// Text that compresses some, but not to nothing.
std::string text_of(std::size_t size) {
  std::string out;
  std::uint32_t state = 1;
  while (out.size() < size) {
    state = state * 1664525 + 1013904223;
    out += std::to_string(state >> 20U) + " ";
  }
  out.resize(size);
  return out;
}

struct Unpacked {
  Result<std::string> bytes;
  Compression found = Compression::bzip2;

  explicit Unpacked(std::string_view packed,
                    std::size_t piece = SIZE_MAX,
                    const tree::Limits& limits = {}) {
    MemorySource source(packed, piece);
    bytes = drain(*decompress(source, limits, found));
  }

  [[nodiscard]] std::string error() const { return bytes ? "" : bytes.error().message; }
};

TEST_CASE("archive: a compression is told by its first bytes", "[archive]") {
  const auto detected = [](const std::string& head) {
    return detect(std::as_bytes(std::span(head.data(), head.size())));
  };
  for (const auto& packer : packers())
    CHECK(detected(packer.pack("x")) == packer.compression);
  CHECK(detected(test::zstd_skippable("x")) == Compression::zstd);
  CHECK(detected("BZh91AY&SY") == Compression::bzip2);
  CHECK(detected("BZh9.txt") == Compression::none);
  CHECK(detected("") == Compression::none);
  CHECK(detected("\x1f") == Compression::none);
}

TEST_CASE("archive: every compression gives back the bytes, in pieces of any size", "[archive]") {
  for (const std::size_t size : {0U, 1U, 511U, 300'000U, 700'000U}) {
    const auto text = text_of(size);
    for (const auto& packer : packers())
      for (const std::size_t piece :
           {std::size_t{1}, std::size_t{5}, std::size_t{4099}, SIZE_MAX}) {
        if (piece < 100 && size > 400'000) continue;
        const Unpacked unpacked(packer.pack(text), piece);
        INFO(packer.name << " " << size << " " << piece);
        REQUIRE(unpacked.error().empty());
        CHECK(unpacked.found == packer.compression);
        CHECK((*unpacked.bytes == text));
      }
    const Unpacked stored(text, 3);
    CHECK((stored.bytes && *stored.bytes == text));
    CHECK(stored.found == Compression::none);
  }
}

TEST_CASE("archive: members, frames and streams one behind the other are one", "[archive]") {
  const auto a = text_of(1000);
  const auto b = text_of(70'000);
  for (const auto& packer : packers())
    for (const std::size_t piece : {std::size_t{1}, std::size_t{97}, SIZE_MAX}) {
      const Unpacked unpacked(packer.pack(a) + packer.pack("") + packer.pack(b), piece);
      INFO(packer.name << " " << piece);
      REQUIRE(unpacked.error().empty());
      CHECK((*unpacked.bytes == a + b));
    }
  const Unpacked skippable(
      test::zstd_skippable("note") + pack_zstd(a) + test::zstd_skippable("end"), 1);
  REQUIRE(skippable.error().empty());
  CHECK((*skippable.bytes == a));
}

TEST_CASE("archive: padding that the programs themselves accept is accepted", "[archive]") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, SIZE_MAX}) {
    CHECK(Unpacked(pack_gzip("x") + std::string(700, '\0'), piece).error().empty());
    CHECK(Unpacked(pack_xz("x") + std::string(8, '\0') + pack_xz("y"), piece).error().empty());
    CHECK(Unpacked(pack_xz("x") + std::string(4, '\0'), piece).error().empty());
    CHECK_FALSE(Unpacked(pack_xz("x") + std::string(3, '\0'), piece).error().empty());
    CHECK_FALSE(
        Unpacked(pack_gzip("x") + std::string(3, '\0') + pack_gzip("y"), piece).error().empty());
  }
}

TEST_CASE("archive: bytes behind the end are an error that says so", "[archive]") {
  for (const auto& packer : packers())
    for (const std::size_t piece : {std::size_t{100}, SIZE_MAX}) {
      const auto packed = packer.pack(text_of(200));
      const Unpacked unpacked(packed + "garbage!", piece);
      REQUIRE_FALSE(unpacked.bytes);
      CHECK(unpacked.bytes.error().code == Errc::invalid_input);
      CHECK_THAT(unpacked.error(),
                 Catch::StartsWith("the " + std::string(packer.name)
                                   + " data has bytes after the end that are no " + packer.name));
    }
  CHECK_THAT(Unpacked(pack_gzip("x") + std::string(3, '\0') + "hidden").error(),
             Catch::Contains("after the end"));
}

TEST_CASE("archive: what comes before bytes behind the end is given first", "[archive]") {
  for (const auto& packer : packers()) {
    const auto packed = packer.pack("hello") + "garbage!";
    MemorySource source(packed);
    Compression found{};
    const auto bytes = decompress(source, {}, found);
    const auto first = bytes->next();
    INFO(packer.name);
    REQUIRE(first);
    CHECK(first->size() == 5);
    CHECK_FALSE(bytes->next());
  }
}

TEST_CASE("archive: data that is cut off says so", "[archive]") {
  for (const auto& packer : packers()) {
    const auto packed = packer.pack(text_of(5000));
    for (const auto size : {packed.size() - 1, packed.size() / 2, std::size_t{6}}) {
      const Unpacked unpacked(std::string_view(packed).substr(0, size), 1000);
      INFO(packer.name << " " << size << " of " << packed.size());
      REQUIRE_FALSE(unpacked.bytes);
      CHECK(unpacked.error()
            == "the " + std::string(packer.name) + " data ends in the middle, after "
                   + std::to_string(size) + " bytes");
    }
  }
}

TEST_CASE("archive: damaged data is an error", "[archive]") {
  auto gzip = test::gzip_stored("hello");
  gzip[16] = 'X';
  CHECK_THAT(Unpacked(gzip).error(),
             Catch::StartsWith("the gzip data does not match its checksum"));
  gzip = test::gzip_stored("hello");
  gzip[2] = 9;
  CHECK_THAT(Unpacked(gzip).error(), Catch::StartsWith("the gzip data has a bad header"));
  gzip = pack_gzip(text_of(5000));
  gzip[100] = static_cast<char>(gzip[100] ^ 0x55);
  CHECK_FALSE(Unpacked(gzip).error().empty());
  auto xz = pack_xz(text_of(5000));
  xz[100] = static_cast<char>(xz[100] ^ 0x55);
  CHECK_THAT(Unpacked(xz).error(), Catch::StartsWith("the xz data is damaged"));
  auto zstd = test::zstd_stored("hello");
  zstd[6] = static_cast<char>(zstd[6] | 6);  // a reserved kind of block
  CHECK_THAT(Unpacked(zstd).error(), Catch::StartsWith("the zstd data is damaged"));
}

TEST_CASE("archive: after a failure there is nothing but the failure", "[archive]") {
  auto packed = test::gzip_stored("hello");
  packed[16] = 'X';
  MemorySource source(packed);
  Compression found{};
  const auto bytes = decompress(source, {}, found);
  const auto first = drain(*bytes);
  REQUIRE_FALSE(first);
  const auto again = bytes->next();
  REQUIRE_FALSE(again);
  CHECK(again.error().message == first.error().message);
}

TEST_CASE("archive: bzip2 is refused by name", "[archive]") {
  const Unpacked unpacked("BZh91AY&SY");
  REQUIRE_FALSE(unpacked.bytes);
  CHECK(unpacked.error() == "bzip2 is a compression that is not read");
  CHECK(unpacked.found == Compression::bzip2);
}

TEST_CASE("archive: a zstd window of more than 128 MiB is refused", "[archive]") {
  auto packed = test::zstd_stored("hello");
  packed[5] = static_cast<char>(18 << 3);  // 256 MiB
  const Unpacked unpacked(packed);
  REQUIRE_FALSE(unpacked.bytes);
  CHECK_THAT(unpacked.error(),
             Catch::StartsWith("the zstd data needs a window larger than 128 MiB"));
}

TEST_CASE("archive: bombs stop at the limits, which are named", "[archive]") {
  tree::Limits limits;
  limits.ratio_free = 1 << 20;
  const std::string zeros(16 << 20, '\0');
  for (const auto& [name, packed] : {std::pair{"gzip", pack_gzip(zeros)},
                                     std::pair{"zstd", test::zstd_zeros(zeros.size())},
                                     std::pair{"xz", pack_xz(zeros)}}) {
    const Unpacked unpacked(packed, 4096, limits);
    INFO(name << " " << packed.size());
    REQUIRE_FALSE(unpacked.bytes);
    CHECK(unpacked.error()
          == "the " + std::string(name) + " data expands to more than 200 times its size");
    CHECK(unpacked.bytes.error().hint == "--max-ratio raises the limit");
    tree::Limits more = limits;
    more.ratio = 1'000'000;
    CHECK(Unpacked(packed, 4096, more).error().empty());
  }
  limits.bytes = 1000;
  const Unpacked bytes(test::gzip_stored(text_of(1001)), SIZE_MAX, limits);
  CHECK(bytes.error() == "the uncompressed data exceeds the limit of 1000 bytes");
  CHECK(bytes.bytes.error().hint == "--max-bytes raises the limit");
  CHECK(Unpacked(text_of(1001), SIZE_MAX, limits).error() == bytes.error());
  CHECK(Unpacked(text_of(1000), SIZE_MAX, limits).error().empty());
}

TEST_CASE("archive: a file is read whole, and what cannot be opened is named", "[archive]") {
  const auto dir = test::temp_dir();
  const auto text = text_of(600'000);
  test::put(dir.path() + "/file", text);
  auto source = open_stream(dir.path() + "/file");
  REQUIRE(source);
  const auto bytes = drain(**source);
  REQUIRE(bytes);
  CHECK((*bytes == text));
  const auto missing = open_stream(dir.path() + "/none");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message
        == "cannot read '" + dir.path() + "/none': no such file or directory");
}

}  // namespace
}  // namespace rockstage::archive
