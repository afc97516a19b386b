#include "build/traces.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace rockstage::build {
namespace {

constexpr std::int64_t kDay = 86'400;
/// An artifact that cargo finds fresh can be that old.
constexpr std::int64_t kOldest = 3 * 366 * kDay;

constexpr std::array<std::string_view, 12> kMonths = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_near(std::int64_t seconds, std::int64_t now, std::int64_t oldest = kOldest) {
  return seconds > now - oldest && seconds < now + kDay;
}

/// The number that `text` is; -1 when it is none.
std::int64_t number(std::string_view text) {
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

bool is_between(std::string_view digits, std::int64_t least, std::int64_t most) {
  const auto value = number(digits);
  return value >= least && value <= most;
}

/// `pattern`: `0` stands for a digit, everything else for itself.
bool fits(std::string_view text, std::string_view pattern) {
  if (text.size() < pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '0' ? !is_digit(text[i]) : text[i] != pattern[i]) return false;
  }
  return true;
}

std::size_t digits_at(std::string_view text) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  return static_cast<std::size_t>(end - text.begin());
}

bool is_date(std::string_view year, std::string_view month, std::string_view day) {
  return is_between(year, 1970, 2200) && is_between(month, 1, 12) && is_between(day, 1, 31);
}

/// Seconds since 1970 near `now`, also in milliseconds, microseconds and nanoseconds.
bool is_epoch(std::string_view digits, std::int64_t now) {
  static constexpr std::array<std::size_t, 4> kLengths = {10, 13, 16, 19};
  return std::ranges::find(kLengths, digits.size()) != kLengths.end()
         && is_near(number(digits.substr(0, 10)), now);
}

/// The length of "Nov 21", "Nov  1" or "21 Nov" at the begin of `text`; 0 when it is none.
std::size_t named_day(std::string_view text) {
  const auto is_month = [](std::string_view name) {
    return std::ranges::find(kMonths, name.substr(0, 3)) != kMonths.end();
  };
  if (is_month(text)) {
    std::size_t at = 3;
    while (at < text.size() && at < 5 && text[at] == ' ')
      ++at;
    const auto digits = digits_at(text.substr(std::min(at, text.size())));
    return at > 3 && (digits == 1 || digits == 2) ? at + digits : 0;
  }
  const auto digits = digits_at(text.substr(0, 3));
  const bool follows = (digits == 1 || digits == 2) && text.size() > digits + 3
                       && text[digits] == ' ' && is_month(text.substr(digits + 1));
  return follows ? digits + 4 : 0;
}

/// The length of a date or time at the begin of `text`, which no digit precedes; 0 for none.
std::size_t time_at(std::string_view text, std::int64_t now) {
  const auto digits = digits_at(text);
  const auto with_fraction = [&](std::size_t length) {
    if (length + 1 < text.size() && text[length] == '.' && is_digit(text[length + 1]))
      length += 1 + digits_at(text.substr(length + 1));
    return length;
  };
  if (digits == 4 && fits(text, "0000-00-00")
      && is_date(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)))
    return 10;
  if (digits == 8 && is_date(text.substr(0, 4), text.substr(4, 2), text.substr(6, 2))) return 8;
  if (digits == 2 && fits(text, "00:00:00") && is_between(text.substr(0, 2), 0, 23)
      && is_between(text.substr(3, 2), 0, 59) && is_between(text.substr(6, 2), 0, 60))
    return with_fraction(8);
  if (is_epoch(text.substr(0, digits), now)) return with_fraction(digits);
  return named_day(text);
}

struct WithoutTimes {
  std::string text;                ///< with a mark for each
  std::vector<std::string> times;  ///< what stood there
};

