#include "sys/child.hpp"
#include "sys/errno_text.hpp"
#include "sys/fd.hpp"
#include "sys/interrupt.hpp"
#include "sys/process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>

namespace rockstage::sys {
namespace {

// g++ tells its sanitizers by macros, clang by __has_feature.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCanCapMemory = false;  // a sanitizer reserves terabytes of address space
#elif defined(__has_feature)
constexpr bool kCanCapMemory =
    !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer);
#else
constexpr bool kCanCapMemory = true;
#endif

void cap(decltype(RLIMIT_CORE) what, rlim_t value) {
  const rlimit limit{value, value};
  ::setrlimit(what, &limit);
}

bool write_all(int fd, const char* from, std::size_t size) {
  while (size > 0) {
    const auto count = ::write(fd, from, size);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    from += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

/// The child: works, writes length and bytes, and leaves without running anything of the parent's.
[[noreturn]] void serve(const std::function<std::string()>& work,
                        double seconds,
                        std::size_t memory_bytes,
                        int to) {
  ::setpgid(0, 0);
  for (const int signal : {SIGINT, SIGTERM})
    std::signal(signal, SIG_DFL);
  cap(RLIMIT_CORE, 0);
  cap(RLIMIT_CPU, static_cast<rlim_t>(seconds) + 1);
  if (kCanCapMemory && memory_bytes > 0) cap(RLIMIT_DATA, memory_bytes);
  std::string result;
  try {
    result = work();
  } catch (...) {
    ::_exit(1);
  }
  const std::uint64_t size = result.size();
  const bool written = write_all(to, reinterpret_cast<const char*>(&size), sizeof size)
                       && write_all(to, result.data(), result.size());
  ::_exit(written ? 0 : 1);
}

/// Everything until the end of the stream; false when the deadline passed or a signal came first.
bool read_until_end(int from, const Deadline& deadline, std::string& out) {
  char block[1 << 16];
  while (true) {
    if (pending_signal() != 0 || deadline.passed()) return false;
    pollfd fds[2] = {{from, POLLIN, 0}, {signal_fd(), POLLIN, 0}};
    if (::poll(fds, 2, deadline.milliseconds()) <= 0 || fds[0].revents == 0) continue;
    const auto count = ::read(from, block, sizeof block);
    if (count == 0) return true;
    if (count > 0)
      out.append(block, static_cast<std::size_t>(count));
    else if (errno != EINTR)
      return true;
  }
}

}  // namespace

Result<std::string> run_isolated(const std::function<std::string()>& work,
                                 double timeout_seconds,
                                 std::size_t memory_bytes,
                                 const std::string& what) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(Errc::io, fmt::format("cannot make a pipe: {}", errno_text(errno)));
  const Fd from(ends[0]);
  Fd to(ends[1]);
  const pid_t pid = ::fork();
  if (pid < 0) return fail(Errc::io, fmt::format("cannot fork: {}", errno_text(errno)));
  if (pid == 0) serve(work, timeout_seconds, memory_bytes, to.get());
  ::setpgid(pid, pid);
  Child child(pid);
  to.close();

  const Deadline deadline(timeout_seconds);
  std::string bytes;
  const bool complete = read_until_end(from.get(), deadline, bytes) && child.wait(deadline);
  if (!complete) child.end(SIGKILL);
  RS_TRY(check_interrupted());
  if (!complete || child.status().signal == SIGXCPU)
    return fail(Errc::invalid_input,
                fmt::format("{} took longer than {} s", what, timeout_seconds));
  std::uint64_t size = 0;
  if (bytes.size() >= sizeof size) std::memcpy(&size, bytes.data(), sizeof size);
  if (!child.status().ok() || bytes.size() < sizeof size || bytes.size() - sizeof size != size)
    return fail(Errc::invalid_input,
                fmt::format("{} broke off ({})", what, to_string(child.status())));
  return bytes.substr(sizeof size);
}

}  // namespace rockstage::sys
