#include "emit/image.hpp"
#include "side_files_fixture.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using test::SideFiles;

TEST_CASE("dockerignore: the top of each rock's files is allowed, all else is not", "[ignore]") {
  SideFiles files;
  CHECK(*emit::dockerignore(files.image) ==
        "# Written by rockstage: what the Dockerfile copies, and nothing else.\n"
        "*\n!Cargo.lock\n!Cargo.toml\n!lua\n!src\n**/.git\n**/node_modules\n**/target\n");
}

TEST_CASE("dockerignore: rocks in directories and from git", "[ignore]") {
  SideFiles files;
  auto second = files.request.rocks.front();
  files.request.rocks.front().directory = "rocks/textkit";
  second.git_url = "https://example.org/x.git";
  second.directory = "elsewhere";
  files.request.rocks.push_back(second);
  const auto text = *emit::dockerignore(files.image);
  CHECK(text.find("\n!rocks/textkit/src\n") != std::string::npos);
  CHECK(text.find("elsewhere") == std::string::npos);
}

TEST_CASE("dockerignore: a source that is named like a by-product is sent", "[ignore]") {
  SideFiles files;
  files.request.rocks.front().files = {"src/target/mod.rs"};
  const auto text = *emit::dockerignore(files.image);
  CHECK(text.find("target") == std::string::npos);
  CHECK(text.find("**/.git\n") != std::string::npos);
}

TEST_CASE("dockerignore: nothing is sent when every rock comes from git", "[ignore]") {
  SideFiles files;
  files.request.rocks.front().git_url = "https://example.org/x.git";
  CHECK(emit::dockerignore(files.image)->ends_with("\n*\n"));
}

TEST_CASE("dockerignore: names are quoted for the pattern language", "[ignore]") {
  const auto [name, line] = GENERATE(table<std::string, std::string>({
      {"#hash", "!#hash"},
      {"!bang", "!\\!bang"},
      {" edge ", "!?edge?"},
      {"*?[a]", "!\\*\\?\\[a\\]"},
      {"back\\slash", "!back\\\\slash"},
      {"new\nline", "!new?line"},
      {"a+(b)", "!a\\+\\(b\\)"},
      {"\xff"
       "x",
       "!?x"},
      {"\xc3\xa9", "!\xc3\xa9"},
  }));
  SideFiles files;
  files.request.rocks.front().files = {name};
  CHECK(emit::dockerignore(files.image)->find("\n" + line + "\n") != std::string::npos);
}
