#include "rock/manifest.hpp"

#include "fuzz.hpp"

using rockstage::fuzz::promise;

// A manifest that can be read is written the same way ever after (but for carriage returns, see
// lua_literal.cpp).
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace rock = rockstage::rock;
  const auto input = rockstage::fuzz::text(data, size);
  if (auto manifest = rock::parse_manifest(input, "manifest")) {
    const auto written = rock::write_manifest(*manifest);
    const auto again = rock::parse_manifest(written, "written");
    promise(again.has_value(), "a written manifest can be read");
    promise(written.find('\r') != std::string::npos || rock::write_manifest(*again) == written,
            "a manifest is stable");
    rock::update_dependencies(*manifest, "5.1");
    static_cast<void>(rock::module_providers(*manifest));
    static_cast<void>(rock::command_providers(*manifest));
  }
  if (const auto files = rock::parse_rock_manifest(input, "rock_manifest")) {
    const auto written = rock::write_rock_manifest(*files);
    const auto again = rock::parse_rock_manifest(written, "written");
    promise(again && (written.find('\r') != std::string::npos || *again == *files),
            "a rock_manifest is read as it was written");
  }
  return 0;
}
