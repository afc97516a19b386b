#pragma once
#include "base/result.hpp"
#include "elf/types.hpp"

#include <string_view>

namespace rockstage::elf {

/// True when the bytes begin with the ELF magic.
bool looks_like_elf(std::string_view bytes);

/// Reads `bytes` as ELF. Errc::invalid_input when it is no ELF at all; a table that lies outside
/// the file is noted in `ElfFacts::damage` and the rest is read on, so that one bad table never
/// hides the others.
Result<ElfFacts> read_elf(std::string_view bytes);

}  // namespace rockstage::elf
