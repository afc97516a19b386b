#include "verify/rules/lua_rules.hpp"

#include "elf_lua_bench.hpp"
#include "support/elf_builder.hpp"

using namespace rockstage;
using namespace rockstage::test;
using namespace rockstage::verify;

namespace {

Finding only(const Findings& findings, const char* rule) {
  const auto found = of_rule(findings, rule);
  REQUIRE(found.size() == 1);
  CHECK(found.front().evidence.contains("basis"));
  CHECK_FALSE(found.front().fix.empty());
  return found.front();
}

std::string module_with(const std::vector<std::string>& exports) {
  ElfSpec spec;
  spec.exports = exports;
  spec.undefined = {"lua_pushnumber", "lua_settop"};
  spec.needed = {"libc.so.6"};
  return build_elf(spec);
}

std::string ffi_library(const std::vector<std::string>& exports) {
  ElfSpec spec;
  spec.exports = exports;
  spec.needed = {"libc.so.6"};
  return build_elf(spec);
}

/// A LuaRocks manifest of one rock with these modules.
std::string manifest(const std::string& modules, const std::string& dependencies = "") {
  return "commands = {}\ndependencies = {\n  x = {\n    [\"1.0-1\"] = {" + dependencies +
         "}\n  }\n}\nmodules = {}\nrepository = {\n  x = {\n    [\"1.0-1\"] = {\n      {\n"
         "        arch = \"installed\", commands = {}, dependencies = {}, modules = {" +
         modules + "}\n      }\n    }\n  }\n}\n";
}

const std::string kManifest = "lib/luarocks/rocks-5.1/manifest";

}  // namespace

TEST_CASE("lua-abi: a 5.4 module on LuaJIT names its first missing symbol", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  CHECK(bench.judge(facts, check_lua_module).empty());
  facts.undefined = {{.name = "lua_settop", .weak = false, .version = ""},
                     {.name = "lua_newuserdatauv", .weak = false, .version = ""},
                     {.name = "lua_rotate", .weak = false, .version = ""}};
  const auto finding = only(bench.judge(facts, check_lua_module), rules::lua_abi);
  CHECK(finding.severity == Severity::error);
  CHECK(finding.message.find("the runtime is LuaJIT; first missing: lua_newuserdatauv (+1)")
        != std::string::npos);
  CHECK(finding.fix == "rebuild with --lua luajit");
}

TEST_CASE("lua-abi: common symbols with another family's pseudo-indices load and crash",
          "[verify]") {
  Bench bench(glibc_profile(lua::Lua::lua54));
  bench.code.scanned = true;
  bench.code.strong = {12, 0, 0, 0};
  const auto finding = only(bench.judge(sound_object(), check_lua_module), rules::lua_abi);
  CHECK(finding.message.find("loads, then crashes") != std::string::npos);
  bench.code.strong = {0, 12, 0, 0};
  CHECK(bench.judge(sound_object(), check_lua_module).empty());
}

TEST_CASE("lua-abi: pseudo-indices of two families are not judged", "[verify]") {
  Bench bench;
  bench.code.scanned = true;
  bench.code.strong = {3, 4, 0, 0};
  CHECK(of_rule(bench.judge(sound_object(), check_lua_module), rules::lua_abi).empty());
  REQUIRE_FALSE(bench.undecided.empty());
  CHECK(bench.undecided.front().rule == rules::lua_abi);
}

TEST_CASE("lua-linked-vm: NEEDED liblua is a second VM, unless the program runs on it",
          "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.needed.emplace_back("liblua5.1.so.0");
  CHECK(only(bench.judge(facts, check_lua_module), rules::lua_linked_vm).message
        == "lib/lua/5.1/x.so links a Lua of its own (NEEDED liblua5.1.so.0)");
  auto profile = glibc_profile();
  profile.lua_library = "/usr/lib/x86_64-linux-gnu/libluajit-5.1.so.2";
  Bench own(profile);
  facts.needed = {"libluajit-5.1.so.2"};
  CHECK(of_rule(own.judge(facts, check_lua_module), rules::lua_linked_vm).empty());
  CHECK_FALSE(lua::is_vm_library("liblua5.1-cjson.so.0"));
}

TEST_CASE("lua-embedded-vm: a VM linked inside", "[verify]") {
  Bench bench;
  auto facts = sound_object();
  facts.exports = {"lua_gettop", "lua_settop", "luaopen_x"};
  facts.undefined.clear();
  CHECK(only(bench.judge(facts, check_lua_module), rules::lua_embedded_vm).severity
        == Severity::error);
  CHECK(of_rule(bench.judge(sound_object(), check_lua_module), rules::lua_embedded_vm).empty());
}

