#include "fuzz.hpp"
#include "lua/transfer.hpp"

// What a child process that was taken over by its rockspec might answer.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static_cast<void>(rockstage::lua::decode_evaluation(rockstage::fuzz::text(data, size), "input"));
  return 0;
}
