#include "build/traces.hpp"

#include <catch2/catch.hpp>

using namespace rockstage;
using build::Cause;

namespace {

constexpr std::int64_t kNow = 1'763'735'012;  // 2025-11-21 14:23:32 UTC

build::Surroundings around() {
  build::Surroundings out;
  out.places = {{"the home directory", "/home/me", "/tmp/x/home"},
                {"the directory of the sources", "/home/me/kit", "/tmp/x/copy/home/me/kit"},
                {"nothing", "", "/tmp/x"},
                {"the same", "/usr", "/usr"}};
  out.now = kNow;
  build::sort_places(out.places);
  return out;
}

Cause cause(std::string_view first, std::string_view second) {
  return build::judge(first, second, around()).cause;
}

}  // namespace

TEST_CASE("traces: places are sorted, longest first; empty and equal ones are none", "[build]") {
  const auto places = around().places;
  REQUIRE(places.size() == 2);
  CHECK(places[0].what == "the directory of the sources");
  CHECK(places[1].what == "the home directory");
}

TEST_CASE("traces: a directory of one of the builds is a path", "[build]") {
  const auto verdict =
      build::judge("at /home/me/kit/src/lib.rs", "at /tmp/x/copy/home/me/kit/src/lib.rs", around());
  CHECK(verdict.cause == Cause::path);
  CHECK(verdict.what == "the directory of the sources");
  CHECK(build::judge("HOME=/home/me", "HOME=/tmp/x/home", around()).what == "the home directory");
  CHECK(cause("", "/tmp/x/home/.cargo") == Cause::path);
}

TEST_CASE("traces: a directory that stands in both texts is no cause", "[build]") {
  CHECK(cause("/home/me at 14:23:31", "/home/me at 14:23:34") == Cause::time);
}

TEST_CASE("traces: dates, times of day and seconds since 1970 are times", "[build]") {
  CHECK(cause("built 2025-11-21", "built 2025-11-22") == Cause::time);
  CHECK(cause("built 20251121", "built 20251122") == Cause::time);
  CHECK(cause("14:23:31", "14:23:34") == Cause::time);
  CHECK(cause("14:23:31.25", "14:23:31.75") == Cause::time);
  CHECK(cause("Nov 21 2025", "Nov 22 2025") == Cause::time);
  CHECK(cause("Nov  1 2025", "Nov  2 2025") == Cause::time);
  CHECK(cause("21 Nov", "22 Nov") == Cause::time);
  CHECK(cause("at 1763735012", "at 1763735015") == Cause::time);
  CHECK(cause("at 1763735012123", "at 1763735015001") == Cause::time);
  CHECK(cause("at 1763735012123456789", "at 1763735015001000000") == Cause::time);
  CHECK(cause("tv_sec: 1763735012, tv_nsec: 12", "tv_sec: 1763735015, tv_nsec: 9") == Cause::time);
}

TEST_CASE("traces: numbers that are no time near the build are randomness or unknown", "[build]") {
  CHECK(cause("id 9763735012", "id 9763735015") == Cause::randomness);
  CHECK(cause("2025-13-21", "2025-14-21") == Cause::randomness);
  CHECK(cause("25:99:00", "26:99:00") == Cause::randomness);
  CHECK(cause("0123456789abcdef", "fedcba9876543210") == Cause::randomness);
  CHECK(cause("one", "three") == Cause::unknown);
  CHECK(cause("2025-11-21 one", "2025-11-21 two") == Cause::randomness);
}

TEST_CASE("traces: texts of any bytes are judged", "[build]") {
  CHECK(cause("", "") == Cause::randomness);
  CHECK(cause("Nov", "Dec") == Cause::randomness);
  CHECK(cause("Nov ", "Dec ") == Cause::randomness);
  CHECK(cause(std::string(100, '9'), std::string(100, '8')) == Cause::randomness);
  CHECK(cause("\xff\xfe", std::string_view("\0\1", 2)) == Cause::randomness);
}

TEST_CASE("traces: a number in machine code can be a time", "[build]") {
  const auto number = [](std::uint64_t value, std::size_t width) {
    std::string out = "\x48\xb8";
    for (std::size_t i = 0; i < width; ++i)
      out += static_cast<char>(value >> (8 * i) & 0xFF);
    return out + "\xc3";
  };
  const auto is_time = [&](std::uint64_t a, std::uint64_t b, std::size_t width) {
    return build::is_binary_time(number(a, width), number(b, width), 2, kNow);
  };
  CHECK(is_time(kNow - 3, kNow, 8));
  CHECK(is_time(kNow - 3, kNow, 4));
  CHECK(is_time((kNow - 3) * 1000ULL, kNow * 1000ULL, 8));
  CHECK(is_time((kNow - 3) * 1'000'000'000ULL, kNow * 1'000'000'000ULL + 5, 8));
  CHECK_FALSE(is_time(0x1234, 0x1235, 8));
  CHECK_FALSE(is_time(~0ULL, ~1ULL, 8));
  CHECK_FALSE(build::is_binary_time("", "", 0, kNow));
  CHECK_FALSE(build::is_binary_time("abc", "abd", 2, kNow));
}

TEST_CASE("traces: the date of today is found as compilers and people write it", "[build]") {
  CHECK(build::find_today("x Nov 21 2025 y", kNow) == "Nov 21 2025");
  CHECK(build::find_today("2025-11-21", kNow) == "2025-11-21");
  CHECK(build::find_today("2025-11-20", kNow).empty());
  CHECK(build::find_today("Mar  1 2024", 1'709'251'200) == "Mar  1 2024");
  CHECK(build::find_today("2024-02-29", 1'709'251'199) == "2024-02-29");
  CHECK(build::find_today("1970-01-01", 0) == "1970-01-01");
}
