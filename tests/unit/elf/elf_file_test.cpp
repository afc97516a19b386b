#include "elf/elf_file.hpp"

#include "support/elf_builder.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>
#include <elf.h>

#include <algorithm>

namespace rockstage::elf {
namespace {

using test::build_elf;
using test::ElfSpec;
using Names = std::vector<std::string>;

ElfFacts facts_of(const std::string& bytes) {
  auto facts = read_elf(bytes);
  if (!facts) FAIL(facts.error().message);
  return *std::move(facts);
}

Names undefined_names(const ElfFacts& facts) {
  Names names;
  for (const auto& symbol : facts.undefined)
    names.push_back(symbol.name);
  std::ranges::sort(names);
  return names;
}

ElfSpec module_spec() {
  ElfSpec spec;
  spec.exports = {"luaopen_textkit_core", "luaopen_textkit", "textkit_version"};
  spec.weak_exports = {"maybe_here"};
  spec.locals = {"hidden"};
  spec.undefined = {"lua_pushstring", "abort"};
  spec.weak_undefined = {"__cxa_finalize"};
  spec.needed = {"libgcc_s.so.1", "libc.so.6"};
  spec.soname = "libtextkit.so";
  spec.runpath = "$ORIGIN/../lib";
  return spec;
}

void check_module(const ElfFacts& facts) {
  CHECK(facts.exports
        == Names{"luaopen_textkit", "luaopen_textkit_core", "maybe_here", "textkit_version"});
  CHECK(undefined_names(facts) == Names{"__cxa_finalize", "abort", "lua_pushstring"});
  CHECK(std::ranges::find(facts.undefined, "__cxa_finalize", &Undefined::name)->weak);
  CHECK(facts.needed == Names{"libgcc_s.so.1", "libc.so.6"});
  CHECK(facts.soname == "libtextkit.so");
  CHECK(facts.runpath == "$ORIGIN/../lib");
  CHECK(facts.damage.empty());
  CHECK(luaopen_names(facts) == Names{"luaopen_textkit", "luaopen_textkit_core"});
}

TEST_CASE("elf: every class, byte order and hash table tells the same", "[elf]") {
  for (const int bits : {32, 64})
    for (const bool little : {true, false})
      for (const auto hash : {ElfSpec::Hash::sysv, ElfSpec::Hash::gnu}) {
        auto spec = module_spec();
        spec.bits = bits;
        spec.little_endian = little;
        spec.hash = hash;
        spec.machine = EM_PPC64;
        INFO(bits << " bits, little " << little << ", hash " << static_cast<int>(hash));
        const auto facts = facts_of(build_elf(spec));
        CHECK(facts.bits == bits);
        CHECK(facts.little_endian == little);
        CHECK(facts.machine == EM_PPC64);
        CHECK(facts.type == ET_DYN);
        check_module(facts);
      }
}

TEST_CASE("elf: an object without symbols, names or libraries is whole", "[elf]") {
  for (const auto hash : {ElfSpec::Hash::none, ElfSpec::Hash::sysv, ElfSpec::Hash::gnu}) {
    ElfSpec spec;
    spec.hash = hash;
    const auto facts = facts_of(build_elf(spec));
    CHECK(facts.exports.empty());
    CHECK(facts.undefined.empty());
    CHECK(facts.needed.empty());
    CHECK(facts.soname.empty());
    CHECK_FALSE(facts.runpath);
    CHECK(facts.damage.empty());
  }
}

TEST_CASE("elf: a GNU hash table over nothing but undefined symbols", "[elf]") {
  ElfSpec spec;
  spec.hash = ElfSpec::Hash::gnu;
  spec.undefined = {"b", "a"};
  CHECK(undefined_names(facts_of(build_elf(spec))) == Names{"a", "b"});
}

TEST_CASE("elf: without a hash table nothing but relocations counts symbols", "[elf]") {
  auto spec = module_spec();
  spec.hash = ElfSpec::Hash::none;
  CHECK(facts_of(build_elf(spec)).exports.empty());
  CHECK(facts_of(build_elf(spec)).needed.size() == 2);
}

TEST_CASE("elf: DT_RUNPATH and DT_RPATH are told apart", "[elf]") {
  ElfSpec spec;
  spec.rpath = "/old";
  CHECK(facts_of(build_elf(spec)).rpath == "/old");
  CHECK_FALSE(facts_of(build_elf(spec)).runpath);
  spec.runpath = "/new";
  CHECK(facts_of(build_elf(spec)).runpath == "/new");
}

TEST_CASE("elf: a name that stands twice is told once", "[elf]") {
  ElfSpec spec;
  spec.exports = {"twice", "twice"};  // versions of one symbol
  CHECK(facts_of(build_elf(spec)).exports == Names{"twice"});
}

TEST_CASE("elf: processors have the names of Rust's triples", "[elf]") {
  const std::pair<ElfFacts, const char*> cases[] = {
      {{.bits = 64, .machine = EM_X86_64}, "x86_64"},
      {{.bits = 32, .machine = EM_386}, "i686"},
      {{.bits = 64, .machine = EM_AARCH64}, "aarch64"},
      {{.bits = 32, .machine = EM_ARM}, "arm"},
      {{.bits = 64, .machine = EM_RISCV}, "riscv64"},
      {{.bits = 32, .machine = EM_RISCV}, "riscv32"},
      {{.bits = 64, .little_endian = true, .machine = EM_PPC64}, "powerpc64le"},
      {{.bits = 64, .little_endian = false, .machine = EM_PPC64}, "powerpc64"},
      {{.bits = 64, .little_endian = false, .machine = EM_S390}, "s390x"},
      {{.bits = 64, .machine = 258}, "loongarch64"},
      {{.bits = 64, .machine = 9999}, "machine 9999"},
  };
  for (const auto& [facts, name] : cases)
    CHECK(machine_name(facts) == name);
}

TEST_CASE("elf: what is no ELF is refused, and says why", "[elf]") {
  const std::pair<std::string, const char*> cases[] = {
      {"", "not an ELF file"},
      {"\x7f"
       "EL",
       "not an ELF file"},
      {"!<arch>\n", "not an ELF file"},
      {"\x7f"
       "ELF",
       "an ELF file that is cut off in its header"},
      {std::string("\x7f"
                   "ELF\2\1\1",
                   7)
           + std::string(56, '\0'),
       "an ELF file that is cut off in its header"},
      {std::string("\x7f"
                   "ELF\3\1\1",
                   7)
           + std::string(57, '\0'),
       "an ELF file of an unknown class or byte order"},
      {std::string("\x7f"
                   "ELF\2\0\1",
                   7)
           + std::string(57, '\0'),
       "an ELF file of an unknown class or byte order"},
  };
  for (const auto& [bytes, why] : cases) {
    const auto facts = read_elf(bytes);
    REQUIRE_FALSE(facts);
    CHECK(facts.error().code == Errc::invalid_input);
    CHECK(facts.error().message == why);
  }
  CHECK(
      looks_like_elf("\x7f"
                     "ELF"));
  CHECK_FALSE(
      looks_like_elf("\x7f"
                     "EL"));
}

TEST_CASE("elf: an object file without program headers is an ELF with nothing to load", "[elf]") {
  auto bytes = build_elf({});
  bytes[56] = 0;  // e_phnum
  const auto facts = facts_of(bytes);
  CHECK(facts.machine == EM_X86_64);
  CHECK(facts.damage.empty());
}

struct Damaged {
  const char* what;
  std::map<std::uint64_t, std::uint64_t> tags;
  std::vector<std::uint64_t> without;
};

/// The facts of the module when some of its dynamic tags lie.
ElfFacts facts_with(const Damaged& damaged) {
  auto spec = module_spec();
  spec.tags = damaged.tags;
  spec.without = damaged.without;
  return facts_of(build_elf(spec));
}

TEST_CASE("elf: a table that lies is named, and the others are read on", "[elf]") {
  const std::uint64_t far = 0x7FFFFFFFFFFFFFF0;
  const Damaged cases[] = {
      {"the string table lies outside the file", {{DT_STRTAB, far}}, {}},
      {"there is no string table", {}, {DT_STRTAB}},
      {"the string table lies outside the file", {{DT_STRSZ, far}}, {}},
      {"a DT_NEEDED name lies outside the string table", {{DT_NEEDED, far}}, {}},
      {"the DT_SONAME lies outside the string table", {{DT_SONAME, 1'000'000}}, {}},
      {"the run path lies outside the string table", {{DT_RUNPATH, 1'000'000}}, {}},
      {"a symbol's name lies outside the string table", {{DT_STRSZ, 30}}, {}},
  };
  for (const auto& damaged : cases) {
    const auto facts = facts_with(damaged);
    CHECK(std::ranges::find(facts.damage, damaged.what) != facts.damage.end());
  }
  CHECK(facts_with({"", {{DT_SONAME, 1'000'000}}, {}}).exports.size() == 4);
  CHECK(facts_with({"", {{DT_NEEDED, far}}, {}}).soname == "libtextkit.so");
  CHECK(facts_with({"", {{DT_STRSZ, far}}, {}}).exports.size() == 4);
}

TEST_CASE("elf: symbols that cannot be found are damage, not silence", "[elf]") {
  const auto facts = facts_with({"", {{DT_SYMTAB, 0x7FFFFFFFFFFFFFF0}}, {}});
  CHECK(facts.exports.empty());
  CHECK(facts.damage == Names{"the symbol table lies outside the file"});
  CHECK(facts.needed.size() == 2);
}

TEST_CASE("elf: each kind of damage is told once", "[elf]") {
  auto spec = module_spec();
  spec.needed.resize(500, "libx.so");
  spec.tags = {{DT_NEEDED, 0xFFFFFF}};
  CHECK(facts_of(build_elf(spec)).damage
        == Names{"a DT_NEEDED name lies outside the string table"});
}

TEST_CASE("elf: a hash table that counts too many symbols", "[elf]") {
  auto spec = module_spec();
  auto bytes = build_elf(spec);
  const std::string count("\x09\0\0\0\x09\0\0\0", 8);  // nbucket, nchain: null, locals, …
  const auto at = bytes.find(count);
  REQUIRE(at != std::string::npos);
  bytes[at + 7] = '\x7F';
  const auto facts = facts_of(bytes);
  CHECK(facts.damage.front() == "the symbol table lies outside the file");
  CHECK(std::ranges::includes(facts.exports, Names{"luaopen_textkit"}));
}

TEST_CASE("elf: program headers and a dynamic section outside the file are damage", "[elf]") {
  auto bytes = build_elf(module_spec());
  bytes[32 + 3] = '\x7F';  // e_phoff
  CHECK(facts_of(bytes).damage == Names{"the program headers lie outside the file"});
  bytes = build_elf(module_spec());
  bytes[54] = 12;  // e_phentsize
  CHECK(facts_of(bytes).damage
        == Names{"the program headers are of a size or number that no loader takes"});
  bytes = build_elf(module_spec());
  bytes[64 + 56 + 8 + 3] = '\x7F';  // p_offset of PT_DYNAMIC
  CHECK(facts_of(bytes).damage == Names{"the dynamic section lies outside the file"});
}

}  // namespace
}  // namespace rockstage::elf
