#include "fuzz.hpp"
#include "lua/evaluator.hpp"
#include "lua/script.hpp"

#include <algorithm>

// Any bytes are either Lua or not; nothing is run.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = rockstage::fuzz::text(data, size);
  const bool compiles = rockstage::lua::compiles_as_lua(input);
  const auto errors = rockstage::lua::check_syntax(input);
  const auto right = [](const auto& error) { return !error; };
  rockstage::fuzz::promise(!compiles || std::ranges::any_of(errors, right),
                           "what is Lua compiles in one of the Luas");
  return 0;
}
