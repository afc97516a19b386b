#include "verify/rules/wording.hpp"

#include <fmt/format.h>

namespace rockstage::verify {

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1000) return count_text(bytes, "byte");
  double value = static_cast<double>(bytes);
  const char* unit = "byte";
  for (const char* next : {"kB", "MB", "GB", "TB"}) {
    if (value < 1000) break;
    value /= 1000;
    unit = next;
  }
  return value < 10 ? fmt::format("{:.1f} {}", value, unit) : fmt::format("{:.0f} {}", value, unit);
}

std::string count_text(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace rockstage::verify
