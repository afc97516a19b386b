#include "verify/rules/rust_classify.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace rockstage::verify {
namespace {

bool has_mark(const FileFacts& facts, std::string_view mark) {
  return std::ranges::find(facts.marks, mark) != facts.marks.end();
}

bool starts_any(const std::vector<std::string>& names, std::string_view prefix) {
  return std::ranges::any_of(names,
                             [&](const std::string& name) { return name.starts_with(prefix); });
}

/// LLVM as rustc brings it: libLLVM.so.22.1-rust-1.95.0-stable, libLLVM-17-rust-1.75.0-stable.so.
bool is_rust_llvm(std::string_view soname) {
  return soname.starts_with("libLLVM") && soname.find("-rust-") != std::string_view::npos;
}

}  // namespace

std::string rust_tool_by_name(std::string_view name) {
  constexpr std::array<std::string_view, 16> kTools = {"cargo",
                                                       "rustc",
                                                       "rustdoc",
                                                       "rustup",
                                                       "rustup-init",
                                                       "rustfmt",
                                                       "rust-gdb",
                                                       "rust-gdbgui",
                                                       "rust-lldb",
                                                       "rust-lld",
                                                       "rls",
                                                       "miri",
                                                       "rust-fmt",
                                                       "rust-objcopy",
                                                       "clippy-driver",
                                                       "rust-analyzer"};
  if (std::ranges::find(kTools, name) != kTools.end()) return std::string(name);
  if (name.starts_with("cargo-") && name.size() > 6 && name.find('.') == std::string_view::npos)
    return std::string(name);
  for (const std::string_view tool : {"cargo-", "rustc-", "rustdoc-"}) {
    if (!name.starts_with(tool) || name.size() == tool.size()) continue;
    if (name.find_first_not_of("0123456789.", tool.size()) == std::string_view::npos)
      return std::string(name);
  }
  return {};
}

std::string rust_tool_by_content(const FileFacts& facts) {
  for (const char* tool : {"cargo", "rustup", "rust-lld"})
    if (has_mark(facts, tool)) return tool;
  if (facts.elf == nullptr) return {};
  const auto& elf = facts.elf->facts;
  if (elf.soname.starts_with("librustc_driver")
      || starts_any(elf.exports, "rust_metadata_rustc_driver_"))
    return "librustc_driver, the Rust compiler's library";
  if (is_rust_llvm(elf.soname)) return "the Rust compiler's LLVM";
  if (starts_any(elf.needed, "librustc_driver")) return "a program of the Rust compiler";
  if (std::ranges::any_of(elf.needed, is_rust_llvm)) return "a linker of the Rust toolchain";
  return {};
}

std::string rust_residue(std::string_view name, const FileFacts* facts) {
  const auto content = facts == nullptr ? Content::binary : facts->content;
  if (content == Content::rust_metadata || name.ends_with(".rmeta"))
    return "is metadata of a crate, which only rustc reads";
  if (name.ends_with(".rlib") || (facts != nullptr && has_mark(*facts, "rust-library")))
    return "is a crate's library for rustc (rlib)";
  if (facts != nullptr && has_mark(*facts, "dep-info"))
    return "is a list of sources that cargo keeps (dep-info)";
  if (name == "Cargo.toml" || name == "Cargo.lock") return "is a description of a crate for cargo";
  if (name.ends_with(".rs") && (content == Content::text || content == Content::script))
    return "is Rust source code";
  if (facts == nullptr || facts->elf == nullptr) return {};
  const auto& exports = facts->elf->facts.exports;
  if (starts_any(exports, "__rustc_proc_macro_decls_"))
    return "is a procedural macro, which only rustc loads";
  if (starts_any(exports, "rust_metadata_")) return "is a Rust dylib, which only rustc links with";
  return {};
}

}  // namespace rockstage::verify
