#pragma once
#include "verify/facts.hpp"

#include <string>
#include <string_view>

namespace rockstage::verify {

/// The tool of the Rust toolchain that an executable of that name is ("cargo", "cargo-clippy",
/// "rustc-1.78"); empty for other names.
std::string rust_tool_by_name(std::string_view name);

/// The tool of the Rust toolchain that a file is by what is in it; empty when it is none.
std::string rust_tool_by_content(const FileFacts& facts);

/// What a build with Rust leaves behind: "a crate's library for rustc (.rlib)"; empty for other
/// files. `facts` may be nullptr.
std::string rust_residue(std::string_view name, const FileFacts* facts);

}  // namespace rockstage::verify
