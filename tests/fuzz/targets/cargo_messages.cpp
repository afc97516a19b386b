#include "cargo/compile.hpp"
#include "fuzz.hpp"

using rockstage::fuzz::promise;

// Lines that cargo, or a build script in its place, may print.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  rockstage::cargo::MessageReader reader;
  auto rest = rockstage::fuzz::text(data, size);
  std::size_t messages = 0;
  while (!rest.empty())
    if (reader.line(rockstage::fuzz::next_line(rest))) ++messages;
  promise(reader.crates_done() <= messages, "no more crates than messages");
  promise(reader.cdylibs().size() <= size, "no more libraries than bytes");
  static_cast<void>(reader.crates());
  return 0;
}
