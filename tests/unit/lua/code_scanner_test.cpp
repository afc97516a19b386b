#include "lua/abi.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <cstring>
#include <string>

namespace rockstage::lua {
namespace {

constexpr std::uint16_t kX86_64 = 62, kAarch64 = 183;

CodeFacts scan(const std::string& code, std::uint16_t machine, std::size_t step) {
  CodeScanner scanner;
  scanner.begin(machine, true);
  const auto bytes = std::as_bytes(std::span(code));
  for (std::size_t at = 0; at < bytes.size(); at += step)
    scanner.code(bytes.subspan(at, std::min(step, bytes.size() - at)), at != 0);
  return scanner.finish();
}

std::string words(std::initializer_list<std::uint32_t> values) {
  std::string out;
  for (const auto value : values)
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  return out;
}

using Counts = std::array<std::uint32_t, kFamilies>;

constexpr const char* kUpvalueModule =
    "#include <lua.h>\n#include <lauxlib.h>\n"
    "static int get(lua_State *L) { lua_pushvalue(L, lua_upvalueindex(1)); return 1; }\n"
    "int luaopen_sample(lua_State *L) {\n"
    "#if LUA_VERSION_NUM >= 502\n"
    "  luaL_checkversion(L);\n"
    "#endif\n"
    "  lua_pushvalue(L, LUA_REGISTRYINDEX);\n"
    "  lua_pushcclosure(L, get, 1);\n"
    "  return 1;\n}\n";

/// The module built against the headers of that folder; none where they or a compiler are missing.
std::optional<std::string> compiled(const std::string& headers, const std::string& level) {
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/sample.c", kUpvalueModule);
  sys::Command command;
  command.env = sys::Environment::current();
  command.cwd = dir.path();
  command.argv = {"cc", "-shared", "-fPIC", level, "-I" + headers, "-o", "sample.so", "sample.c"};
  if (!sys::is_file(headers + "/lua.h") || sys::find_program("cc", command.env).empty())
    return std::nullopt;
  const auto result = sys::SystemProcessRunner().run(command);
  if (!result) FAIL(result.error().message);
  INFO(result->err);
  REQUIRE(result->status.ok());
  return test::get(dir.path() + "/sample.so");
}

/// The file's code and facts, as they are read from a stream.
std::pair<elf::ElfFacts, CodeFacts> streamed(const std::string& bytes, std::size_t step) {
  CodeScanner scanner;
  elf::StreamReader reader(bytes.size(), &scanner);
  const auto all = std::as_bytes(std::span(bytes));
  for (std::size_t at = 0; at < all.size(); at += step) {
    const auto piece = all.subspan(at, std::min(step, all.size() - at));
    reader.feed(piece);
    scanner.data(piece);
  }
  return {reader.finish().value(), scanner.finish()};
}

}  // namespace

TEST_CASE("code scanner: x86-64, whatever the pieces are", "[abi]") {
  std::string code;
  for (const char* instruction : {"\xBE\xF0\xD8\xFF\xFF",               // mov esi, -10000
                                  "\x90\xBE\xED\xD8\xFF\xFF",           // mov esi, -10003
                                  "\xBA\xD8\xB9\xF0\xFF",               // mov edx, -1001000
                                  "\x41\xBE\x19\xFC\xFF\xBF",           // mov r14d, -1073742823
                                  "\x90\x90\xF0\xD8\xFF\xFF\x90\x90"})  // no mov
    code += instruction;
  for (const std::size_t step : {1U, 2U, 3U, 5U, 7U, 64U}) {
    CAPTURE(step);
    const auto facts = scan(code, kX86_64, step);
    CHECK(facts.strong == Counts{2, 0, 0, 0});
    CHECK(facts.supporting == Counts{0, 1, 1, 0});
  }
}

TEST_CASE("code scanner: aarch64, the halves of a constant apart", "[abi]") {
  constexpr std::uint32_t kNop = 0xD503201F;
  const auto code = words({0x1284E1E1,  // mov w1, -10000
                           0x52973B01,
                           kNop,
                           0x72BFFE01,  // mov w1, -1001000 in two
                           0x529F8324,
                           kNop,
                           kNop,
                           0x72B7FFE4,
                           0x52973B02,
                           0x52800002,
                           0x72BFFE02,  // set anew in between
                           0xD2CC0003,
                           kNop,
                           0xF2E80FE3});  // 502.0
  for (const std::size_t step : {1U, 4U, 6U, 20U, 400U}) {
    CAPTURE(step);
    const auto facts = scan(code, kAarch64, step);
    CHECK(facts.strong == Counts{1, 1, 0, 0});
    CHECK(facts.supporting == Counts{0, 0, 1, 0});
    CHECK(facts.checked_versions == std::vector<int>{502});
  }
}

TEST_CASE("code scanner: modules that the C compiler built for real Luas", "[abi]") {
  struct Case {
    const char* headers;
    Family family;
    std::vector<int> checked;
    std::vector<Lua> fits;
  };

  const Case cases[] = {
      {"/usr/include/lua5.1", Family::lua51, {}, {Lua::luajit, Lua::openresty, Lua::lua51}},
      {"/usr/include/luajit-2.1", Family::lua51, {}, {Lua::luajit, Lua::openresty, Lua::lua51}},
      {"/usr/include/lua5.2", Family::lua52_54, {502}, {Lua::lua52}},
      {"/usr/include/lua5.3", Family::lua52_54, {503}, {Lua::lua53}},
      {"/usr/include/lua5.4", Family::lua52_54, {504}, {Lua::lua54}},
  };
  for (const auto& each : cases)
    for (const char* level : {"-O0", "-O2"})
      for (const std::size_t step : {4099U, 1U << 20}) {
        const auto bytes = compiled(each.headers, level);
        if (!bytes) continue;
        CAPTURE(each.headers, level, step);
        const auto [facts, code] = streamed(*bytes, step);
        if (facts.machine != kX86_64 && facts.machine != kAarch64) continue;
        for (std::size_t family = 0; family < kFamilies; ++family)
          CHECK((code.strong[family] > 0) == (family == static_cast<std::size_t>(each.family)));
        CHECK(code.checked_versions == each.checked);
        CHECK(fitting(facts, code) == each.fits);
      }
}

TEST_CASE("code scanner: other processors are not scanned", "[abi]") {
  CHECK_FALSE(scan("\xBE\xF0\xD8\xFF\xFF", 243, 5).scanned);
  CHECK(scan("\xBE\xF0\xD8\xFF\xFF", 243, 5).strong == Counts{});
}

TEST_CASE("code scanner: the strings of a virtual machine, across pieces", "[abi]") {
  CodeScanner scanner;
  const std::string first = "xx$Lua: Lu", second = "a 5.1.5 Copyright", other = "LuaJIT 3";
  for (const auto* text : {&first, &second, &other})
    scanner.data(std::as_bytes(std::span(*text)));
  const auto facts = scanner.finish();
  CHECK(facts.lua51_vm);
  CHECK_FALSE(facts.lua52_vm);
  CHECK_FALSE(facts.luajit_vm);
}

}  // namespace rockstage::lua
