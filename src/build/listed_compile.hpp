#pragma once
#include "cargo/compile.hpp"
#include "elf/crate_object.hpp"

#include <string>
#include <vector>

namespace rockstage::build {

/// The crates as `.dep-v0` lists them, sorted by name, version and source; `root` is the package id
/// of the one that is the library.
std::vector<elf::ListedCrate> crate_list(const std::vector<cargo::CompiledCrate>& crates,
                                         const std::string& root);

/// Compiles the step with a list of its crates linked into the library (`.dep-v0`, the
/// cargo-auditable format), where elf::crate_object() knows the processor. The list is made from
/// the resolved graph before the link and compared with cargo's messages after it; where they
/// differ, the library is linked again with what the messages say. The crates of the outcome hold
/// what graph and lock file know. Errors as cargo::compile() and cargo::resolve_crates().
Result<cargo::CompileOutcome> compile_listed(const cargo::CompileStep& step,
                                             Io& io,
                                             Diagnostics& diagnostics);

}  // namespace rockstage::build
