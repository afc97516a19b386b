#include "fuzz.hpp"
#include "lua/script.hpp"

using rockstage::fuzz::promise;

// Any bytes have facts, and every Lua takes them or names a line of theirs.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = rockstage::fuzz::text(data, size);
  const auto facts = rockstage::lua::scan_script(input);
  for (const auto& error : facts.syntax)
    promise(!error || (error->line >= 1 && !error->message.empty()), "an error has a line");
  promise(facts.requires_.size() <= size && facts.cdefs.size() <= size, "no more facts than bytes");
  return 0;
}
