#include "base/text.hpp"
#include "elf/elf_file.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

// The builder of the other tests and the reader could be wrong in the same way; the C compiler is
// not.
namespace rockstage::elf {
namespace {

using Names = std::vector<std::string>;

constexpr const char* kSource =
    "extern void lua_pushstring(void *, const char *);\n"
    "extern void abort(void);\n"
    "extern void maybe(void) __attribute__((weak));\n"
    "static int hidden(void *L) { lua_pushstring(L, \"x\"); if (!L) abort(); return 1; }\n"
    "int luaopen_sample(void *L) { if (maybe) maybe(); return hidden(L); }\n"
    "__attribute__((visibility(\"hidden\"))) int luaopen_not_exported(void *L) { return hidden(L); "
    "}\n"
    "__attribute__((weak)) int weak_export(void) { return 1; }\n"
    "int data_export = 3;\n";

/// The compiler's object for `options`; none where there is no compiler.
std::optional<std::string> compile(const std::vector<std::string>& options) {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/sample.c", kSource);
  sys::Command command;
  command.env = sys::Environment::current();
  command.cwd = dir.path();
  command.argv = {"cc", "-shared", "-fPIC", "-o", "sample.so", "sample.c"};
  command.argv.insert(command.argv.end(), options.begin(), options.end());
  if (sys::find_program("cc", command.env).empty()) return std::nullopt;
  const auto result = sys::SystemProcessRunner().run(command);
  if (!result) FAIL(result.error().message);
  INFO(result->err);
  REQUIRE(result->status.ok());
  return test::get(dir.path() + "/sample.so");
}

bool has(const Names& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool has_undefined(const ElfFacts& facts, const std::string& name) {
  return std::ranges::find(facts.undefined, name, &Undefined::name) != facts.undefined.end();
}

void check_sample(const ElfFacts& facts) {
  CHECK(facts.damage.empty());
  CHECK(luaopen_names(facts) == Names{"luaopen_sample"});
  CHECK(has(facts.exports, "weak_export"));
  CHECK(has(facts.exports, "data_export"));
  CHECK_FALSE(has(facts.exports, "hidden"));
  CHECK_FALSE(has(facts.exports, "luaopen_not_exported"));
  CHECK(has_undefined(facts, "lua_pushstring"));
  CHECK(has_undefined(facts, "maybe"));
  CHECK_FALSE(has(facts.exports, "lua_pushstring"));
}

TEST_CASE("elf: an object of the C compiler, with either hash table, also stripped", "[elf]") {
  for (const char* style :
       {"-Wl,--hash-style=sysv", "-Wl,--hash-style=gnu", "-Wl,--hash-style=both"})
    for (const char* strip : {"-g", "-s"}) {
      INFO(style << " " << strip);
      const auto bytes = compile({style, strip});
      if (!bytes) return;
      const auto facts = read_elf(*bytes);
      REQUIRE(facts);
      check_sample(*facts);
      CHECK(facts->soname.empty());
      CHECK_FALSE(facts->runpath);
      CHECK(has(facts->needed, "libc.so.6"));
      CHECK(facts->bits == static_cast<int>(8 * sizeof(void*)));
    }
}

TEST_CASE("elf: soname, libraries and run path as the linker was told", "[elf]") {
  const auto bytes = compile({"-Wl,-soname,libsample.so.1",
                              "-Wl,--enable-new-dtags,-rpath,$ORIGIN/lib",
                              "-Wl,--no-as-needed",
                              "-lm"});
  if (!bytes) return;
  const auto facts = read_elf(*bytes);
  REQUIRE(facts);
  CHECK(facts->soname == "libsample.so.1");
  CHECK(facts->runpath == "$ORIGIN/lib");
  CHECK(has(facts->needed, "libm.so.6"));
  const auto old = compile({"-Wl,--disable-new-dtags,-rpath,/opt/lib"});
  CHECK(read_elf(*old)->rpath == "/opt/lib");
}

TEST_CASE("elf: without section headers the loader's view is the same", "[elf]") {
  auto bytes = compile({});
  if (!bytes || bytes->at(4) != 2) return;
  const auto before = read_elf(*bytes);
  std::fill_n(bytes->begin() + 40, 8, '\0');  // e_shoff
  std::fill_n(bytes->begin() + 58, 6, '\0');  // e_shentsize, e_shnum, e_shstrndx
  const auto after = read_elf(*bytes);
  REQUIRE(before);
  REQUIRE(after);
  CHECK(before->exports == after->exports);
  CHECK(before->needed == after->needed);
  CHECK(after->damage.empty());
}

TEST_CASE("elf: a program is read like a library", "[elf]") {
  const auto program = read_elf(test::get("/proc/self/exe"));
  REQUIRE(program);
  CHECK(has(program->needed, "libc.so.6"));
  CHECK(program->damage.empty());
  CHECK(program->bits == static_cast<int>(8 * sizeof(void*)));
}

}  // namespace
}  // namespace rockstage::elf
