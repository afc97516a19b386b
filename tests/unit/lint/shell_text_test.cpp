#include "lint/shell_text.hpp"

#include <catch2/catch.hpp>

namespace rockstage::lint {
namespace {

/// `text` for a statement whose status counts, `(text)` for one whose status is lost.
std::vector<std::string> read(std::string_view text) {
  std::vector<std::string> out;
  for (const auto& statement : statements(text))
    out.push_back(statement.status_counts ? statement.text : "(" + statement.text + ")");
  return out;
}

using Texts = std::vector<std::string>;

TEST_CASE("shell text: a list is split where the shell would", "[lint]") {
  CHECK(read("a && b || c") == Texts{"a", "b", "c"});
  CHECK(read("a; b\nc") == Texts{"(a)", "(b)", "c"});
  CHECK(read("").empty());
  CHECK(read(" ;\n; ").empty());
}

TEST_CASE("shell text: the status of the last list counts, those before it are lost", "[lint]") {
  CHECK(read("a && b; c && d") == Texts{"(a)", "(b)", "c", "d"});
  CHECK(read("a;") == Texts{"a"});
  CHECK(read("a || true") == Texts{"(a)", "true"});
  CHECK(read("a && b || :") == Texts{"(a)", "(b)", ":"});
  CHECK(read("a || exit 0") == Texts{"(a)", "exit 0"});
}

TEST_CASE("shell text: || exit 1 loses nothing, whatever follows", "[lint]") {
  CHECK(read("a && b || exit 1; c") == Texts{"a", "b", "(exit 1)", "c"});
  CHECK(read("a; b || exit; c") == Texts{"(a)", "b", "(exit)", "c"});
}

TEST_CASE("shell text: set -e makes each status count, || true still does not", "[lint]") {
  CHECK(read("set -e; a; b") == Texts{"set -e", "a", "b"});
  CHECK(read("set -e; a || true; b") == Texts{"set -e", "(a)", "true", "b"});
}

TEST_CASE("shell text: quotes, comments, escapes and continued lines", "[lint]") {
  CHECK(read("echo 'a; b' && c") == Texts{"echo 'a; b'", "c"});
  CHECK(read("echo \"a && b\"") == Texts{"echo \"a && b\""});
  CHECK(read("a # b; c\nd") == Texts{"(a)", "d"});
  CHECK(read("a#b") == Texts{"a#b"});
  CHECK(read("a \\\n b") == Texts{"a   b"});
  CHECK(read("a \\; b") == Texts{"a \\; b"});
  CHECK(read("echo 'open; a") == Texts{"echo 'open; a"});
  CHECK(read("a\\") == Texts{"a\\"});
}

TEST_CASE("shell text: the command is found behind keywords and assignments", "[lint]") {
  CHECK(command_word("cp a b") == "cp");
  CHECK(command_word("CC=gcc X=/y make all") == "make");
  CHECK(command_word("if ! cp a b") == "cp");
  CHECK(command_word("then\tinstall x") == "install");
  CHECK(command_word("( cp a b") == "cp");
  CHECK(command_word("A=b").empty());
  CHECK(command_word("").empty());
}

}  // namespace
}  // namespace rockstage::lint
