#include "cargo/cfg_expression.hpp"

#include <catch2/catch.hpp>

namespace rockstage::cargo {
namespace {

const CfgSet kLinux = {"unix", "target_os=\"linux\"", "target_arch=\"x86_64\"", "panic=\"unwind\""};

TEST_CASE("cfg: names, values and groups hold as in rustc", "[cargo][cfg]") {
  const std::vector<std::pair<std::string, bool>> table = {
      {"cfg(unix)", true},
      {"cfg(windows)", false},
      {"cfg(target_os = \"linux\")", true},
      {"cfg(target_os=\"macos\")", false},
      {"cfg(all())", true},
      {"cfg(any())", false},
      {"cfg(all(unix, target_arch = \"x86_64\",))", true},
      {"cfg(all(unix, windows))", false},
      {"cfg(any(windows, target_os = \"linux\"))", true},
      {"cfg(not(windows))", true},
      {"cfg(not(any(unix, windows)))", false},
      {" cfg( all( not( windows ) , any( unix ) ) ) ", true},
      {"cfg(true)", true},
      {"cfg(false)", false},
  };
  for (const auto& [text, expected] : table) {
    INFO(text);
    REQUIRE(matches_cfg(text, kLinux).has_value());
    CHECK(*matches_cfg(text, kLinux) == expected);
  }
}

TEST_CASE("cfg: what is no expression holds for nothing", "[cargo][cfg]") {
  for (const char* text : {"",
                           "unix",
                           "cfg",
                           "cfg(",
                           "cfg()",
                           "cfg(unix",
                           "cfg(unix) x",
                           "cfg(not())",
                           "cfg(not(unix, windows))",
                           "cfg(all(unix windows))",
                           "cfg(target_os = linux)",
                           "cfg(target_os = \"linux)",
                           "cfg(=\"x\")",
                           "cfg(all(,))"}) {
    INFO(text);
    CHECK_FALSE(matches_cfg(text, kLinux).has_value());
  }
  CHECK_FALSE(matches_cfg("cfg(" + std::string(100'000, '('), kLinux).has_value());
  std::string deep = "cfg(";
  for (int i = 0; i < 100'000; ++i)
    deep += "not(";
  CHECK_FALSE(matches_cfg(deep, kLinux).has_value());
}

TEST_CASE("cfg: a target key is a triple or an expression", "[cargo][cfg]") {
  CHECK(target_key_applies("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-gnu", kLinux));
  CHECK_FALSE(target_key_applies("aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu", kLinux));
  CHECK(target_key_applies("cfg(unix)", "x86_64-unknown-linux-gnu", kLinux));
  CHECK_FALSE(target_key_applies("cfg(unix", "x86_64-unknown-linux-gnu", kLinux));
}

}  // namespace
}  // namespace rockstage::cargo
