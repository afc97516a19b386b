#include "fuzz.hpp"
#include "lua/literal.hpp"
#include "rock/rockspec_parts.hpp"

// The checks behind the evaluation, on whatever tables a rockspec may leave. The evaluation itself
// runs in a child process and is too slow here.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace rock = rockstage::rock;
  auto globals = rockstage::lua::parse_assignments(rockstage::fuzz::text(data, size), "input");
  if (!globals) return 0;
  for (const auto* format : {"1.0", "1.1", "3.0", "3.1"})
    for (const auto& fault : rock::check_schema(*globals, {}, format))
      rockstage::fuzz::promise(!fault.message.empty(), "a fault has a message");
  rockstage::Diagnostics diagnostics;
  rock::apply_platforms(*globals, diagnostics);
  return 0;
}
