#include "support/support.hpp"
#include "sys/environment.hpp"
#include "sys/errno_text.hpp"
#include "sys/fd.hpp"
#include "sys/fd_stream.hpp"
#include "sys/files.hpp"
#include "sys/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <ostream>

namespace rockstage::sys {
namespace {

TEST_CASE("temp_dir: private, unique, and gone with all that is in it", "[sys]") {
  const auto scratch = test::temp_dir();
  std::string path;
  {
    auto first = TempDir::make(scratch.path(), "build-").value();
    const auto second = TempDir::make(scratch.path(), "build-").value();
    CHECK(first.path() != second.path());
    CHECK(base_name(first.path()).starts_with("build-"));
    CHECK(status(first.path())->mode == 0700);
    test::put(first.path() + "/a/b", "x");
    REQUIRE(set_mode(first.path() + "/a", 0500));
    path = first.path();
    TempDir moved = std::move(first);
    CHECK(moved.path() == path);
    CHECK(exists(path));
  }
  CHECK_FALSE(exists(path));
  CHECK(list_directory(scratch.path()).value().empty());
}

TEST_CASE("temp_dir: what is released stays", "[sys]") {
  const auto scratch = test::temp_dir();
  std::string kept;
  {
    auto dir = TempDir::make(scratch.path(), "").value();
    kept = dir.release();
  }
  CHECK(is_directory(kept));
}

TEST_CASE("temp_dir: assigning another removes the old one at the end", "[sys]") {
  const auto scratch = test::temp_dir();
  {
    auto a = TempDir::make(scratch.path(), "a").value();
    a = TempDir::make(scratch.path(), "b").value();
    CHECK(base_name(a.path()).starts_with("b"));
  }
  CHECK(list_directory(scratch.path()).value().empty());
}

TEST_CASE("temp_dir: no parent, no directory", "[sys]") {
  const auto scratch = test::temp_dir();
  const auto missing = TempDir::make(scratch.path() + "/none", "x");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == Errc::not_found);
}

TEST_CASE("environment: a set of variables with value semantics", "[sys]") {
  Environment one({{"A", "1"}, {"EMPTY", ""}});
  auto two = one;
  two.set("A", "2");
  two.unset("EMPTY");
  CHECK(one.get("A") == "1");
  CHECK(one.get("EMPTY") == "");
  CHECK_FALSE(one.get_nonempty("EMPTY"));
  CHECK(one.get_nonempty("A") == "1");
  CHECK_FALSE(one.get("B"));
  CHECK(two.get("A") == "2");
  CHECK_FALSE(two.get("EMPTY"));
}

TEST_CASE("environment: that of the process, with equals signs in values", "[sys]") {
  REQUIRE(::setenv("ROCKSTAGE_TEST_VALUE", "a=b=c", 1) == 0);
  CHECK(Environment::current().get("ROCKSTAGE_TEST_VALUE") == "a=b=c");
  REQUIRE(::unsetenv("ROCKSTAGE_TEST_VALUE") == 0);
  CHECK_FALSE(Environment::current().get("ROCKSTAGE_TEST_VALUE"));
}

TEST_CASE("errno_text: reasons are lower-case and tell missing from refused", "[sys]") {
  CHECK(errno_text(ENOSPC) == "no space left on device");
  const Result<void> missing = fail_errno(ENOENT, "read", "x");
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().message == "cannot read 'x': no such file or directory");
  const Result<void> refused = fail_errno(EACCES, "write", "y");
  CHECK(refused.error().code == Errc::io);
  CHECK(refused.error().message == "cannot write 'y': permission denied");
}

TEST_CASE("fd: closed when it goes, once", "[sys]") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  {
    Fd a(ends[0]);
    Fd b = std::move(a);
    CHECK(b.get() == ends[0]);
    Fd c;
    CHECK_FALSE(c.valid());
    c = std::move(b);
    CHECK(c.valid());
    CHECK(::fcntl(ends[0], F_GETFD) >= 0);
  }
  CHECK(::fcntl(ends[0], F_GETFD) == -1);
  ::close(ends[1]);
}

TEST_CASE("fd_stream: bytes arrive when they are flushed, also more than the buffer holds",
          "[sys]") {
  const auto dir = test::temp_dir();
  const auto path = dir.path() + "/out";
  const std::string large(300'000, 'x');
  {
    const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    FdBuffer buffer(fd.get());
    std::ostream out(&buffer);
    out << "small";
    CHECK(test::get(path).empty());
    out.flush();
    CHECK(test::get(path) == "small");
    out << large << '\n';
    CHECK(out.good());
  }
  CHECK(test::get(path) == "small" + large + "\n");
}

TEST_CASE("fd_stream: a reader that has gone is a failed stream with EPIPE", "[sys]") {
  auto* const before = std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  ::close(ends[0]);
  {
    const Fd fd(ends[1]);
    FdBuffer buffer(fd.get());
    std::ostream out(&buffer);
    out << "x";
    errno = 0;
    out.flush();
    CHECK(errno == EPIPE);
    CHECK(out.bad());
  }
  std::signal(SIGPIPE, before);
}

TEST_CASE("fd_stream: a full disk is a failed stream with ENOSPC", "[sys]") {
  const Fd fd(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  REQUIRE(fd.valid());
  FdBuffer buffer(fd.get());
  std::ostream out(&buffer);
  errno = 0;
  out << std::string(200'000, 'x');
  CHECK(errno == ENOSPC);
  CHECK(out.bad());
}

}  // namespace
}  // namespace rockstage::sys
