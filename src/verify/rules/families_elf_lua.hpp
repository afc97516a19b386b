#pragma once
#include "verify/context.hpp"

#include <span>

namespace rockstage::verify {

/// The families of the elf and lua rules (rules/elf_lua_all.cpp); rule_families() has them too.
std::span<const RuleFamily> elf_lua_families();

}  // namespace rockstage::verify