WithoutTimes take_times(std::string_view text, std::int64_t now) {
  WithoutTimes out;
  for (std::size_t at = 0; at < text.size();) {
    const bool can_begin = at == 0 || !is_digit(text[at - 1]);
    const auto length = can_begin ? time_at(text.substr(at), now) : 0;
    if (length == 0) {
      out.text += text[at++];
      continue;
    }
    out.text += '\1';
    out.times.emplace_back(text.substr(at, length));
    at += length;
  }
  return out;
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// The directory that one of the texts holds of its own build and the other does not.
std::optional<std::string> find_place(std::string_view first,
                                      std::string_view second,
                                      const Surroundings& around) {
  for (const PlacePair& place : around.places) {
    if (holds(second, place.second)) return place.what;
    if (holds(first, place.first) && !holds(second, place.first)) return place.what;
  }
  return std::nullopt;
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i)
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

bool is_time_number(std::uint64_t value, std::int64_t now) {
  // Four bytes of chance are near `now` the more seldom, the shorter that is.
  constexpr std::int64_t kOldestNumber = 31 * kDay;
  for (const std::uint64_t unit : {1ULL, 1'000ULL, 1'000'000'000ULL}) {
    if (is_near(static_cast<std::int64_t>(value / unit), now, kOldestNumber)) return true;
  }
  return false;
}

/// Year, month and day of a time in UTC (days since 1970 to a date: Howard Hinnant, "chrono-
/// compatible low-level date algorithms").
struct Day {
  std::int64_t year = 0;
  std::size_t month = 0, day = 0;
};

Day day_of(std::int64_t seconds) {
  const std::int64_t z = seconds / kDay + 719'468;
  const std::int64_t era = z / 146'097;
  const std::int64_t of_era = z - era * 146'097;
  const std::int64_t year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const std::int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  const std::int64_t shifted = (5 * of_year + 2) / 153;
  const std::int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {year + era * 400 + (month <= 2 ? 1 : 0),
          static_cast<std::size_t>(month),
          static_cast<std::size_t>(of_year - (153 * shifted + 2) / 5 + 1)};
}

}  // namespace

std::string to_string(Cause cause) {
  switch (cause) {
    case Cause::path:
      return "path";
    case Cause::time:
      return "time";
    case Cause::randomness:
      return "randomness";
    case Cause::unknown:
      break;
  }
  return "unknown";
}

void sort_places(std::vector<PlacePair>& places) {
  std::erase_if(places, [](const PlacePair& place) {
    return place.first.size() < 2 || place.second.size() < 2 || place.first == place.second;
  });
  std::ranges::stable_sort(places, [](const PlacePair& a, const PlacePair& b) {
    return a.first.size() > b.first.size();
  });
}

Verdict judge(std::string_view first, std::string_view second, const Surroundings& around) {
  if (const auto place = find_place(first, second, around)) return {Cause::path, *place};
  const auto a = take_times(first, around.now);
  const auto b = take_times(second, around.now);
  const bool both = !a.times.empty() && !b.times.empty() && a.times != b.times;
  const bool one = first.empty() != second.empty() && a.times.size() + b.times.size() > 0;
  if (both || one) return {Cause::time, {}};
  return {first.size() == second.size() ? Cause::randomness : Cause::unknown, {}};
}

bool is_binary_time(std::string_view first,
                    std::string_view second,
                    std::size_t at,
                    std::int64_t now) {
  for (const std::size_t width : {std::size_t{8}, std::size_t{4}}) {
    for (std::size_t back = 0; back < width && back <= at; ++back) {
      const auto a = first.substr(at - back, width);
      const auto b = second.substr(at - back, width);
      if (a.size() != width || b.size() != width) continue;
      if (is_time_number(little_endian(a), now) && is_time_number(little_endian(b), now))
        return true;
    }
  }
  return false;
}

std::string find_today(std::string_view bytes, std::int64_t now) {
  const Day day = day_of(now);
  const auto month = kMonths[day.month - 1];
  for (std::string form : {fmt::format("{} {:2} {}", month, day.day, day.year),
                           fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day)}) {
    if (bytes.find(form) != std::string_view::npos) return form;
  }
  return {};
}

}  // namespace rockstage::build
