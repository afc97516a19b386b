#include "support/support.hpp"
#include "sys/interrupt.hpp"
#include "sys/process.hpp"

#include <catch2/catch.hpp>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <new>
#include <stdexcept>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define ROCKSTAGE_TEST_SANITIZED 1
#endif

namespace rockstage::sys {
namespace {

constexpr double kPatience = 30;

std::string refusal(const Result<std::string>& result) {
  if (result) return "(no error)";
  CHECK(result.error().code == Errc::invalid_input);
  return result.error().message;
}

TEST_CASE("isolated: what the work returned comes back, byte for byte", "[sys]") {
  const std::string bytes("a\0b\n\xFF", 5);
  CHECK(run_isolated([&] { return bytes; }, kPatience, 0, "it").value() == bytes);
  CHECK(run_isolated([] { return std::string(); }, kPatience, 0, "it").value().empty());
}

TEST_CASE("isolated: a large result is no deadlock", "[sys]") {
  const auto result =
      run_isolated([] { return std::string(std::size_t{64} << 20, 'x'); }, kPatience, 0, "it");
  REQUIRE(result);
  CHECK(result->size() == std::size_t{64} << 20);
}

TEST_CASE("isolated: what the work changes stays in the child", "[sys]") {
  int number = 1;
  const auto result = run_isolated(
      [&number] {
        number = 2;
        return std::to_string(::getpid());
      },
      kPatience,
      0,
      "it");
  CHECK(number == 1);
  CHECK(result.value() != std::to_string(::getpid()));
}

TEST_CASE("isolated: an endless loop is ended", "[sys]") {
  const auto start = std::chrono::steady_clock::now();
  const auto result = run_isolated(
      [] {
        volatile bool on = true;
        while (on) {
        }
        return std::string();
      },
      0.5,
      0,
      "evaluating the rockspec");
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  CHECK(refusal(result) == "evaluating the rockspec took longer than 0.5 s");
  CHECK(seconds.count() < 20);
}

TEST_CASE("isolated: work that sleeps is ended as well", "[sys]") {
  const auto result = run_isolated(
      [] {
        ::sleep(60);
        return std::string();
      },
      0.3,
      0,
      "it");
  CHECK(refusal(result) == "it took longer than 0.3 s");
}

TEST_CASE("isolated: a crash is an error that tells the signal", "[sys]") {
  const auto result = run_isolated(
      []() -> std::string {
        std::signal(SIGABRT, SIG_DFL);
        std::abort();
      },
      kPatience,
      0,
      "evaluating the rockspec");
  CHECK(refusal(result) == "evaluating the rockspec broke off (killed by signal 6 (Aborted))");
}

TEST_CASE("isolated: an exception and an early exit are errors", "[sys]") {
  CHECK(refusal(run_isolated(
            []() -> std::string { throw std::runtime_error("x"); }, kPatience, 0, "it"))
        == "it broke off (exit code 1)");
  CHECK(refusal(run_isolated([]() -> std::string { ::_exit(0); }, kPatience, 0, "it"))
        == "it broke off (exit code 0)");
}

#ifndef ROCKSTAGE_TEST_SANITIZED
TEST_CASE("isolated: memory is capped", "[sys]") {
  const auto work = [] {
    std::string hoard(std::size_t{512} << 20, 'x');
    return std::to_string(hoard.size());
  };
  CHECK(refusal(run_isolated(work, kPatience, std::size_t{128} << 20, "it"))
        == "it broke off (exit code 1)");
  CHECK(run_isolated(work, kPatience, 0, "it").value() == "536870912");
}
#endif

TEST_CASE("isolated: a signal that has come is an error of its own", "[sys]") {
  simulate_signal(SIGINT);
  const auto result = run_isolated(
      [] {
        ::sleep(60);
        return std::string();
      },
      kPatience,
      0,
      "it");
  simulate_signal(0);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::interrupted);
}

}  // namespace
}  // namespace rockstage::sys
