#pragma once
#include "base/finding.hpp"

#include <span>
#include <string_view>

namespace rockstage {

/// Public names of rules; they never change meaning (docs/commands/lint.md,
/// docs/commands/verify.md, docs/commands/smoke.md).
namespace rules {
inline constexpr const char* archive_ambiguous = "archive-ambiguous";
inline constexpr const char* archive_path = "archive-path";
inline constexpr const char* artifact_mismatch = "artifact-mismatch";
inline constexpr const char* build_backend_rock = "build-backend-rock";
inline constexpr const char* builder_path = "builder-path";
inline constexpr const char* c_toolchain = "c-toolchain";
inline constexpr const char* case_collision = "case-collision";
inline constexpr const char* credential = "credential";
inline constexpr const char* elf_cpu_level = "elf-cpu-level";
inline constexpr const char* elf_debug_info = "elf-debug-info";
inline constexpr const char* elf_executable_stack = "elf-executable-stack";
inline constexpr const char* elf_glibc_version = "elf-glibc-version";
inline constexpr const char* elf_libc = "elf-libc";
inline constexpr const char* elf_machine = "elf-machine";
inline constexpr const char* elf_malformed = "elf-malformed";
inline constexpr const char* elf_needed = "elf-needed";
inline constexpr const char* elf_no_dlopen = "elf-no-dlopen";
inline constexpr const char* elf_runpath = "elf-runpath";
inline constexpr const char* elf_static_tls = "elf-static-tls";
inline constexpr const char* elf_text_relocation = "elf-text-relocation";
inline constexpr const char* elf_undefined_symbol = "elf-undefined-symbol";
inline constexpr const char* elf_unstripped = "elf-unstripped";
inline constexpr const char* elf_writable_code = "elf-writable-code";
inline constexpr const char* empty_subject = "empty-subject";
inline constexpr const char* ffi_library_unused = "ffi-library-unused";
inline constexpr const char* ffi_symbol = "ffi-symbol";
inline constexpr const char* file_mode = "file-mode";
inline constexpr const char* image_config = "image-config";
inline constexpr const char* image_digest = "image-digest";
inline constexpr const char* image_engine_difference = "image-engine-difference";
inline constexpr const char* image_layer_order = "image-layer-order";
inline constexpr const char* image_user = "image-user";
inline constexpr const char* lua_abi = "lua-abi";
inline constexpr const char* lua_embedded_vm = "lua-embedded-vm";
inline constexpr const char* lua_linked_vm = "lua-linked-vm";
inline constexpr const char* lua_module_shadowed = "lua-module-shadowed";
inline constexpr const char* lua_module_unreachable = "lua-module-unreachable";
inline constexpr const char* lua_open_symbol = "lua-open-symbol";
inline constexpr const char* lua_panic_abort = "lua-panic-abort";
inline constexpr const char* lua_require = "lua-require";
inline constexpr const char* lua_syntax = "lua-syntax";
inline constexpr const char* manifest_checksum = "manifest-checksum";
inline constexpr const char* manifest_missing_file = "manifest-missing-file";
inline constexpr const char* manifest_untracked = "manifest-untracked";
inline constexpr const char* module_missing = "module-missing";
inline constexpr const char* not_judged = "not-judged";
inline constexpr const char* platform_absent = "platform-absent";
inline constexpr const char* rock_build_script = "rock-build-script";
inline constexpr const char* rock_install_key = "rock-install-key";
inline constexpr const char* rock_licence = "rock-licence";
inline constexpr const char* rock_lock_file = "rock-lock-file";
inline constexpr const char* rock_lua_feature = "rock-lua-feature";
inline constexpr const char* rock_panic_abort = "rock-panic-abort";
inline constexpr const char* rock_swallowed_failure = "rock-swallowed-failure";
inline constexpr const char* rock_toolchain = "rock-toolchain";
inline constexpr const char* rock_unlocked_cargo = "rock-unlocked-cargo";
inline constexpr const char* rock_vendored_lua = "rock-vendored-lua";
inline constexpr const char* rust_build_residue = "rust-build-residue";
inline constexpr const char* rust_environment = "rust-environment";
inline constexpr const char* rust_in_lower_layer = "rust-in-lower-layer";
inline constexpr const char* rust_package = "rust-package";
inline constexpr const char* rust_provenance = "rust-provenance";
inline constexpr const char* rust_toolchain = "rust-toolchain";
inline constexpr const char* rust_toolchain_directory = "rust-toolchain-directory";
inline constexpr const char* smoke_crash = "smoke-crash";
inline constexpr const char* smoke_load = "smoke-load";
inline constexpr const char* smoke_script = "smoke-script";
inline constexpr const char* smoke_skipped = "smoke-skipped";
inline constexpr const char* unexpected_file = "unexpected-file";
inline constexpr const char* waiver_unused = "waiver-unused";
inline constexpr const char* wrong_version_directory = "wrong-version-directory";
}  // namespace rules

/// A rule: its default severity, one line on what it finds, and why it matters and how to fix it.
struct RuleInfo {
  const char* name;
  Severity severity;
  const char* summary;
  const char* explanation;
};

/// Every rule, sorted by name.
std::span<const RuleInfo> all_rules();

/// nullptr when there is no such rule.
const RuleInfo* find_rule(std::string_view name);

}  // namespace rockstage
