#pragma once
#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::elf {

/// A crate as it stands in `.dep-v0` (cargo-auditable.schema.json).
struct ListedCrate {
  std::string name, version;
  std::string source;                     ///< "crates.io", "git", "local", "registry"
  bool build_only = false;                ///< a build script or procedural macro, or only for one
  bool root = false;                      ///< the crate that the object is
  std::vector<std::size_t> dependencies;  ///< positions in the list, ascending

  bool operator==(const ListedCrate&) const = default;
};

/// The hidden symbol at the list, as cargo-auditable names it.
inline constexpr const char* kCrateSymbol = "AUDITABLE_VERSION_INFO";

/// Whether crate_object() knows this processor (the first part of a triple).
bool has_crate_object(std::string_view target);

/// The smallest relocatable object that puts the list, as JSON in a zlib stream, into the section
/// `.dep-v0` of whatever it is linked into. The section is not loaded at run time; what is linked
/// must name kCrateSymbol (`-u`), or GNU ld drops it as unused. Equal lists give equal bytes.
/// Errc::usage for an unknown processor.
Result<std::string> crate_object(std::string_view target, const std::vector<ListedCrate>& crates);

}  // namespace rockstage::elf
