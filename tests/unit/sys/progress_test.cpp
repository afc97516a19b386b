#include "sys/progress.hpp"

#include "base/text.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

namespace rockstage::sys {
namespace {

constexpr const char* kCleared = "\r\x1b[K";

/// How often the line was drawn, and what was written last of all.
std::size_t draws(const std::string& written) {
  std::size_t count = 0;
  for (auto at = written.find('\r'); at != std::string::npos; at = written.find('\r', at + 1))
    ++count;
  return count;
}

TEST_CASE("progress: off says nothing but what must be said", "[sys]") {
  test::FakeTerminal terminal;
  {
    Progress progress(terminal, ProgressMode::off);
    progress.step("compiling");
    progress.update(1, 2, "mlua");
    CHECK(terminal.written.empty());
    progress.say("warning: x\n");
    progress.finish();
  }
  CHECK(terminal.written == "warning: x\n");
}

TEST_CASE("progress: without a terminal each step is one plain line", "[sys]") {
  test::FakeTerminal terminal;
  {
    Progress progress(terminal, ProgressMode::lines);
    progress.step("compiling textkit");
    for (std::size_t i = 0; i < 100; ++i)
      progress.update(i, 100, "mlua");
    progress.step("staging");
    progress.say("note\n");
    progress.finish();
  }
  CHECK(terminal.written == "compiling textkit\nstaging\nnote\n");
}

TEST_CASE("progress: the bar shows step, part done, item and time", "[sys]") {
  test::FakeTerminal terminal;
  Progress progress(terminal, ProgressMode::bar);
  progress.step("compiling textkit");
  CHECK(terminal.written == "\rcompiling textkit  0.0 s\x1b[K");
  terminal.written.clear();
  terminal.now = 4.1;
  progress.update(16, 32, "mlua");
  CHECK(terminal.written == "\rcompiling textkit  [==========>         ] 16/32 mlua  4.1 s\x1b[K");
  terminal.written.clear();
  terminal.now = 5;
  progress.update(32, 32, "");
  CHECK(terminal.written == "\rcompiling textkit  [====================] 32/32  5.0 s\x1b[K");
  terminal.written.clear();
  terminal.now = 6;
  progress.update(40, 32, "more than said");
  CHECK(terminal.written.find("] 32/32 more than said") != std::string::npos);
}

TEST_CASE("progress: a total that is not known shows no bar", "[sys]") {
  test::FakeTerminal terminal;
  Progress progress(terminal, ProgressMode::bar);
  progress.step("resolving");
  terminal.now = 1;
  terminal.written.clear();
  progress.update(7, 0, "index");
  CHECK(terminal.written == "\rresolving index  1.0 s\x1b[K");
}

TEST_CASE("progress: the line is drawn at most ten times a second", "[sys]") {
  test::FakeTerminal terminal;
  Progress progress(terminal, ProgressMode::bar);
  progress.step("compiling");
  for (int i = 1; i <= 1000; ++i) {
    terminal.now = i / 1000.0;
    progress.update(static_cast<std::size_t>(i), 1000, "x");
  }
  CHECK(draws(terminal.written) <= 11);
  CHECK(draws(terminal.written) >= 9);
}

TEST_CASE("progress: a new step is drawn at once and starts its own clock", "[sys]") {
  test::FakeTerminal terminal;
  Progress progress(terminal, ProgressMode::bar);
  progress.step("one");
  terminal.now = 0.05;
  progress.update(1, 2, "x");
  terminal.written.clear();
  progress.step("two");
  CHECK(terminal.written == "\rtwo  0.0 s\x1b[K");
}

TEST_CASE("progress: the line never wraps", "[sys]") {
  test::FakeTerminal terminal;
  terminal.width = 20;
  Progress progress(terminal, ProgressMode::bar);
  progress.step("a step with quite a long name");
  CHECK(terminal.written == "\ra step with quite a\x1b[K");
  terminal.written.clear();
  terminal.width = 1;
  progress.step("x");
  CHECK(terminal.written == "\rx\x1b[K");
  terminal.written.clear();
  terminal.width = 0;
  progress.step("y");
  CHECK(terminal.written == "\ry\x1b[K");
}

TEST_CASE("progress: a line that is cut is still UTF-8", "[sys]") {
  for (int width = 2; width < 14; ++width) {
    test::FakeTerminal terminal;
    terminal.width = width;
    Progress progress(terminal, ProgressMode::bar);
    progress.step("äöüäöüäöü");
    CHECK(text::is_valid_utf8(terminal.written));
  }
}

TEST_CASE("progress: what is said stands on lines of its own, and the line comes back", "[sys]") {
  test::FakeTerminal terminal;
  Progress progress(terminal, ProgressMode::bar);
  progress.say("before\n");
  CHECK(terminal.written == "before\n");
  progress.step("compiling");
  terminal.written.clear();
  progress.say("warning: x\n");
  CHECK(terminal.written == std::string(kCleared) + "warning: x\n\rcompiling  0.0 s\x1b[K");
}

TEST_CASE("progress: finish clears the line once, and so does the end", "[sys]") {
  test::FakeTerminal terminal;
  {
    Progress progress(terminal, ProgressMode::bar);
    progress.step("compiling");
    terminal.written.clear();
    progress.finish();
    CHECK(terminal.written == kCleared);
    progress.finish();
    progress.update(1, 2, "late");
    CHECK(terminal.written == kCleared);
    progress.step("again");
    terminal.written.clear();
  }
  CHECK(terminal.written == kCleared);
}

TEST_CASE("progress: names from outside cannot command the terminal", "[sys]") {
  test::FakeTerminal terminal;
  Progress progress(terminal, ProgressMode::bar);
  progress.step("\x1b[2Jcompiling\rx\ny");
  terminal.now = 1;
  progress.update(1, 2, "\x1b]0;title\x07");
  CHECK(terminal.written.find("\x1b[2J") == std::string::npos);
  CHECK(terminal.written.find("\x1b]") == std::string::npos);
  CHECK(terminal.written.find('\n') == std::string::npos);
  CHECK(draws(terminal.written) == 2);
}

TEST_CASE("progress: quiet from now on takes the line away", "[sys]") {
  test::FakeTerminal terminal;
  Progress progress(terminal, ProgressMode::bar);
  progress.step("compiling");
  terminal.written.clear();
  progress.set_mode(ProgressMode::off);
  progress.say("text\n");
  CHECK(terminal.written == std::string(kCleared) + "text\n");
}

TEST_CASE("terminal: the real one knows its width and its clock", "[sys]") {
  const SystemTerminal terminal(-1, -1);
  CHECK_FALSE(terminal.interactive());
  CHECK_FALSE(terminal.stdout_is_terminal());
  CHECK(terminal.columns() == 80);
  const auto first = terminal.seconds();
  CHECK(terminal.seconds() >= first);
  CHECK(terminal.unix_time() > 1'600'000'000);
}

}  // namespace
}  // namespace rockstage::sys
