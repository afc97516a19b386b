#include "base/rules_parts.hpp"

namespace rockstage {
namespace {

constexpr RuleInfo kRules[] = {
    {rules::build_backend_rock,
     Severity::error,
     "a build back-end of LuaRocks was left in the tree",
     "A rock such as luarocks-build-rust-mlua serves only to build other rocks and runs cargo "
     "when it is used. In a runtime image it is dead weight that invites builds there. Stage "
     "with rockstage build, which leaves it out, or remove the rock before the tree is copied."},
    {rules::c_toolchain,
     Severity::note,
     "a C compiler, linker or make is in the image",
     "The image is larger than it has to be, and whoever breaks in finds a compiler. Some base "
     "images bring one themselves, so this is a note; --strict makes it a warning. Install "
     "compilers in the builder stage only."},
    {rules::rust_build_residue,
     Severity::error,
     "sources or intermediate files of a Rust build ship",
     "Crates' sources, Cargo.toml, Cargo.lock, .rlib, .rmeta, dep-info and procedural macros "
     "are of use to cargo and rustc only. They show that a build directory was copied instead "
     "of its product. Copy only share/lua and lib/lua of the staged tree."},
    {rules::rust_environment,
     Severity::warning,
     "the image sets environment variables for cargo or rustup",
     "CARGO_HOME, RUSTUP_HOME or a PATH with cargo's bin directory come from a builder image "
     "that the final stage was made from. Start the final stage from the runtime image and "
     "copy the tree into it."},
    {rules::rust_in_lower_layer,
     Severity::error,
     "a part of the Rust toolchain was deleted in a later layer and still ships",
     "Layers only add: a file that `RUN rm` deletes is hidden, and every pull still downloads "
     "it from the layer below. The finding names the layer, its size and the instruction that "
     "made it. Build in a stage of its own and copy only the staged tree, or delete in the "
     "same RUN that installed."},
    {rules::rust_package,
     Severity::error,
     "the package database lists the Rust toolchain as installed",
     "Packages such as rustc, cargo, rustup or libstd-rust-dev are installed in the image. "
     "Databases of dpkg and apk are read; for rpm's the rule is not judged. Install them in "
     "the builder stage only, or purge them in the same RUN."},
    {rules::rust_provenance,
     Severity::note,
     "which library came from which rustc",
     "Libraries built by Rust say which compiler made them, and with cargo-auditable's section "
     "also from which crates. That helps when an advisory names a version of Rust or a crate. "
     "There is nothing to fix."},
    {rules::rust_toolchain,
     Severity::error,
     "a program of the Rust toolchain ships",
     "cargo, rustc, rustup, rust-lld and their kin are found by name and by content, so that a "
     "renamed copy is found too. A runtime image needs none of them: they are hundreds of "
     "megabytes, and a compiler for whoever breaks in. Build in a stage of its own and copy "
     "only the staged tree into the final stage."},
    {rules::rust_toolchain_directory,
     Severity::error,
     "a directory of cargo, rustup or rustc ships",
     "Registries of crates, rustup's toolchains, lib/rustlib and cargo's target directories "
     "hold what builds need, often gigabytes, and sometimes credentials. Build in a stage of "
     "its own, or in a cache mount, which is part of no layer."},
};

}  // namespace

std::span<const RuleInfo> verify_rust_rules() {
  return kRules;
}

}  // namespace rockstage
