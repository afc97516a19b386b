#pragma once
#include "base/rules.hpp"

#include <span>

// Verify's rules by what they look at; all_rules() joins them with lint's and sorts.
namespace rockstage {

std::span<const RuleInfo> verify_elf_rules();
std::span<const RuleInfo> verify_image_rules();
std::span<const RuleInfo> verify_lua_rules();
std::span<const RuleInfo> verify_rust_rules();
std::span<const RuleInfo> verify_tree_rules();

}  // namespace rockstage
