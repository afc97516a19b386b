#include "cargo/toml_file.hpp"

#include "support/support.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;

TEST_CASE("toml: characters beyond ASCII stand only in strings and comments", "[cargo]") {
  CHECK(cargo::line_of_bare_non_ascii("a = 1\n\xd0\x88x = 2\n") == 2);
  CHECK(cargo::line_of_bare_non_ascii("a = \"ü\" # ü\nb = 'ü'\nc = \"\"\"\nü \\\"\"\"\"\n") == 0);
  CHECK(cargo::line_of_bare_non_ascii("a = '''\n'ü\n''' ü") == 3);
  CHECK(cargo::line_of_bare_non_ascii("\xEF\xBB\xBF"
                                      "a = 1\n")
        == 0);
  CHECK(cargo::line_of_bare_non_ascii("\"ü\" = 1\n\"open") == 0);
}

TEST_CASE("toml: a file with bad syntax is refused with its line", "[cargo]") {
  const auto dir = test::temp_dir();
  const auto refusal = [&dir](const char* text) {
    test::put(dir.path() + "/config.toml", text);
    const auto table = cargo::read_toml(dir.path() + "/config.toml");
    REQUIRE_FALSE(table);
    CHECK(table.error().code == Errc::invalid_input);
    return table.error().message.substr(dir.path().size());
  };
  CHECK(refusal("a = 1\n\xd0\x88x = 2\n")
        == "/config.toml:2: a character beyond ASCII outside of quotes");
  CHECK_THAT(refusal("a = 1\nb = \n"), Catch::Matchers::StartsWith("/config.toml:"));
}
