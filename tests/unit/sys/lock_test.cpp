#include "sys/lock.hpp"

#include "support/support.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>

namespace rockstage::sys {
namespace {

/// True when nobody holds the lock at this moment.
bool is_free(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool taken = ::flock(fd, LOCK_EX | LOCK_NB) == 0;
  ::close(fd);
  return taken;
}

/// Another process that holds the lock until it is told to go.
class Holder {
 public:
  explicit Holder(const std::string& path) {
    int ready[2];
    int leave[2];
    REQUIRE(::pipe(ready) == 0);
    REQUIRE(::pipe(leave) == 0);
    pid_ = ::fork();
    char byte = 'x';
    if (pid_ == 0) {
      ::close(leave[1]);
      const auto lock = FileLock::acquire(path, {});
      const bool told = ::write(ready[1], &byte, 1) == 1;
      const bool asked = ::read(leave[0], &byte, 1) >= 0;
      ::_exit(lock && told && asked ? 0 : 1);
    }
    ::close(ready[1]);
    ::close(leave[0]);
    REQUIRE(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
    leave_ = leave[1];
  }

  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;

  ~Holder() {
    let_go();
    ::waitpid(pid_, nullptr, 0);
  }

  void let_go() {
    if (leave_ >= 0) ::close(leave_);
    leave_ = -1;
  }

  void kill() const { ::kill(pid_, SIGKILL); }

 private:
  pid_t pid_ = -1;
  int leave_ = -1;
};

TEST_CASE("lock: held as long as the object lives, and the file stays", "[sys]") {
  const auto dir = test::temp_dir();
  const auto path = dir.path() + "/lock";
  {
    const auto lock = FileLock::acquire(path, [] { FAIL("nobody else holds it"); });
    REQUIRE(lock);
    CHECK_FALSE(is_free(path));
  }
  CHECK(is_free(path));
  CHECK(is_file(path));
}

TEST_CASE("lock: it moves with its object", "[sys]") {
  const auto dir = test::temp_dir();
  const auto path = dir.path() + "/lock";
  {
    auto first = FileLock::acquire(path, {});
    REQUIRE(first);
    const std::optional<FileLock> moved = *std::move(first);
    CHECK_FALSE(is_free(path));
  }
  CHECK(is_free(path));
}

TEST_CASE("lock: a second process waits, and says so once", "[sys]") {
  const auto dir = test::temp_dir();
  const auto path = dir.path() + "/lock";
  Holder holder(path);
  int waits = 0;
  const auto lock = FileLock::acquire(path, [&] {
    ++waits;
    holder.let_go();
  });
  REQUIRE(lock);
  CHECK(waits == 1);
}

TEST_CASE("lock: that of a killed process is free", "[sys]") {
  const auto dir = test::temp_dir();
  const auto path = dir.path() + "/lock";
  const Holder holder(path);
  const auto lock = FileLock::acquire(path, [&] { holder.kill(); });
  CHECK(lock);
}

TEST_CASE("lock: waiting ends with a signal", "[sys]") {
  const auto dir = test::temp_dir();
  const auto path = dir.path() + "/lock";
  const Holder holder(path);
  const auto lock = FileLock::acquire(path, [] { simulate_signal(SIGINT); });
  simulate_signal(0);
  REQUIRE_FALSE(lock);
  CHECK(lock.error().code == Errc::interrupted);
}

TEST_CASE("lock: a directory can be locked itself", "[sys]") {
  const auto dir = test::temp_dir();
  const auto lock = FileLock::acquire(dir.path(), {});
  REQUIRE(lock);
  CHECK_FALSE(is_free(dir.path()));
  CHECK(list_directory(dir.path()).value().empty());
}

TEST_CASE("lock: where no file can be made there is no lock", "[sys]") {
  const auto dir = test::temp_dir();
  const auto lock = FileLock::acquire(dir.path() + "/none/lock", {});
  REQUIRE_FALSE(lock);
  CHECK(lock.error().code == Errc::not_found);
  CHECK(lock.error().message
        == "cannot lock '" + dir.path() + "/none/lock': no such file or directory");
}

}  // namespace
}  // namespace rockstage::sys
