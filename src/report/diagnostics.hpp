#pragma once
#include "base/diagnostics.hpp"

#include <string>

namespace rockstage::report {

enum class Color { never, always };

/// "error: …", its `while …` lines and its hint, each escaped for a terminal and ended by a
/// newline.
std::string to_text(const Diagnostic& diagnostic, Color color);

}  // namespace rockstage::report
