#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What two builds leave of where and when they were made.
namespace rockstage::build {

/// A directory as each of two builds knows it.
struct PlacePair {
  std::string what;  ///< "the directory of the sources"
  std::string first, second;
};

/// What the two builds had around them.
struct Surroundings {
  std::vector<PlacePair> places;  ///< the longest come first, see sort_places()
  std::int64_t now = 0;           ///< seconds since 1970, when the second build ended
};

/// Longest first, without those that are empty, the root, or the same in both.
void sort_places(std::vector<PlacePair>& places);

/// Why two builds gave other bytes.
enum class Cause { path, time, randomness, unknown };

/// "path", "time", "randomness", "unknown".
std::string to_string(Cause cause);

/// What makes two texts differ.
struct Verdict {
  Cause cause = Cause::unknown;
  std::string what;  ///< Cause::path: which directory
};

/// Judges two differing texts of the same origin, either of which may be empty. `path`: with the
/// directories taken out they are the same, or one holds a directory of its build; `time`: the same
/// for dates, times of day and seconds since 1970 near `now`. Else `randomness`, where both are of
/// the same length, or `unknown`.
Verdict judge(std::string_view first, std::string_view second, const Surroundings& around);

/// True when the bytes hold two numbers at the same offset, on either side of `at`, that are a time
/// near `now`: 32 or 64 bits, least byte first, in seconds, milliseconds or nanoseconds.
bool is_binary_time(std::string_view first,
                    std::string_view second,
                    std::size_t at,
                    std::int64_t now);

/// The date of `now` as people and compilers write it ("Nov 21 2026", "2026-11-21"), where `bytes`
/// hold it; else empty.
std::string find_today(std::string_view bytes, std::int64_t now);

}  // namespace rockstage::build
