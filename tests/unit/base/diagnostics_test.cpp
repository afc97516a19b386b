#include "base/diagnostics.hpp"

#include <catch2/catch.hpp>

namespace rockstage {
namespace {

TEST_CASE("diagnostics: all are kept, in order, with their level", "[base]") {
  Diagnostics diagnostics;
  diagnostics.note("n");
  diagnostics.warning("w", "do this");
  diagnostics.error("e");
  Diagnostic placed;
  placed.level = Level::warning;
  placed.file = "rockstage.yaml";
  placed.line = 3;
  diagnostics.add(placed);

  const auto& items = diagnostics.items();
  REQUIRE(items.size() == 4);
  CHECK(items[0].level == Level::note);
  CHECK(items[0].message == "n");
  CHECK(items[0].hint.empty());
  CHECK(items[1].level == Level::warning);
  CHECK(items[1].hint == "do this");
  CHECK(items[2].level == Level::error);
  CHECK(items[3].file == "rockstage.yaml");
  CHECK(items[3].line == 3);
}

TEST_CASE("diagnostics: a listener hears each one at once", "[base]") {
  std::vector<std::string> heard;
  Diagnostics diagnostics([&heard](const Diagnostic& item) { heard.push_back(item.message); });
  diagnostics.warning("first");
  CHECK(heard == std::vector<std::string>{"first"});
  diagnostics.note("second");
  CHECK(heard == std::vector<std::string>{"first", "second"});
  CHECK(diagnostics.items().size() == 2);
}

TEST_CASE("diagnostics: an error is shown with what was being done, innermost first", "[base]") {
  const auto outer = [] {
    const auto inner = []() -> Result<int> { return fail(Errc::io, "cannot read 'x'", "look"); };
    auto result = inner();
    return Result<int>(fail_while(
        fail_while(std::move(result).error(), "reading the manifest").value(), "staging"));
  };
  const auto result = outer();
  REQUIRE_FALSE(result);
  const auto shown = to_diagnostic(result.error());
  CHECK(shown.level == Level::error);
  CHECK(shown.message == "cannot read 'x'");
  CHECK(shown.hint == "look");
  CHECK(shown.context == std::vector<std::string>{"reading the manifest", "staging"});
  CHECK(shown.line == 0);
}

Result<int> half(int number) {
  if (number % 2 != 0) return fail(Errc::invalid_input, "odd");
  return number / 2;
}

Result<int> quarter(int number) {
  RS_TRY_ASSIGN(const int first, half(number));
  RS_TRY(half(first));
  return half(first);
}

TEST_CASE("result: RS_TRY hands on the first error and lets values through", "[base]") {
  CHECK(quarter(8).value() == 2);
  CHECK(quarter(6).error().message == "odd");
  CHECK(quarter(5).error().code == Errc::invalid_input);
}

}  // namespace
}  // namespace rockstage
