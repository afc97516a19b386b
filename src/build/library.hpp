#pragma once
#include "base/result.hpp"
#include "elf/types.hpp"
#include "lua/types.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rockstage::build {

/// The ELF facts of a file; nullopt when it is none. Errc::io when it cannot be read.
Result<std::optional<elf::ElfFacts>> read_library(const std::string& path);

/// Whether the object runs on the processor that `target` (a triple) names; true for a triple
/// without a known one.
bool fits_machine(const elf::ElfFacts& facts, const std::string& target);

/// Whether `require(module)` finds its function in the object.
bool opens(const elf::ElfFacts& facts, const std::string& module, lua::Lua lua);

/// "luaopen_a, luaopen_b": those that it exports.
std::string exported_opens(const elf::ElfFacts& facts);

/// Empty when the object can be `module` for `lua`: it has its `luaopen_*`, or none at all (an FFI
/// library). Else "the library exports luaopen_x, module 'y' needs luaopen_y".
std::string open_complaint(const elf::ElfFacts& facts, const std::string& module, lua::Lua lua);

}  // namespace rockstage::build
