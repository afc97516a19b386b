#include "lua/abi.hpp"

#include "base/text.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

namespace rockstage::lua {
namespace {

using Kind = Verdict::Kind;

elf::ElfFacts module_with(const std::vector<std::string>& names) {
  elf::ElfFacts facts;
  for (const auto& name : names)
    facts.undefined.push_back({name, false, {}});
  facts.exports = {"luaopen_probe"};
  return facts;
}

/// What a module built with mlua's feature leaves undefined (`nm -D -u`).
elf::ElfFacts mlua_module(const std::string& feature) {
  const auto text = test::get(test::fixture("lua/undefined/" + feature + ".txt"));
  auto names = text::split(text, '\n');
  std::erase(names, "");
  return module_with(names);
}

/// Code of x86-64 that loads `value` into the second argument's register.
std::string mov_esi(std::int32_t value) {
  std::string code = "\x90\xBE";
  for (int shift = 0; shift < 32; shift += 8)
    code += static_cast<char>(static_cast<std::uint32_t>(value) >> shift & 0xFF);
  return code + "\x90\x90";
}

CodeFacts scanned(const std::string& code, std::uint16_t machine = 62, std::size_t step = 1 << 20) {
  CodeScanner scanner;
  scanner.begin(machine, true);
  const auto bytes = std::as_bytes(std::span(code));
  for (std::size_t at = 0; at < bytes.size(); at += step)
    scanner.code(bytes.subspan(at, std::min(step, bytes.size() - at)), at != 0);
  return scanner.finish();
}

CodeFacts code_of(const std::string& feature) {
  if (feature == "lua51" || feature == "luajit") return scanned(mov_esi(-10000) + mov_esi(-10003));
  return scanned(feature == "lua55" ? mov_esi(-1073742823) : mov_esi(-1001000));
}

Lua runtime_lua(std::string name) {
  if (name.starts_with("luajit")) return Lua::luajit;
  return parse_lua(name.substr(3, 3)).value();
}

}  // namespace

TEST_CASE("lua abi: the verdict is what six real runtimes did with mlua modules", "[abi]") {
  std::istringstream lines(test::get(test::fixture("lua/load_matrix.tsv")));
  std::string line;
  std::getline(lines, line);
  int rows = 0;
  while (std::getline(lines, line)) {
    const auto cells = text::split(line, '\t');
    CAPTURE(line);
    const auto verdict = judge(mlua_module(cells[1]), code_of(cells[1]), runtime_lua(cells[0]));
    CHECK((verdict.kind == Kind::fits) == (cells[2] == "OK"));
    const std::string prefix = "undefined symbol: ";
    if (cells[2].starts_with(prefix))
      CHECK(std::ranges::count(verdict.missing, cells[2].substr(prefix.size())) == 1);
    if (cells[2].starts_with("SIGSEGV")) CHECK(verdict.kind == Kind::wrong_indices);
    ++rows;
  }
  CHECK(rows == 36);
}

TEST_CASE("lua abi: each runtime exports what its library does", "[abi]") {
  CHECK(exports_symbol(Lua::lua51, "lua_objlen"));
  CHECK(exports_symbol(Lua::luajit, "luaJIT_setmode"));
  CHECK(exports_symbol(Lua::openresty, "lua_getexdata"));
  CHECK_FALSE(exports_symbol(Lua::luajit, "lua_getexdata"));
  CHECK_FALSE(exports_symbol(Lua::lua53, "lua_newuserdatauv"));
  CHECK_FALSE(exports_symbol(Lua::lua51, "no_such_name"));
}

TEST_CASE("lua abi: a module of common names only is judged by its pseudo-indices", "[abi]") {
  const auto common = module_with({"lua_gettop", "lua_pushvalue", "lua_settop"});
  CHECK(judge(common, scanned(mov_esi(-10003)), Lua::luajit).kind == Kind::fits);
  const auto verdict = judge(common, scanned(mov_esi(-10003)), Lua::lua54);
  CHECK(verdict.kind == Kind::wrong_indices);
  CHECK(verdict.built_for == "Lua 5.1 or LuaJIT");
  CHECK(verdict.rebuild == "5.4");
  CHECK(judge(common, scanned("\x90\x90"), Lua::lua54).kind == Kind::fits);
}

TEST_CASE("lua abi: code of a processor that is not read leaves it undecided", "[abi]") {
  const auto common = module_with({"lua_gettop"});
  CHECK(judge(common, scanned(mov_esi(-10003), 243), Lua::lua54).kind == Kind::undecidable);
  const auto family = module_with({"lua_gettop", "lua_pcall"});
  CHECK(judge(family, scanned("", 243), Lua::luajit).kind == Kind::fits);
}

TEST_CASE("lua abi: pseudo-indices of two Luas are not decidable", "[abi]") {
  const auto common = module_with({"lua_gettop"});
  CHECK(judge(common, scanned(mov_esi(-10000) + mov_esi(-1001000)), Lua::luajit).kind
        == Kind::undecidable);
}

TEST_CASE("lua abi: luaL_checkversion_ decides between Luas of one family", "[abi]") {
  const auto module = module_with({"lua_gettop", "luaL_checkversion_"});
  CodeScanner scanner;
  scanner.begin(62, true);
  const std::string constant("\x11\x00\x00\x00\x00\x00\x70\x7F\x40\x11", 10);
  scanner.data(std::as_bytes(std::span(constant)));
  const auto code = scanner.finish();
  CHECK(code.checked_versions == std::vector<int>{503});
  CHECK(judge(module, code, Lua::lua53).kind == Kind::fits);
  const auto verdict = judge(module, code, Lua::lua54);
  CHECK(verdict.kind == Kind::wrong_version);
  CHECK(verdict.built_for == "Lua 5.3");
}

TEST_CASE("lua abi: what the real interpreter exports wins over the table", "[abi]") {
  const auto module = module_with({"lua_gettop", "lua_new_in_this_build"});
  CHECK(judge(module, {}, Lua::luajit).missing
        == std::vector<std::string>{"lua_new_in_this_build"});
  const KnownExports known{{"lua_gettop", "lua_new_in_this_build", "lua_pcall"}};
  CHECK(judge(module, {}, Lua::luajit, &known).missing.empty());
}

TEST_CASE("lua abi: a weak name that is missing does not stop the loader", "[abi]") {
  auto module = module_with({"lua_pcall"});
  module.undefined.push_back({"lua_newuserdatauv", true, {}});
  CHECK(judge(module, scanned(mov_esi(-10000)), Lua::luajit).kind == Kind::fits);
}

TEST_CASE("lua abi: the message names the Lua a module was built for", "[abi]") {
  CHECK(judge(mlua_module("lua54"), code_of("lua54"), Lua::luajit).built_for == "Lua 5.4");
  CHECK(judge(mlua_module("luajit"), code_of("luajit"), Lua::lua54).built_for
        == "Lua 5.1 or LuaJIT");
  CHECK(judge(module_with({"_ZN4luauP9lua_State"}), {}, Lua::luajit).built_for == "Luau");
}

TEST_CASE("lua abi: a virtual machine inside, or linked, is told", "[abi]") {
  elf::ElfFacts facts;
  facts.exports = {"lua_gettop", "luaopen_x"};
  CodeFacts code;
  code.lua51_vm = true;
  CHECK(embedded_vm(facts, code) == "Lua 5.1");
  CHECK_FALSE(embedded_vm(module_with({"lua_gettop"}), code));
  facts.needed = {"libc.so.6", "liblua5.1.so.0"};
  CHECK(linked_vm(facts) == "liblua5.1.so.0");
  facts.needed = {"libc.so.6", "libluna.so", "liblua5.1-cjson.so.0"};
  CHECK_FALSE(linked_vm(facts));
}

TEST_CASE("lua abi: panic=abort leaves no import of the unwinder", "[abi]") {
  auto module = module_with({"lua_error"});
  CHECK(panics_abort(module, true));
  CHECK_FALSE(panics_abort(module, false));
  module.undefined.push_back({"_Unwind_RaiseException", false, "GCC_3.0"});
  CHECK_FALSE(panics_abort(module, true));
  CHECK(panics_abort(elf::ElfFacts{}, true));  // an FFI library
}

}  // namespace rockstage::lua
