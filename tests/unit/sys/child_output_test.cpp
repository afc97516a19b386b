#include "sys/child_output.hpp"

#include "support/support.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>

namespace rockstage::sys {
namespace {

using Variables = std::map<std::string, std::string>;

std::unique_ptr<ChildOutput> start(const std::string& script) {
  auto child = ChildOutput::start({"/bin/sh", "-c", script}, Environment::current());
  if (!child) FAIL(child.error().message);
  return *std::move(child);
}

/// All that it writes, or the first `most` bytes.
std::string read(ChildOutput& child, std::size_t most = SIZE_MAX) {
  std::string out;
  std::array<std::byte, 4096> block{};
  while (out.size() < most) {
    const auto size = child.read(block);
    if (!size) FAIL(size.error().message);
    if (*size == 0) break;
    out.append(reinterpret_cast<const char*>(block.data()), *size);
  }
  return out;
}

/// The process `pid` exists and is no zombie.
bool alive(const std::string& pid) {
  const auto stat = read_file("/proc/" + pid + "/stat");
  return stat && stat->find(") Z ") == std::string::npos;
}

/// Whether it ends within the five seconds that a loaded machine may take to bury it.
bool ends_soon(const std::string& pid) {
  for (int i = 0; i < 500 && alive(pid); ++i)
    ::usleep(10'000);
  return !alive(pid);
}

/// The number in `file`, once a whole line is there.
std::string pid_in(const std::string& file) {
  for (int i = 0; i < 500; ++i) {
    const auto text = read_file(file);
    if (text && text->ends_with('\n')) return text->substr(0, text->size() - 1);
    ::usleep(10'000);
  }
  FAIL("no line in " + file);
  return {};
}

TEST_CASE("child output: comes as it is written, byte for byte", "[sys]") {
  const auto child = start("printf 'a\\0b\\n'; sleep 0.1; head -c 3000000 /dev/zero");
  const auto out = read(*child);
  CHECK(out.size() == 3'000'004);
  CHECK(out.starts_with(std::string("a\0b\n", 4)));
  const auto status = child->wait();
  REQUIRE(status);
  CHECK(status->ok());
  CHECK(child->complaints().empty());
}

TEST_CASE("child output: how it ended and what it complained of can be asked again", "[sys]") {
  const auto child = start("printf out; echo 'no such thing' >&2; exit 3");
  CHECK(read(*child) == "out");
  for (int i = 0; i < 2; ++i) {
    const auto status = child->wait();
    REQUIRE(status);
    CHECK(status->code == 3);
  }
  CHECK(child->complaints() == "no such thing\n");
  std::array<std::byte, 1> block{};
  const auto after = child->read(block);
  REQUIRE(after);
  CHECK(*after == 0);
}

TEST_CASE("child output: one that is killed tells by which signal", "[sys]") {
  const auto child = start("printf out; kill -9 $$");
  CHECK(read(*child) == "out");
  const auto status = child->wait();
  REQUIRE(status);
  CHECK(status->signal == SIGKILL);
}

TEST_CASE("child output: much standard error neither blocks it nor is kept", "[sys]") {
  const auto child = start(
      "head -c 1000000 /dev/zero | tr '\\0' x >&2; printf out; exec >&-; "
      "head -c 1000000 /dev/zero | tr '\\0' y >&2; echo last >&2");
  CHECK(read(*child) == "out");
  const auto status = child->wait();
  REQUIRE(status);
  CHECK(status->ok());
  CHECK(child->complaints().size() <= std::size_t{16} << 10);
  CHECK(child->complaints().ends_with("yyylast\n"));
}

TEST_CASE("child output: what a child leaves behind is not waited for", "[sys]") {
  const auto begun = std::chrono::steady_clock::now();
  {
    const auto child = start("sleep 60 >/dev/null & printf out");
    CHECK(read(*child) == "out");
    REQUIRE(child->wait());
  }
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(30));
}

TEST_CASE("child output: its group is ended when the reader stops early", "[sys]") {
  const auto scratch = test::temp_dir();
  const auto file = scratch.path() + "/pid";
  auto child = start("sleep 600 & echo $! >'" + file + "'; yes");
  CHECK(read(*child, 4096).starts_with("y\n"));
  const auto grandchild = pid_in(file);
  CHECK(alive(grandchild));
  child.reset();
  CHECK(ends_soon(grandchild));
}

TEST_CASE("child output: a group that ignores SIGTERM is killed", "[sys]") {
  const auto scratch = test::temp_dir();
  const auto file = scratch.path() + "/pid";
  auto child = start("trap '' TERM PIPE; echo $$ >'" + file + "'; while :; do sleep 0.1; done");
  const auto pid = pid_in(file);
  child.reset();
  CHECK_FALSE(alive(pid));
}

TEST_CASE("child output: a signal ends reading and waiting", "[sys]") {
  const auto child = start("printf out; exec sleep 600");
  CHECK(read(*child, 3) == "out");
  simulate_signal(SIGINT);
  std::array<std::byte, 8> block{};
  const auto size = child->read(block);
  const auto status = child->wait();
  const auto other = ChildOutput::start({"/bin/true"}, {});
  simulate_signal(0);
  REQUIRE_FALSE(size);
  CHECK(size.error().code == Errc::interrupted);
  REQUIRE_FALSE(status);
  CHECK(status.error().code == Errc::interrupted);
  REQUIRE_FALSE(other);
  CHECK(other.error().code == Errc::interrupted);
}

TEST_CASE("child output: a program that cannot be run is an error", "[sys]") {
  const auto missing = ChildOutput::start({"no-such-program"}, Environment::current());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message == "cannot run 'no-such-program': there is no such program");
  const auto scratch = test::temp_dir();
  test::put(scratch.path() + "/broken", "#!/no/such/interpreter\n", 0755);
  const auto broken = ChildOutput::start({scratch.path() + "/broken"}, {});
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == Errc::not_found);
}

TEST_CASE("child output: the environment is the one that is given, standard input is empty",
          "[sys]") {
  const auto child = ChildOutput::start({"/bin/sh", "-c", "printf %s \"$MARK\"; /bin/cat"},
                                        Environment(Variables{{"MARK", "here"}}));
  REQUIRE(child);
  CHECK(read(**child) == "here");
}

}  // namespace
}  // namespace rockstage::sys