TEST_CASE("lua-panic-abort: Rust without the unwinder, on LuaJIT only", "[verify]") {
  auto facts = sound_object();
  facts.comments = {"rustc version 1.95.0 (abc 2026-01-01)"};
  facts.needed = {"libgcc_s.so.1", "libc.so.6"};
  Bench luajit, plain(glibc_profile(lua::Lua::lua51));
  CHECK(only(luajit.judge(facts, check_lua_module), rules::lua_panic_abort).severity
        == Severity::error);
  CHECK(of_rule(plain.judge(facts, check_lua_module), rules::lua_panic_abort).empty());
  for (const char* name : {"_Unwind_RaiseException", "_Unwind_DeleteException"})
    facts.undefined.push_back({.name = name, .weak = false, .version = "GCC_3.0"});
  CHECK(of_rule(luajit.judge(facts, check_lua_module), rules::lua_panic_abort).empty());
}

TEST_CASE("lua-panic-abort: std is known by its imports where .comment is gone", "[verify]") {
  auto facts = sound_object();
  facts.needed = {"libgcc_s.so.1", "libc.so.6"};
  facts.undefined.push_back({.name = "_Unwind_Backtrace", .weak = false, .version = "GCC_3.3"});
  Bench bench;
  CHECK(of_rule(bench.judge(facts, check_lua_module), rules::lua_panic_abort).empty());
  facts.undefined.push_back(
      {.name = "_Unwind_GetDataRelBase", .weak = false, .version = "GCC_3.0"});
  only(bench.judge(facts, check_lua_module), rules::lua_panic_abort);
}

TEST_CASE("lua-open-symbol: the function must go with the file's place", "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/a/b.so", module_with({"luaopen_b"}));
  bench.put("lib/lua/5.1/my-lib.so", module_with({"luaopen_my_lib"}));
  bench.put("lib/lua/5.1/deep.probe.so", module_with({"luaopen_deep_probe"}));
  const auto findings = of_rule(bench.run(check_libraries), rules::lua_open_symbol);
  REQUIRE(findings.size() == 3);
  CHECK(
      findings[0].message
      == "lib/lua/5.1/a/b.so is looked up as luaopen_a_b by require \"a.b\", but exports "
         "luaopen_b");
  CHECK(findings[1].message.find("has dots in its name") != std::string::npos);
  CHECK(findings[2].message.find("looked up as luaopen_lib") != std::string::npos);
}

TEST_CASE("lua-open-symbol: second functions, all-in-one libraries and hyphens are fine",
          "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/c/d.so", module_with({"luaopen_c_d", "luaopen_other"}));
  bench.put("lib/lua/5.1/all.so", module_with({"luaopen_all_one", "luaopen_all_two"}));
  bench.put("lib/lua/5.1/v1-mod.so", module_with({"luaopen_mod"}));
  CHECK(of_rule(bench.run(check_libraries), rules::lua_open_symbol).empty());
}

TEST_CASE("lua-open-symbol: both names of a hyphen file are a warning", "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/v3-mod.so", module_with({"luaopen_mod", "luaopen_v3"}));
  CHECK(only(bench.run(check_libraries), rules::lua_open_symbol).severity == Severity::warning);
}

TEST_CASE("lua-open-symbol: an FFI library that the manifest lists needs its wrapper", "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/fast.so", ffi_library({"fast_add"}));
  bench.put(kManifest, manifest("fast = \"fast.so\""));
  CHECK(only(bench.run(check_libraries), rules::lua_open_symbol).message
        == "lib/lua/5.1/fast.so is an FFI library: require \"fast\" cannot load it");
  bench.put("share/lua/5.1/fast.lua", "return {}");
  CHECK(of_rule(bench.run(check_libraries), rules::lua_open_symbol).empty());
}

TEST_CASE("lua rules: another Lua's version directory is not judged by this Lua", "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.4/a/b.so", module_with({"luaopen_b"}));
  bench.put("share/lua/5.4/x.lua", "local x <close> = nil");
  CHECK(of_rule(bench.run(check_libraries), rules::lua_open_symbol).empty());
  CHECK(bench.run(check_scripts).empty());
}

