#pragma once
#include "sys/environment.hpp"
#include "sys/process.hpp"
#include "sys/temp_dir.hpp"
#include "sys/terminal.hpp"

#include <string>
#include <string_view>

namespace rockstage::test {

/// A scratch directory that goes with the test.
sys::TempDir temp_dir();

/// The absolute path of `name` below tests/fixtures.
std::string fixture(const std::string& name);

/// Writes a file, making its parents; fails the test when it cannot.
void put(const std::string& path, std::string_view content, unsigned mode = 0644);
std::string get(const std::string& path);

/// Compares `actual` with the file tests/golden/`name`; with ROCKSTAGE_ACCEPT=1 writes it instead.
void golden(const std::string& name, const std::string& actual);

/// A terminal that keeps what is written, and whose clock stands still unless it is moved.
class FakeTerminal final : public sys::Terminal {
 public:
  bool is_interactive = false;
  int width = 80;
  double now = 0;
  std::string written;

  [[nodiscard]] bool interactive() const override { return is_interactive; }

  [[nodiscard]] bool stdout_is_terminal() const override { return is_interactive; }

  [[nodiscard]] int columns() const override { return width; }

  void write(std::string_view text) override { written += text; }

  [[nodiscard]] double seconds() const override { return now; }

  [[nodiscard]] std::int64_t unix_time() const override { return 1'700'000'000; }
};

/// Answers from a list, in order, and fails the test on a command that does not begin as expected.
class FakeProcessRunner final : public sys::ProcessRunner {
 public:
  struct Expected {
    std::vector<std::string> argv_prefix;
    sys::ProcessResult result;
  };

  std::vector<Expected> expected;
  std::vector<sys::Command> seen;

  Result<sys::ProcessResult> run(const sys::Command& command) override;
};

}  // namespace rockstage::test
