#include "fuzz.hpp"
#include "lua/literal.hpp"

using rockstage::fuzz::promise;

// What the reader takes, the writer can write, and what is written is read as the same. A carriage
// return is the exception: LuaRocks writes it into a long string as it is, and Lua reads it as a
// newline.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace lua = rockstage::lua;
  const auto input = rockstage::fuzz::text(data, size);
  if (const auto table = lua::parse_assignments(input, "input")) {
    const auto written = lua::write_assignments(*table);
    const auto again = lua::parse_assignments(written, "written");
    promise(!again || written.find('\r') != std::string::npos
                || lua::write_assignments(*again) == written,
            "assignments are stable");
  }
  if (const auto table = lua::parse_return(input, "input")) {
    const auto written = lua::write_return(*table);
    const auto again = lua::parse_return(written, "written");
    promise(again.has_value(), "a written module file can be read");
    promise(written.find('\r') != std::string::npos || lua::write_return(*again) == written,
            "a module file is stable");
  }
  return 0;
}
