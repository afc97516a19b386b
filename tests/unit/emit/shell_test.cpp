#include "emit/shell.hpp"

#include <catch2/catch.hpp>

namespace rockstage::emit {

TEST_CASE("shell: a safe word stands as it is", "[emit]") {
  CHECK(shell_word(literal("--target=x86_64-unknown-linux-gnu"))
        == "--target=x86_64-unknown-linux-gnu");
  CHECK(shell_word(literal("")) == "''");
}

TEST_CASE("shell: a literal reaches the program byte by byte", "[emit]") {
  CHECK(shell_word(literal("a b")) == "'a b'");
  CHECK(shell_word(literal("$HOME")) == R"("\$HOME")");
  CHECK(shell_word(literal("it's")) == R"("it's")");
  CHECK(shell_word(literal("a`b\"c\\")) == R"("a\`b\"c\\")");
  CHECK(shell_word(literal("#x")) == "'#x'");
  CHECK(shell_word(literal("[")) == "'['");
}

TEST_CASE("shell: an expansion stands in double quotes, and only references are filled in",
          "[emit]") {
  CHECK(shell_word(expansion("${A}/b")) == R"("${A}/b")");
  CHECK(shell_word(expansion("$A ${B:-c/d} ${E:+f}")) == R"("$A ${B:-c/d} ${E:+f}")");
  CHECK(shell_word(expansion("$(ls) `ls` ${A:-$(ls)} $1 \""))
        == R"("\$(ls) \`ls\` \${A:-\$(ls)} \$1 \"")");
}

TEST_CASE("shell: '<<' never stands in a word", "[emit]") {
  CHECK(shell_word(literal("<<EOF")) == "'<''<''EOF'");
  CHECK(shell_word(literal("<<<")) == "'<''<''<'''");
  CHECK(shell_word(expansion("<<$A")) == R"("<""<""$A")");
}

TEST_CASE("shell: a command is its words, or its script", "[emit]") {
  CHECK(*shell_line({{literal("cp"), literal("a b"), expansion("$C")}, ""}) == "cp 'a b' \"$C\"");
  CHECK(*shell_line({{}, "  test -f a || exit 1\n"}) == "test -f a || exit 1");
  const auto nul = shell_line({{literal(std::string("a\0b", 3))}, ""});
  REQUIRE_FALSE(nul);
  CHECK(nul.error().code == Errc::invalid_input);
}

}  // namespace rockstage::emit
