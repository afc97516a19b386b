#pragma once
#include "base/result.hpp"
#include "emit/instruction.hpp"

#include <string>

namespace rockstage::emit {

/// A word for a POSIX shell: as it is where that is safe, else in quotes. An expansion stands in
/// double quotes.
std::string shell_word(const Text& word);

/// The command as shell text on one line. Errc::invalid_input for what a shell cannot be given
/// (NUL).
Result<std::string> shell_line(const ShellCommand& command);

}  // namespace rockstage::emit
