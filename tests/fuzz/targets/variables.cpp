#include "rock/variables.hpp"

#include "fuzz.hpp"

// `$(NAME)` in any text.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  rockstage::Diagnostics diagnostics;
  const auto out = rockstage::rock::substitute(rockstage::fuzz::text(data, size),
                                               {{"CC", "gcc"}, {"PREFIX", "$(CC)"}},
                                               "input",
                                               diagnostics);
  rockstage::fuzz::promise(out.size() <= size * 5, "what is filled in is not filled in again");
  return 0;
}
