#include "elf/elf_file.hpp"
#include "support/elf_builder.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>
#include <elf.h>

#include <algorithm>
#include <span>

namespace rockstage::elf {
namespace {

/// Keeps all code.
struct Code final : CodeSink {
  std::uint16_t machine = 0;
  std::string bytes;
  int pieces = 0, breaks = 0;

  void begin(std::uint16_t of, bool) override { machine = of; }

  void code(std::span<const std::byte> piece, bool contiguous) override {
    ++pieces;
    breaks += contiguous ? 0 : 1;
    bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  }
};

Result<ElfFacts> streamed(const std::string& bytes, std::size_t step, CodeSink* sink = nullptr) {
  StreamReader reader(bytes.size(), sink);
  const auto all = std::as_bytes(std::span(bytes));
  for (std::size_t at = 0; at < all.size(); at += step)
    reader.feed(all.subspan(at, std::min(step, all.size() - at)));
  return reader.finish();
}

void check_same(const ElfFacts& stream, const ElfFacts& whole) {
  const auto names = [](const ElfFacts& facts) {
    std::vector<std::string> out;
    for (const auto& symbol : facts.undefined)
      out.push_back(symbol.name + "@" + symbol.version + (symbol.weak ? " weak" : ""));
    return out;
  };
  CHECK(stream.needed == whole.needed);
  CHECK(stream.exports == whole.exports);
  CHECK(names(stream) == names(whole));
  CHECK(stream.version_definitions == whole.version_definitions);
  CHECK(stream.build_id == whole.build_id);
  // The compiler's comment of a large object lies before what is kept of its end.
  if (!stream.comments.empty()) CHECK(stream.comments == whole.comments);
  CHECK(stream.damage == whole.damage);
  CHECK(stream.soname == whole.soname);
  CHECK(stream.tls_size == whole.tls_size);
  CHECK(stream.runpath == whole.runpath);
  CHECK(stream.x86_isa_level == whole.x86_isa_level);
  CHECK(stream.executable_stack == whole.executable_stack);
  CHECK(stream.static_tls == whole.static_tls);
  CHECK(stream.file_end == whole.file_end);
  CHECK(stream.crates.size() == whole.crates.size());
  CHECK(stream.symtab_bytes == whole.symtab_bytes);
  CHECK(stream.debug_bytes == whole.debug_bytes);
  REQUIRE(stream.version_needs.size() == whole.version_needs.size());
  for (std::size_t i = 0; i < whole.version_needs.size(); ++i) {
    CHECK(stream.version_needs[i].library == whole.version_needs[i].library);
    CHECK(stream.version_needs[i].version == whole.version_needs[i].version);
    CHECK(stream.version_needs[i].weak_flag == whole.version_needs[i].weak_flag);
    CHECK(stream.version_needs[i].weak_users == whole.version_needs[i].weak_users);
    CHECK(stream.version_needs[i].strong_users == whole.version_needs[i].strong_users);
  }
}

std::vector<std::string> system_libraries(std::size_t most) {
  std::vector<std::string> out;
  for (const char* folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"}) {
    const auto names = sys::list_directory(folder);
    if (!names) continue;
    for (const auto& name : *names) {
      const auto path = std::string(folder) + "/" + name;
      if (name.find(".so.") == std::string::npos || !sys::is_file(path)) continue;
      const auto size = sys::status_followed(path)->size;
      if (size < (4 << 20) && out.size() < most) out.push_back(path);
    }
  }
  return out;
}

}  // namespace

TEST_CASE("elf stream: the libraries of this system, whatever the pieces are", "[elf]") {
  const auto libraries = system_libraries(300);
  REQUIRE_FALSE(libraries.empty());
  std::size_t i = 0;
  for (const auto& path : libraries) {
    CAPTURE(path);
    const auto bytes = test::get(path);
    if (!looks_like_elf(bytes)) continue;
    const std::size_t steps[] = {777, 65'536, 100'001, std::size_t{1} << 20};
    const auto stream = streamed(bytes, steps[i++ % 4]);
    const auto whole = read_elf(bytes);
    REQUIRE(stream.has_value());
    REQUIRE(whole.has_value());
    check_same(*stream, *whole);
    CHECK(whole->damage.empty());
    CHECK(stream->outside.empty());
  }
}

TEST_CASE("elf stream: code passes once, in order", "[elf]") {
  for (const auto& path : system_libraries(3)) {
    CAPTURE(path);
    const auto bytes = test::get(path);
    if (!looks_like_elf(bytes)) continue;
    Code once, pieces;
    REQUIRE(streamed(bytes, bytes.size(), &once));
    REQUIRE(streamed(bytes, 1000, &pieces));
    CHECK(once.machine == read_elf(bytes)->machine);
    CHECK_FALSE(once.bytes.empty());
    CHECK(once.bytes == pieces.bytes);
    CHECK(once.breaks == pieces.breaks);
  }
}

TEST_CASE("elf stream: a table beyond the window is not judged, and said", "[elf]") {
  test::ElfSpec spec;
  spec.exports = {"late"};
  spec.tail = std::string(kWindow + (std::size_t{4} << 20), 'x');
  auto bytes = test::build_elf(spec);
  REQUIRE(read_elf(bytes)->exports == std::vector<std::string>{"late"});
  CHECK(streamed(bytes, 1 << 20)->outside.empty());
  spec.tags[DT_SYMTAB] = test::kElfBase + bytes.size() - (std::size_t{2} << 20);
  bytes = test::build_elf(spec);
  const auto facts = streamed(bytes, 1 << 20);
  REQUIRE(facts);
  CHECK_FALSE(facts->outside.empty());
}

TEST_CASE("elf stream: what is no ELF is refused as for a whole file", "[elf]") {
  CHECK_FALSE(streamed("", 1));
  CHECK(streamed("hello", 2).error().message == "not an ELF file");
  CHECK(streamed("\x7f"
                 "ELF",
                 1)
            .error()
            .message
        == "an ELF file that is cut off in its header");
}

TEST_CASE("elf stream: a file that is cut off says where", "[elf]") {
  for (const auto& path : system_libraries(1)) {
    auto bytes = test::get(path);
    bytes.resize(bytes.size() / 2);
    const auto facts = streamed(bytes, 4096);
    REQUIRE(facts);
    CHECK(std::ranges::any_of(facts->damage, [&](const std::string& text) {
      return text.find("ends at byte " + std::to_string(bytes.size())) != text.npos;
    }));
  }
}

}  // namespace rockstage::elf
