#include "base/json.hpp"

#include "fuzz.hpp"

#include <nlohmann/json.hpp>

using rockstage::fuzz::promise;

// What was parsed can be written, on one line, and read again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto value = rockstage::parse_json(rockstage::fuzz::text(data, size));
  if (!value) return 0;
  const auto line = rockstage::to_json_line(*value);
  promise(line.find('\n') == std::string::npos, "one line");
  promise(rockstage::parse_json(line).has_value(), "the line is JSON");
  return 0;
}
