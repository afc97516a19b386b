#include "sys/local_socket.hpp"

#include "sys/child.hpp"
#include "sys/errno_text.hpp"
#include "sys/fd.hpp"
#include "sys/interrupt.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace rockstage::sys {
namespace {

Result<Fd> connect_to(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail(Errc::io,
                fmt::format("cannot connect to '{}': the path of a socket has at most {} bytes",
                            path,
                            sizeof address.sun_path - 1),
                "set TMPDIR to a directory with a shorter path");
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return fail_errno(errno, "make a socket for", path);
  const auto* where = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(fd.get(), where, sizeof address) != 0) return fail_errno(errno, "connect to", path);
  return fd;
}

enum class Ready { yes, timed_out };

/// Waits until the socket can be read (or written).
Result<Ready> wait_for(const Fd& fd, short events, const Deadline& deadline) {
  for (;;) {
    RS_TRY(check_interrupted());
    if (deadline.passed()) return Ready::timed_out;
    pollfd fds[2] = {{fd.get(), events, 0}, {signal_fd(), POLLIN, 0}};
    if (::poll(fds, 2, deadline.milliseconds()) > 0 && fds[0].revents != 0) return Ready::yes;
  }
}

/// The other side was done with us before it had read or written everything: no error of ours.
bool is_closed(int number) {
  return number == EPIPE || number == ECONNRESET;
}

bool is_retry(int number) {
  return number == EAGAIN || number == EINTR;
}

}  // namespace

Result<LocalAnswer> ask_local_socket(const std::string& path,
                                     std::string_view request,
                                     double seconds) {
  RS_TRY_ASSIGN(const auto fd, connect_to(path));
  const Deadline deadline(seconds);
  LocalAnswer answer;
  while (!request.empty()) {
    RS_TRY_ASSIGN(const auto ready, wait_for(fd, POLLOUT, deadline));
    if (ready == Ready::timed_out) return LocalAnswer{{}, true};
    const auto sent = ::send(fd.get(), request.data(), request.size(), MSG_NOSIGNAL);
    if (sent >= 0)
      request.remove_prefix(static_cast<std::size_t>(sent));
    else if (is_closed(errno))
      break;
    else if (!is_retry(errno))
      return fail_errno(errno, "write to", path);
  }
  char block[1 << 14];
  while (answer.text.size() < kAnswerLimit) {
    RS_TRY_ASSIGN(const auto ready, wait_for(fd, POLLIN, deadline));
    answer.timed_out = ready == Ready::timed_out;
    if (answer.timed_out) break;
    const auto count = ::recv(fd.get(), block, sizeof block, 0);
    if (count > 0)
      answer.text.append(block, static_cast<std::size_t>(count));
    else if (count == 0 || is_closed(errno))
      break;
    else if (!is_retry(errno))
      return fail_errno(errno, "read from", path);
  }
  if (answer.text.size() > kAnswerLimit) answer.text.resize(kAnswerLimit);
  return answer;
}

}  // namespace rockstage::sys
