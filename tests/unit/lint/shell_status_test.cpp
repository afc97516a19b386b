#include "lint/shell_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace rockstage::lint {
namespace {

using Texts = std::vector<std::string>;

Texts commands(std::string_view text) {
  Texts out;
  for (const auto& statement : statements(text))
    out.push_back(statement.text);
  return out;
}

/// The commands whose failure would be lost.
Texts lost(std::string_view text) {
  Texts out;
  for (const auto& statement : statements(text))
    if (!statement.status_counts) out.push_back(statement.text);
  return out;
}

TEST_CASE("shell text: a backslash in single quotes is itself", "[lint]") {
  CHECK(commands("echo 'a\\'; b") == Texts{"echo 'a\\'", "b"});
  CHECK(commands("echo \"a\\\"; b\"; c") == Texts{"echo \"a\\\"; b\"", "c"});
}

TEST_CASE("shell text: a comment may follow a tab", "[lint]") {
  CHECK(commands("a\n\t# b; c\nd\t# e; f") == Texts{"a", "d"});
}

TEST_CASE("shell text: set -e counts among other letters and by its long name", "[lint]") {
  for (const std::string first :
       {"set -eu", "set -xe", "set -u -e", "set -euo pipefail", "set -u -o errexit"}) {
    INFO(first);
    CHECK(lost(first + "; a; b\nc").empty());
  }
  for (const std::string first : {"set -u", "set +e", "set -o pipefail", "set e", "set -- -e"}) {
    INFO(first);
    CHECK(lost(first + "; a; b") == Texts{first, "a"});
  }
  CHECK(lost("a; set -e; b") == Texts{"a", "set -e"});
}

TEST_CASE("shell text: set -e does not see a failure before && unless the list is last", "[lint]") {
  CHECK(lost("set -e; a && b; c") == Texts{"a"});
  CHECK(lost("set -e; a && b").empty());
  CHECK(lost("set -e; a && b || exit 1; c").empty());
}

TEST_CASE("shell text: || exit keeps a failure, || echo loses it", "[lint]") {
  CHECK(lost("a || exit 1; b") == Texts{"exit 1"});
  CHECK(lost("a || exit; b") == Texts{"exit"});
  CHECK(lost("a && b || exit 1\nc") == Texts{"exit 1"});
  CHECK(lost("a || b").empty());
  CHECK(lost("a || exit 0") == Texts{"a"});
  CHECK(lost("a || echo failed") == Texts{"a"});
}

TEST_CASE("shell text: a group behind || that exits keeps the failure", "[lint]") {
  CHECK(lost("a || { echo failed; exit 1; }; b") == Texts{"{ echo failed", "exit 1", "}"});
  CHECK(lost("a || { echo failed; }; b").front() == "a");
}

TEST_CASE("shell text: the last command of a branch decides about an if that is last", "[lint]") {
  CHECK(lost("if x; then a; else b; fi") == Texts{"if x"});
  CHECK(lost("if x; then a; b; fi") == Texts{"if x", "then a"});
  CHECK(lost("if x; then a; fi; b") == Texts{"if x", "then a", "fi"});
  CHECK(lost("a && if x; then b; fi") == Texts{"if x"});
  CHECK(lost("set -e; if x; then a; else b && c; fi; d") == Texts{"else b"});
}

TEST_CASE("shell text: of a loop only the last round counts, so its commands are lost", "[lint]") {
  CHECK(lost("for f in *; do cp $f x; done") == Texts{"for f in *", "do cp $f x"});
  CHECK(lost("set -e; for f in *; do cp $f x; done").empty());
  CHECK(lost("for f in *; do cp $f x || exit 1; done") == Texts{"for f in *", "exit 1"});
  CHECK(lost("a && for f in *; do if x; then b; fi; done").front() != "a");
}

TEST_CASE("shell text: ends without beginnings are taken as they are", "[lint]") {
  CHECK(commands("fi; } else; done; if") == Texts{"fi", "} else", "done", "if"});
  CHECK(commands("{ { if else") == Texts{"{ { if else"});
}

}  // namespace
}  // namespace rockstage::lint
