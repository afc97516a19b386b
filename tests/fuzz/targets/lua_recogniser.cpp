#include "fuzz.hpp"
#include "lua/evaluator.hpp"
#include "lua/later_syntax.hpp"

// Any bytes are either Lua or not; nothing is run.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = rockstage::fuzz::text(data, size);
  static_cast<void>(rockstage::lua::compiles_as_lua(input));
  const auto plain = rockstage::lua::without_later_syntax(input);
  rockstage::fuzz::promise(plain.size() <= 4 * size + 64, "the rewritten text stays in proportion");
  return 0;
}