TEST_CASE("lua-syntax: a wrapper must compile in the runtime's Lua", "[verify]") {
  Bench bench;
  bench.put("share/lua/5.1/good.lua", "goto done\n::done::\nreturn {}\n");
  bench.put("share/lua/5.1/bad.lua", "local a = 1 // 2\n");
  bench.put("share/lua/5.1/chunk.lua", std::string("\x1bLuaS\0", 6));
  const auto findings = of_rule(bench.run(check_scripts), rules::lua_syntax);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].path == "share/lua/5.1/bad.lua");
  CHECK(std::get<std::int64_t>(findings[0].evidence.at("line")) == 1);
  CHECK(findings[1].message.find("is bytecode of Lua 5.3") != std::string::npos);
}

TEST_CASE("lua-require: a module that is nowhere", "[verify]") {
  Bench bench;
  bench.put("share/lua/5.1/x.lua",
            "require \"nowhere\"\npcall(require, \"cjson\")\nrequire \"ffi\"\nrequire \"y.z\"\n"
            "require(\"x.core\")\nrequire \"string\"\n");
  bench.put("share/lua/5.1/y/z/init.lua", "return {}");
  bench.put("lib/lua/5.1/x.so", module_with({"luaopen_x_core"}));
  const auto finding = only(bench.run(check_scripts), rules::lua_require);
  CHECK(std::get<std::string>(finding.evidence.at("module")) == "nowhere");
  CHECK(finding.severity == Severity::warning);
}

TEST_CASE("lua-require: what the runtime brings, by name or by pattern", "[verify]") {
  auto profile = glibc_profile();
  profile.builtin_modules = {"cjson", "resty.*"};
  Bench bench(profile);
  bench.put("share/lua/5.1/x.lua", "require \"cjson\"\nrequire \"resty.core.base\"\n");
  CHECK(bench.run(check_scripts).empty());
}

TEST_CASE("lua-require: ffi is LuaJIT's", "[verify]") {
  Bench bench(glibc_profile(lua::Lua::lua54));
  bench.put("share/lua/5.4/x.lua", "local ffi = require \"ffi\"\nrequire \"utf8\"\n");
  CHECK(only(bench.run(check_scripts), rules::lua_require).message
        == "share/lua/5.4/x.lua needs LuaJIT's ffi, the runtime is Lua 5.4");
}

TEST_CASE("lua-module-unreachable: a prefix outside the search paths", "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/x.so", module_with({"luaopen_x"}));
  bench.put("share/lua/5.1/y/init.lua", "return {}");
  bench.put(kManifest, manifest("x = \"x.so\", y = \"y/init.lua\""));
  CHECK(bench.run(check_module_paths).empty());
  auto profile = glibc_profile();
  for (auto& [name, paths] : profile.search)
    paths.cpath = {"/opt/lib/lua/5.1/?.so"};
  Bench other(profile);
  other.put("lib/lua/5.1/x.so", module_with({"luaopen_x"}));
  other.put("share/lua/5.1/y/init.lua", "return {}");
  other.put(kManifest, manifest("x = \"x.so\", y = \"y/init.lua\""));
  const auto finding = only(other.run(check_module_paths), rules::lua_module_unreachable);
  CHECK(finding.path == "lib/lua/5.1/x.so");
  CHECK(finding.severity == Severity::error);
}

TEST_CASE("lua-module-shadowed: the runtime's own file stands earlier, or ours hides it",
          "[verify]") {
  Bench bench(glibc_profile(), true);
  const std::string tree = "usr/local/";
  bench.put(tree + kManifest, manifest("x = \"x.lua\", only = \"only.lua\""));
  bench.put(tree + "share/lua/5.1/x.lua", "return 1");
  bench.put(tree + "share/lua/5.1/only.lua", "return 1");
  bench.put("usr/share/lua/5.1/x.lua", "return 2");
  const auto finding = only(bench.run(check_module_paths), rules::lua_module_shadowed);
  CHECK(finding.message ==
        "usr/local/share/lua/5.1/x.lua hides /usr/share/lua/5.1/x.lua of the runtime: require "
        "\"x\" opens ours");
}

TEST_CASE("ffi-library-unused: a library that wrappers leave alone", "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/libfast.so", ffi_library({"fast_add"}));
  CHECK(only(bench.run(check_ffi_libraries), rules::ffi_library_unused).severity
        == Severity::warning);
  bench.put("share/lua/5.1/fast.lua", "local ffi = require \"ffi\"\nreturn ffi.load(\"fast\")\n");
  CHECK(bench.run(check_ffi_libraries).empty());
}

