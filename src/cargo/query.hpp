#pragma once
#include "sys/io.hpp"

#include <string>
#include <vector>

namespace rockstage::cargo {

/// Runs cargo or rustc to answer a question (`--version`, `metadata`, `--print`) as `directory`
/// gets them: quietly, output collected, rustup kept from downloading anything. One that ends badly
/// is a value.
Result<sys::ProcessResult> ask(std::vector<std::string> argv, const std::string& directory, Io& io);

/// The first `error: …` line of what cargo, rustc or rustup said, without the prefix; else the
/// first line that is not empty; at most 300 bytes of it.
std::string first_error(std::string_view output);

}  // namespace rockstage::cargo
