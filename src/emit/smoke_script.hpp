#pragma once
#include "base/result.hpp"
#include "emit/image.hpp"

#include <string>
#include <string_view>

namespace rockstage::emit {

/// Where the modules of a smoke test lie: directories of Lua files and of native modules.
struct SmokePlace {
  std::string lua, so;
};

/// A text as a Lua string of every version, in single quotes: printable ASCII without `"`, `$` and
/// `<`, which the tools that carry the code would read otherwise.
std::string lua_text(std::string_view text);

/// The smoke test on one line of printable ASCII without `$`, with the modules at `place`.
/// Errc::invalid_input when a template of one's own cannot be put there, and when the text is too
/// long for the line of a Dockerfile.
Result<std::string> smoke_code_at(const Image& image,
                                  const Templates& templates,
                                  const SmokePlace& place);

}  // namespace rockstage::emit