TEST_CASE("ffi-symbol: cdef declares what the library does not export", "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/libfast.so", ffi_library({"fast_add"}));
  const std::string head = "local ffi = require \"ffi\"\nlocal C = ffi.load(\"fast\")\n";
  bench.put("share/lua/5.1/fast.lua",
            head + "ffi.cdef[[ int fast_add(int a, int b); void free(void *p); ]]\n"
                   "return C.fast_add(1, 2)\n");
  CHECK(bench.run(check_ffi_libraries).empty());
  bench.put("share/lua/5.1/fast.lua",
            head + "ffi.cdef[[ int fast_add(int a, int b); int fast_gone(void); ]]\n"
                   "return C.fast_gone()\n");
  const auto finding = only(bench.run(check_ffi_libraries), rules::ffi_symbol);
  CHECK(
      finding.message
      == "share/lua/5.1/fast.lua declares fast_gone, which lib/lua/5.1/libfast.so does not export");
}

TEST_CASE("ffi-symbol: several libraries count together", "[verify]") {
  Bench bench;
  bench.put("lib/lua/5.1/libone.so", ffi_library({"one"}));
  bench.put("lib/lua/5.1/libtwo.so", ffi_library({"two"}));
  bench.put("share/lua/5.1/both.lua",
            "local ffi = require \"ffi\"\nffi.cdef[[ int one(void); int two(void); ]]\n"
            "return {ffi.load(\"one\").one, ffi.load(\"two\").two}\n");
  CHECK(bench.run(check_ffi_libraries).empty());
}

TEST_CASE("modules: links are followed, hidden names and other files are none", "[verify]") {
  CHECK(lua_place("usr/lib/x86_64-linux-gnu/lua/5.1/a/b.so")->rest == "a/b.so");
  CHECK(lua_place("usr/lib/x86_64-linux-gnu/lua/5.1/a/b.so")->root == "usr/lib/x86_64-linux-gnu");
  CHECK(lua_place("lua/5.4/x.lua")->version == "5.4");
  CHECK(lua_place("site/lualib/x.lua")->version.empty());
  CHECK_FALSE(lua_place("lib/x.so"));
  CHECK(fill_template("/usr/share/lua/5.1/?/init.lua", "a.b") == "/usr/share/lua/5.1/a/b/init.lua");
  CHECK(fill_template("./?.lua", "a").empty());
}

TEST_CASE("lua-panic-abort: an FFI library, through which no Lua error passes, gets a note",
          "[verify]") {
  auto facts = sound_object();
  facts.comments = {"rustc version 1.95.0 (abc 2026-01-01)"};
  facts.needed = {"libgcc_s.so.1", "libc.so.6"};
  facts.exports = {"fast_add"};
  facts.undefined.clear();
  Bench bench;
  CHECK(only(bench.judge(facts, check_lua_module), rules::lua_panic_abort).severity
        == Severity::note);
  facts.undefined.push_back(
      {.name = "_Unwind_RaiseException", .weak = false, .version = "GCC_3.0"});
  CHECK(of_rule(bench.judge(facts, check_lua_module), rules::lua_panic_abort).empty());
}

TEST_CASE(
    "lua-syntax, lua-require, ffi-library-unused, ffi-symbol: a Lua file that is too long is not "
    "judged",
    "[verify]") {
  Bench bench;
  const std::string text = "require 'nowhere'\nlocal 1x = 2\n";
  bench.put("share/lua/5.1/x.lua", text + std::string((std::size_t{1} << 20) + 1, '\n'));
  bench.put("lib/lua/5.1/libfast.so", ffi_library({"fast_add"}));
  const auto undecided = [&](void (*check)(const Context&, Sink&)) {
    CHECK(bench.run(check).empty());
    std::vector<std::string> names;
    for (const auto& one : bench.undecided) {
      names.push_back(one.rule);
      CHECK(one.path == "share/lua/5.1/x.lua");
    }
    return names;
  };
  CHECK(undecided(check_scripts) == std::vector<std::string>{"lua-syntax", "lua-require"});
  CHECK(undecided(check_ffi_libraries)
        == std::vector<std::string>{"ffi-library-unused", "ffi-symbol"});
  // Another script may require it all the same.
  bench.put("share/lua/5.1/y.lua", "return require 'x'\n");
  CHECK(bench.run(check_scripts).empty());
}
