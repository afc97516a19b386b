#include "lua/abi.hpp"

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
