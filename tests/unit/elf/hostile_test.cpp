#include "elf/elf_file.hpp"
#include "support/elf_builder.hpp"

#include <catch2/catch.hpp>
#include <elf.h>

#include <ctime>
#include <random>

// Inputs that somebody made to hurt: no crash, no endless loop, no cost beyond the file's size.
namespace rockstage::elf {
namespace {

using test::build_elf;
using test::ElfSpec;

ElfSpec small_spec(int bits, ElfSpec::Hash hash) {
  ElfSpec spec;
  spec.bits = bits;
  spec.hash = hash;
  spec.exports = {"luaopen_a", "luaopen_a_b"};
  spec.undefined = {"lua_gettop"};
  spec.needed = {"libc.so.6"};
  spec.soname = "liba.so";
  return spec;
}

/// Every small object that the mutations start from.
std::vector<std::string> seeds() {
  std::vector<std::string> out;
  for (const int bits : {32, 64})
    for (const auto hash : {ElfSpec::Hash::none, ElfSpec::Hash::sysv, ElfSpec::Hash::gnu})
      out.push_back(build_elf(small_spec(bits, hash)));
  return out;
}

/// What must hold of whatever was read from `bytes`.
bool is_sane(const Result<ElfFacts>& facts, const std::string& bytes) {
  if (!facts) return facts.error().code == Errc::invalid_input;
  std::size_t names = facts->soname.size() + facts->runpath.value_or("").size();
  for (const auto* list : {&facts->exports, &facts->needed})
    for (const auto& name : *list)
      names += name.size();
  for (const auto& symbol : facts->undefined)
    names += symbol.name.size();
  return (facts->bits == 32 || facts->bits == 64) && names <= 5 * bytes.size();
}

double seconds_to_read(const std::string& bytes) {
  const auto start = std::clock();
  const bool sane = is_sane(read_elf(bytes), bytes);
  const auto end = std::clock();
  CHECK(sane);
  return static_cast<double>(end - start) / CLOCKS_PER_SEC;
}

TEST_CASE("elf: every truncation of a small file is survived", "[elf]") {
  for (const auto& seed : seeds())
    for (std::size_t size = 0; size < seed.size(); ++size) {
      // A copy of its own, so that a sanitizer sees the first byte behind the end.
      const std::string cut(seed.data(), size);
      if (!is_sane(read_elf(cut), cut)) FAIL("cut at " << size);
    }
}

TEST_CASE("elf: 20000 single-byte mutations are survived", "[elf]") {
  const auto all = seeds();
  std::mt19937 random(20'000);  // the same ones in each run
  for (int i = 0; i < 20'000; ++i) {
    auto bytes = all[random() % all.size()];
    const auto at = random() % bytes.size();
    bytes[at] = static_cast<char>(random());
    if (!is_sane(read_elf(bytes), bytes)) FAIL("mutation " << i << " at byte " << at);
  }
}

TEST_CASE("elf: words of all ones and of the sign bit at every place are survived", "[elf]") {
  const std::string words[] = {std::string(8, '\xFF'),
                               std::string(7, '\0') + '\x80',
                               std::string(8, '\0'),
                               std::string(4, '\xFF')};
  for (const auto& seed : seeds())
    for (const auto& word : words)
      for (std::size_t at = 16; at + word.size() <= seed.size(); ++at) {
        auto bytes = seed;
        bytes.replace(at, word.size(), word);
        if (!is_sane(read_elf(bytes), bytes)) FAIL("word at " << at);
      }
}

/// Libraries or symbols without number whose names are all the same long text.
struct Crowd {
  static constexpr std::uint64_t kLongText = 3;  ///< its place: the empty one and "x" come first

  ElfSpec spec;

  Crowd() { spec.soname = std::string(1'000'000, 'y'); }

  std::string libraries() {
    spec.needed.assign(50'000, "x");
    spec.tags[DT_NEEDED] = kLongText;
    return build_elf(spec);
  }

  std::string symbols() {
    spec.exports.assign(50'000, "x");
    auto bytes = build_elf(spec);
    const auto table = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
    for (std::size_t i = 1; i <= spec.exports.size(); ++i)
      bytes[table + i * sizeof(Elf64_Sym)] = kLongText;  // the low byte of st_name
    return bytes;
  }
};

TEST_CASE("elf: many names that share one long text cost no more than the file", "[elf]") {
  CHECK(seconds_to_read(Crowd().libraries()) < 2);
  CHECK(seconds_to_read(Crowd().symbols()) < 2);
}

TEST_CASE("elf: names without an end are not searched again and again", "[elf]") {
  Crowd crowd;
  crowd.spec.tags[DT_STRSZ] = 1'000'000;  // before the NUL
  CHECK(seconds_to_read(crowd.libraries()) < 2);
  Crowd other;
  other.spec.tags[DT_STRSZ] = 1'000'000;
  CHECK(seconds_to_read(other.symbols()) < 2);
}

/// Bytes enough that reading them once for each header would take minutes.
const std::string& much() {
  static const std::string bytes(std::size_t{1} << 20, '\0');
  return bytes;
}

/// Many program headers of one kind over the same bytes.
std::string overlapping(std::uint32_t type, std::uint32_t flags, std::size_t count) {
  ElfSpec spec;
  spec.segments.assign(count, {type, flags, {}, 0, 4});
  spec.tail = much();
  auto bytes = build_elf(spec);
  const auto at = bytes.size() - spec.tail.size();
  for (std::size_t i = 0; i < count; ++i) {
    const auto header = sizeof(Elf64_Ehdr) + (2 + i) * sizeof(Elf64_Phdr);
    for (std::size_t k = 0; k < 8; ++k) {
      bytes[header + 8 + k] = static_cast<char>(at >> (8 * k) & 0xFF);
      bytes[header + 32 + k] = static_cast<char>(spec.tail.size() >> (8 * k) & 0xFF);
    }
  }
  return bytes;
}

/// Counts the bytes of code.
struct CodeBytes final : CodeSink {
  std::size_t count = 0;

  void begin(std::uint16_t, bool) override {}

  void code(std::span<const std::byte> piece, bool) override { count += piece.size(); }
};

TEST_CASE("elf: segments that name the same bytes are read once", "[elf]") {
  CHECK(seconds_to_read(overlapping(PT_NOTE, PF_R, 1000)) < 1);
  const auto bytes = overlapping(PT_LOAD, PF_R | PF_X, 1000);
  CodeBytes code;
  StreamReader reader(bytes.size(), &code);
  reader.feed(std::as_bytes(std::span(bytes)));
  CHECK(reader.finish());
  CHECK(code.count == much().size());
}

TEST_CASE("elf: sections that name the same bytes are read once", "[elf]") {
  for (const char* name : {".comment", ".dep-v0"}) {
    ElfSpec spec;
    spec.sections.assign(4000, {name, {}});
    spec.sections.front().content = much();
    auto bytes = build_elf(spec);
    const auto headers = bytes.size() - 4001 * sizeof(Elf64_Shdr);
    for (std::size_t i = 1; i < 4000; ++i)  // offset and size of the first
      bytes.replace(headers + i * sizeof(Elf64_Shdr) + 24, 16, bytes, headers + 24, 16);
    CHECK(seconds_to_read(bytes) < 2);
  }
}

TEST_CASE("elf: a long library name is not kept for each of many versions", "[elf]") {
  ElfSpec spec;
  spec.version_needs.assign(20'000, {std::string(4000, 'l'), "V", false, {}});
  const auto bytes = build_elf(spec);
  const auto facts = read_elf(bytes);
  REQUIRE(facts);
  CHECK(facts->version_needs.size() * 4000 <= 4 * bytes.size());
  CHECK(facts->damage.size() == 1);
}

TEST_CASE("elf: a long version is not kept for each of many symbols", "[elf]") {
  ElfSpec spec;
  for (int i = 0; i < 20'000; ++i)
    spec.undefined.push_back("s" + std::to_string(i));
  spec.version_needs = {{"l", std::string(4000, 'v'), false, {}}};
  for (std::size_t i = 0; i <= spec.undefined.size(); ++i)
    spec.tail += std::string("\2\0", 2);  // a table by which every symbol wants it
  spec.tags = {{DT_VERSYM, test::kElfBase + build_elf(spec).size() - spec.tail.size()}};
  const auto bytes = build_elf(spec);
  const auto facts = read_elf(bytes);
  REQUIRE(facts);
  CHECK_FALSE(facts->damage.empty());
  std::size_t kept = 0;
  for (const auto& symbol : facts->undefined)
    kept += symbol.version.size();
  CHECK(kept > 0);
  CHECK(kept <= 4 * bytes.size());
}

TEST_CASE("elf: an object with very many symbols is read in a moment", "[elf]") {
  ElfSpec spec;
  for (int i = 0; i < 30'000; ++i)
    spec.exports.push_back("symbol_" + std::to_string(i));
  for (const auto hash : {ElfSpec::Hash::sysv, ElfSpec::Hash::gnu}) {
    spec.hash = hash;
    const auto bytes = build_elf(spec);
    CHECK(read_elf(bytes)->exports.size() == 30'000);
    CHECK(seconds_to_read(bytes) < 2);
  }
}

}  // namespace
}  // namespace rockstage::elf
