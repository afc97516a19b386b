#include "base/rules.hpp"

#include "base/rules_parts.hpp"

#include <algorithm>
#include <vector>

namespace rockstage {
namespace {

constexpr RuleInfo kRules[] = {
    {rules::rock_build_script,
     Severity::note,
     "a build script reads git or the time",
     "What such a script puts into the library differs from build to build, so the artifact cannot "
     "be reproduced. Take the "
     "values from SOURCE_DATE_EPOCH and from the rockspec instead."},
    {rules::rock_install_key,
     Severity::warning,
     "an install.lib key that LuaRocks would ignore",
     "For anything but a .lua file LuaRocks takes only the directory from a key and keeps the "
     "file's own name, so `require` of "
     "the key fails. Name the file as the module, or let rockstage stage it under the key."},
    {rules::rock_licence,
     Severity::note,
     "no licence in the rockspec, or no licence file",
     "Whoever ships the image has to know under which terms. Set description.license and add the "
     "licence's text."},
    {rules::rock_lock_file,
     Severity::warning,
     "no Cargo.lock, or one that --locked would refuse",
     "Without a lock file every build takes the newest crates of the day. Run `cargo "
     "generate-lockfile` (or `cargo update "
     "--workspace` for a stale one) and commit Cargo.lock."},
    {rules::rock_lua_feature,
     Severity::error,
     "the crate has no feature for the Lua asked for, or fixes another",
     "mlua is compiled for exactly one Lua; a module for another one does not load. Give the crate "
     "a feature such as luajit = "
     "[\"mlua/luajit\"], or build for a Lua that it has."},
    {rules::rock_panic_abort,
     Severity::warning,
     "a native module for LuaJIT whose profile aborts on panic",
     "With panic = \"abort\" the first Lua error that passes through the module kills the worker. "
     "The build overrides it; "
     "remove it from the profile, so that other builders do not fall into it."},
    {rules::rock_swallowed_failure,
     Severity::warning,
     "a command whose failed copy would be lost",
     "In `a && b; c` only the last command's status counts, so a failed copy gives a rock with "
     "files missing. Join the "
     "commands with && or start with `set -e`."},
    {rules::rock_toolchain,
     Severity::error,
     "a toolchain that is not installed, or a Rust newer than the one here",
     "cargo would fail after it has downloaded everything. Install the toolchain that the project "
     "pins, or a Rust that is new "
     "enough for its rust-version."},
    {rules::rock_unlocked_cargo,
     Severity::note,
     "a command that calls `cargo build` without --locked",
     "rockstage adds --locked, other builders do not: the same commit then builds with other "
     "crates. Write it into the "
     "command."},
    {rules::rock_vendored_lua,
     Severity::error,
     "a Lua would be linked into the module",
     "A module with a Lua of its own crashes in the host's, or shares no state with it. Turn "
     "mlua's `module` feature on and "
     "`vendored` off."},
    {rules::smoke_crash,
     Severity::error,
     "loading a module ends or hangs the process",
     "A signal, an exit or an endless wait takes the whole worker with it, and pcall cannot catch "
     "it. Usual causes: a module built for another Lua, a Rust panic that leaves a C function, "
     "instructions that the processor lacks, a call of exit. The finding says which it was."},
    {rules::smoke_load,
     Severity::error,
     "a module does not load",
     "require fails in the real Lua: the file cannot be found or read, the loader lacks a library, "
     "a symbol or a version, or the module's own code raises an error. The finding has Lua's words "
     "and says what they mean."},
    {rules::smoke_script,
     Severity::error,
     "the project's smoke script fails",
     "Every module may load and still not work: the script that the project brings, or the code of "
     "--eval, raised an error or ended with another status than 0. The finding has its message."},
    {rules::smoke_skipped,
     Severity::warning,
     "a module that could not be tried here",
     "An FFI library is loaded by its Lua wrapper, and no module of the tree names this one; or "
     "the "
     "module needs what only a gateway has (ngx, resty.core). Stage the wrapper, or load it where "
     "its host is: rockstage smoke --nginx, --image."},
};

std::vector<RuleInfo> joined_and_sorted() {
  std::vector<RuleInfo> rules(std::begin(kRules), std::end(kRules));
  for (const auto part : {verify_elf_rules(),
                          verify_image_rules(),
                          verify_lua_rules(),
                          verify_rust_rules(),
                          verify_tree_rules()})
    rules.insert(rules.end(), part.begin(), part.end());
  std::ranges::sort(rules, {}, [](const RuleInfo& rule) { return std::string_view(rule.name); });
  return rules;
}

}  // namespace

std::span<const RuleInfo> all_rules() {
  static const std::vector<RuleInfo> kAll = joined_and_sorted();
  return kAll;
}

const RuleInfo* find_rule(std::string_view name) {
  for (const auto& rule : all_rules())
    if (name == rule.name) return &rule;
  return nullptr;
}

}  // namespace rockstage
