#include "sys/local_socket.hpp"

#include "support/support.hpp"
#include "sys/background.hpp"
#include "sys/fd.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <catch2/catch.hpp>
#include <sys/socket.h>
#include <sys/un.h>

#include <csignal>
#include <cstring>
#include <functional>
#include <thread>

using namespace rockstage;

namespace {

/// Listens at `path`; the one connection is given to `serve`.
class Server {
 public:
  Server(const std::string& path, std::function<void(int)> serve)
      : listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(listening_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listening_.get(), 1) == 0);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const sys::Fd connection(::accept(listening_.get(), nullptr, nullptr));
      serve(connection.get());
    });
  }

  ~Server() { thread_.join(); }

 private:
  sys::Fd listening_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("local socket: the answer is read until the other side closes", "[sys]") {
  const auto dir = test::temp_dir();
  const auto path = dir.path() + "/s";
  std::string heard;
  {
    const Server server(path, [&heard](int fd) {
      char block[16];
      const auto count = ::recv(fd, block, sizeof block, 0);
      heard.assign(block, static_cast<std::size_t>(count));
      const std::string answer(100'000, 'x');
      CHECK(::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) == 100'000);
    });
    const auto answer = sys::ask_local_socket(path, "question", 20);
    REQUIRE(answer);
    CHECK(answer->text == std::string(100'000, 'x'));
    CHECK_FALSE(answer->timed_out);
  }
  CHECK(heard == "question");
}

TEST_CASE("local socket: an answer has an end, and a time", "[sys]") {
  const auto dir = test::temp_dir();
  {
    const Server server(dir.path() + "/endless", [](int fd) {
      const std::string block(1 << 16, 'x');
      while (::send(fd, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
      }
    });
    const auto answer = sys::ask_local_socket(dir.path() + "/endless", "", 20);
    REQUIRE(answer);
    CHECK(answer->text.size() == sys::kAnswerLimit);
  }
  const Server server(dir.path() + "/silent", [](int fd) {
    char byte = 0;
    while (::recv(fd, &byte, 1, 0) > 0) {
    }
  });
  const auto answer = sys::ask_local_socket(dir.path() + "/silent", "x", 0.1);
  REQUIRE(answer);
  CHECK(answer->timed_out);
}

TEST_CASE("local socket: nobody there, and a path that is too long, are errors", "[sys]") {
  const auto dir = test::temp_dir();
  CHECK(sys::ask_local_socket(dir.path() + "/none", "x", 1).error().code == Errc::not_found);
  const auto answer = sys::ask_local_socket(dir.path() + "/" + std::string(200, 'a'), "x", 1);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().message.find("at most 107 bytes") != std::string::npos);
}

TEST_CASE("background: a server runs until the object goes, output in its file", "[sys]") {
  const auto dir = test::temp_dir();
  sys::Command command;
  command.argv = {"sh", "-c", "echo $$; echo up >&2; exec sleep 100"};
  command.cwd = dir.path();
  command.env = sys::Environment::current();
  const auto output = dir.path() + "/log";
  {
    const auto server = sys::Background::start(command, output);
    REQUIRE(server);
    for (int i = 0; i < 1000 && test::get(output).find("up\n") == std::string::npos; ++i)
      REQUIRE(sys::wait_interruptibly(0.01));
    CHECK_FALSE((*server)->ended());
  }
  const auto pid = std::stoi(test::get(output));
  CHECK(::kill(pid, 0) != 0);
}

TEST_CASE("background: a program that ends is seen, one that is not there is an error", "[sys]") {
  const auto dir = test::temp_dir();
  sys::Command command;
  command.argv = {"true"};
  command.env = sys::Environment::current();
  const auto server = sys::Background::start(command, dir.path() + "/log");
  REQUIRE(server);
  for (int i = 0; i < 1000 && !(*server)->ended(); ++i)
    REQUIRE(sys::wait_interruptibly(0.01));
  CHECK((*server)->ended());
  command.argv = {"/nowhere/program"};
  CHECK(sys::Background::start(command, dir.path() + "/log").error().code == Errc::not_found);
}
