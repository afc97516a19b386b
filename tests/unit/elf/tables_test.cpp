#include "elf/elf_file.hpp"
#include "support/elf_builder.hpp"

#include <catch2/catch.hpp>
#include <elf.h>
#include <zlib.h>

#include <algorithm>

namespace rockstage::elf {
namespace {

using test::build_elf;
using test::ElfSpec;
using Names = std::vector<std::string>;

ElfFacts facts_of(const ElfSpec& spec) {
  auto facts = read_elf(build_elf(spec));
  if (!facts) FAIL(facts.error().message);
  CHECK(facts->damage.empty());
  return *std::move(facts);
}

Names names_of(const std::vector<Undefined>& symbols) {
  Names names;
  for (const auto& symbol : symbols)
    names.push_back(symbol.name);
  return names;
}

std::string compressed(const std::string& text) {
  auto size = compressBound(text.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()),
           &size,
           reinterpret_cast<const Bytef*>(text.data()),
           text.size());
  out.resize(size);
  return out;
}

ElfSpec versioned_spec() {
  ElfSpec spec;
  spec.undefined = {"gettid", "malloc", "plain"};
  spec.weak_undefined = {"pidfd_spawnp"};
  spec.version_needs = {{"libc.so.6", "GLIBC_2.2.5", false, {"malloc"}},
                        {"libc.so.6", "GLIBC_2.30", true, {"gettid", "pidfd_spawnp"}},
                        {"ld-linux-x86-64.so.2", "GLIBC_2.35", false, {}}};
  return spec;
}

TEST_CASE("elf versions: needs have their flags and their users, in file order", "[elf]") {
  for (const int bits : {32, 64})
    for (const bool little : {true, false}) {
      auto spec = versioned_spec();
      spec.bits = bits;
      spec.little_endian = little;
      const auto facts = facts_of(spec);
      REQUIRE(facts.version_needs.size() == 3);
      const auto& libc = facts.version_needs[1];
      CHECK(libc.library == "libc.so.6");
      CHECK(libc.version == "GLIBC_2.30");
      CHECK(libc.weak_flag);
      CHECK(libc.strong_users == Names{"gettid"});
      CHECK(libc.weak_users == Names{"pidfd_spawnp"});
      CHECK_FALSE(facts.version_needs[0].weak_flag);
      CHECK(facts.version_needs[0].strong_users == Names{"malloc"});
    }
}

TEST_CASE("elf versions: a need on ld-linux only is counted", "[elf]") {
  const auto facts = facts_of(versioned_spec());
  CHECK(facts.version_needs.back().library == "ld-linux-x86-64.so.2");
  CHECK(facts.version_needs.back().version == "GLIBC_2.35");
  CHECK(facts.version_needs.back().strong_users.empty());
}

TEST_CASE("elf versions: a symbol says which version it wants, or none", "[elf]") {
  const auto facts = facts_of(versioned_spec());
  const auto version = [&](const char* name) {
    return std::ranges::find(facts.undefined, name, &Undefined::name)->version;
  };
  CHECK(version("gettid") == "GLIBC_2.30");
  CHECK(version("plain").empty());
}

TEST_CASE("elf versions: definitions leave out the base, which is the object", "[elf]") {
  ElfSpec spec;
  spec.soname = "liblua5.1.so.0";
  spec.exports = {"lua_gettop"};
  spec.version_definitions = {"LUA_5.2", "LUA_5.1"};
  CHECK(facts_of(spec).version_definitions == Names{"LUA_5.1", "LUA_5.2"});
}

TEST_CASE("elf symbols: undefined ones stand as glibc looks them up", "[elf]") {
  for (const int bits : {32, 64}) {
    ElfSpec spec;
    spec.bits = bits;
    spec.undefined = {"a", "b", "c", "d", "e"};
    spec.relocated = {"d", "b", "d"};
    spec.plt_relocated = {"e", "b", "a"};
    CHECK(names_of(facts_of(spec).undefined) == Names{"d", "b", "e", "a", "c"});
  }
}

TEST_CASE("elf symbols: relocations count them where there is no hash table", "[elf]") {
  ElfSpec spec;
  spec.hash = ElfSpec::Hash::none;
  spec.undefined = {"a", "b", "c"};
  spec.relocated = {"b"};
  CHECK(names_of(facts_of(spec).undefined) == Names{"b", "a"});
}

TEST_CASE("elf segments: what program headers say", "[elf]") {
  ElfSpec spec;
  spec.segments = {{PT_TLS, PF_R, "", 80, 8},
                   {PT_GNU_STACK, PF_R | PF_W | PF_X, "", 0, 16},
                   {PT_INTERP, PF_R, std::string("/lib/ld.so\0", 11), 0, 1},
                   {PT_LOAD, PF_R | PF_W | PF_X, "code", 0, 4}};
  const auto facts = facts_of(spec);
  CHECK(facts.tls_size == 80);
  CHECK(facts.executable_stack);
  CHECK(facts.interpreter == "/lib/ld.so");
  CHECK(facts.writable_code);
  CHECK(facts.load_alignment == 4);
  CHECK_FALSE(facts.misaligned_load);
}

TEST_CASE("elf segments: no PT_GNU_STACK means an executable stack on x86 and arm only", "[elf]") {
  for (const auto& [machine, executable] : {std::pair{EM_X86_64, true},
                                            {EM_386, true},
                                            {EM_ARM, true},
                                            {EM_AARCH64, false},
                                            {EM_RISCV, false}}) {
    ElfSpec spec;
    spec.machine = static_cast<std::uint16_t>(machine);
    CHECK(facts_of(spec).executable_stack == executable);
    spec.segments = {{PT_GNU_STACK, PF_R | PF_W, "", 0, 16}};
    CHECK_FALSE(facts_of(spec).executable_stack);
  }
}

TEST_CASE("elf segments: an address that is not on its page is told", "[elf]") {
  ElfSpec spec;
  spec.segments = {{PT_LOAD, PF_R, "x", 0, 0x100000}};
  CHECK(facts_of(spec).misaligned_load);
}

TEST_CASE("elf dynamic: flags", "[elf]") {
  ElfSpec spec;
  CHECK_FALSE(facts_of(spec).static_tls);
  CHECK_FALSE(facts_of(spec).bind_now);
  spec.entries = {{DT_FLAGS, DF_STATIC_TLS | DF_TEXTREL},
                  {DT_FLAGS_1, DF_1_NOW | DF_1_NOOPEN | DF_1_NODEFLIB | DF_1_PIE},
                  {36, 0}};
  const auto facts = facts_of(spec);
  CHECK(facts.static_tls);
  CHECK(facts.text_relocations);
  CHECK(facts.bind_now);
  CHECK(facts.no_open);
  CHECK(facts.no_default_lib);
  CHECK(facts.pie);
  CHECK(facts.packed_relocations);
}

TEST_CASE("elf notes: the highest level of the processor, and the build id", "[elf]") {
  for (const std::uint32_t segment : {static_cast<std::uint32_t>(PT_NOTE), 0x6474E553U}) {
    ElfSpec spec;
    spec.segments = {{segment, PF_R, test::isa_note(1U | 2U | 4U), 0, 8}};
    CHECK(facts_of(spec).x86_isa_level == 3);
    spec.segments.front().content = test::isa_note(1);
    CHECK(facts_of(spec).x86_isa_level == 0);
    spec.segments.front().content = test::isa_note(8);
    spec.machine = EM_AARCH64;
    CHECK(facts_of(spec).x86_isa_level == 0);
  }
  ElfSpec spec;
  const auto id = test::gnu_note(NT_GNU_BUILD_ID, "\x01\xAB\x02\xCD\x03\xEF\x04\x05");
  spec.segments = {{PT_NOTE, PF_R, id, 0, 4}, {PT_NOTE, PF_R, id, 0, 4}};
  CHECK(facts_of(spec).build_id == "01ab02cd03ef0405");
}

TEST_CASE("elf sections: the compiler, the crates and what strip would take", "[elf]") {
  for (const int bits : {32, 64}) {
    ElfSpec spec;
    spec.bits = bits;
    spec.sections = {
        {".comment", std::string("GCC: 12\0rustc version 1.95.0\0GCC: 12\0", 37)},
        {".dep-v0",
         compressed(R"({"packages":[{"name":"mlua","version":"0.12.0","source":"crates.io"},)"
                    R"({"name":"bstr","version":"1.9.1","source":"crates.io"}]})")},
        {".symtab", std::string(48, '\0'), SHT_SYMTAB},
        {".debug_info", "0123456789"}};
    const auto facts = facts_of(spec);
    CHECK(facts.comments == Names{"GCC: 12", "rustc version 1.95.0"});
    REQUIRE(facts.crates.size() == 2);
    CHECK(facts.crates.front().name == "bstr");
    CHECK(facts.crates.back().version == "0.12.0");
    CHECK(facts.has_dep_v0);
    CHECK(facts.symtab_bytes == 48);
    CHECK(facts.debug_bytes == 10);
  }
}

TEST_CASE("elf sections: a list of crates that cannot be read is damage", "[elf]") {
  ElfSpec spec;
  spec.sections = {{".dep-v0", "not zlib"}};
  const auto facts = read_elf(build_elf(spec));
  REQUIRE(facts);
  CHECK(facts->has_dep_v0);
  CHECK(facts->crates.empty());
  CHECK(facts->damage == Names{"the list of crates (.dep-v0) cannot be read"});
}

TEST_CASE("elf arm: the float ABI of the header wins over the attributes'", "[elf]") {
  using namespace std::string_literals;
  ElfSpec spec;
  spec.bits = 32;
  spec.machine = EM_ARM;
  // "A", length, "aeabi", 1, length; Tag_CPU_name "7-A", Tag_CPU_arch 10, Tag_ABI_VFP_args 1.
  const auto attributes = "A\x18\0\0\0aeabi\0\x01\x0E\0\0\0\x05"s + "7-A\0\x06\x0A\x1C\x01"s;
  spec.sections = {{".ARM.attributes", attributes, 0x70000003}};
  CHECK(facts_of(spec).arm_arch == 10);
  CHECK(facts_of(spec).arm_hard_float == true);
  spec.flags = 0x05000200;
  CHECK(facts_of(spec).arm_hard_float == false);
  spec.machine = EM_AARCH64;
  CHECK_FALSE(facts_of(spec).arm_arch);
}

}  // namespace
}  // namespace rockstage::elf
