#pragma once
#include "build/build.hpp"
#include "build/places.hpp"
#include "build/work_copy.hpp"
#include "cargo/compile.hpp"

#include <string>
#include <vector>

namespace rockstage::build {

/// A staged library, and the crates that are in it.
struct RustLibrary {
  std::string module;
  std::string path;                 ///< in the rock directory: "lib/textkit/core.so"
  std::vector<std::string> crates;  ///< package ids, those for the build only left out
};

/// What cargo built for one variant, for the record.
struct RustOutcome {
  std::vector<cargo::CompiledCrate> crates;
  std::vector<RustLibrary> libraries;
  std::vector<std::string> linked_libraries;
};

/// What is to be compiled, and where it goes.
struct RustJob {
  const plan::Plan& plan;
  const plan::Variant& variant;
  const Places& places;
  const WorkCopy* copy =
      nullptr;  ///< the sources' copy that is compiled; nullptr: the sources themselves
};

/// Compiles the variant's libraries with cargo and puts those that cargo names into the rock
/// directory, each checked to be for the target and to have its module's `luaopen_*`. `panic =
/// "abort"` of a native module is overridden where a Lua error would end the process.
/// Errc::subprocess as cargo::compile; Errc::invalid_input: no such library, other machine, no
/// `luaopen_*`.
Result<RustOutcome> build_libraries(const RustJob& job, RunContext& context);

}  // namespace rockstage::build
