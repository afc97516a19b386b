#include "base/rules_parts.hpp"

namespace rockstage {
namespace {

constexpr RuleInfo kRules[] = {
    {rules::artifact_mismatch,
     Severity::error,
     "a file of --expect is not at its destination, or has other bytes",
     "The image does not hold what was built and tested: the copy missed a file, or another "
     "build overwrote it. Copy share/lua and lib/lua of the very tree that --expect names, as "
     "the last step."},
    {rules::builder_path,
     Severity::warning,
     "a path of the build machine is in a file",
     "A library or script that carries /home/runner/.cargo/registry/… tells where it was "
     "built, cannot be reproduced elsewhere, and sometimes looks for files there. Build with "
     "path remapping and strip, as rockstage build does. Paths that Rust's own standard "
     "library carries do not count."},
    {rules::case_collision,
     Severity::warning,
     "two paths differ in case only",
     "On a file system that ignores case (macOS, Windows, some volumes) one of the two "
     "overwrites the other when the tree is copied. Rename one of them."},
    {rules::credential,
     Severity::error,
     "a password, token or private key ships",
     "Whoever can pull the image can read it, also where a later layer deletes it. Files of "
     "cargo, git, docker and netrc are looked into, private keys are known by their first "
     "line, and the environment and the history by the names of variables. Revoke the secret "
     "first; then hand it over with RUN --mount=type=secret or at run time."},
    {rules::empty_subject,
     Severity::error,
     "there is nothing to verify",
     "A check of nothing must not pass: an empty directory or archive usually means that a "
     "step before failed, or that a path is wrong. Name the tree or the image that was built."},
    {rules::file_mode,
     Severity::warning,
     "a mode that keeps the runtime from reading, or lets everybody write",
     "A module that the worker's user cannot read looks as if it were absent (module 'x' not "
     "found), since Lua's searchers only try to open it. It is an error where that user is "
     "known. Setuid and world-writable files are named too. Use 0644 for files and 0755 for "
     "directories, or COPY --chmod."},
    {rules::manifest_checksum,
     Severity::warning,
     "a file differs from the checksum in its rock_manifest",
     "LuaRocks noted the MD5 of every file that it installed, and this one was changed since. "
     "luarocks remove would leave it behind. Stage the rock again, and change files before "
     "they are staged."},
    {rules::manifest_missing_file,
     Severity::error,
     "LuaRocks lists a file that is not there",
     "The tree's manifest or a rock_manifest names a file, and the copy lacks it, so that "
     "require fails although luarocks list shows the rock. Stage the rock again, or copy the "
     "whole tree."},
    {rules::manifest_untracked,
     Severity::warning,
     "a file in the tree belongs to no rock",
     "The tree has a manifest, and this file is in none of its rocks: it was copied by hand, "
     "or an old version left it. Nothing will update or remove it. Stage it as part of a rock, "
     "or delete it."},
    {rules::module_missing,
     Severity::error,
     "a module that is demanded is not found, or does not fit",
     "--require MODULE says that the runtime must be able to load it. It is on no search path "
     "of the runtime (module 'x' not found), or it is there and another rule says why it will "
     "not load. Copy the tree to a place that the runtime searches."},
    {rules::not_judged,
     Severity::warning,
     "a rule could not be decided",
     "A check that was not made is no pass: the reason is a machine that has no scanner, a "
     "table outside the part of a file that is kept, or a fact about the target that is only "
     "assumed. Verify the image itself, or name it with --against IMAGE."},
    {rules::unexpected_file,
     Severity::warning,
     "a file that is neither a library, nor Lua, nor what LuaRocks keeps",
     "A tree is copied into images as it is, so objects, archives, sources, tests and editors' "
     "leftovers ship with it. With --strict this is an error. Leave such files out of the "
     "rock's install tables."},
    {rules::waiver_unused,
     Severity::warning,
     "a waiver of the policy matches nothing, or no longer counts",
     "What it waived was fixed, its rule or path is misspelt, or its date has passed. A waiver "
     "that nobody needs hides the next finding of that kind. Remove it, or renew it with a "
     "reason."},
    {rules::wrong_version_directory,
     Severity::error,
     "a rock lies only in directories that the runtime never searches",
     "LuaJIT and Lua 5.1 search share/lua/5.1 and lib/lua/5.1, Lua 5.4 searches 5.4, and so "
     "on: a module below another version is not found (module 'x' not found). Build it for the "
     "Lua of the runtime."},
};

}  // namespace

std::span<const RuleInfo> verify_tree_rules() {
  return kRules;
}

}  // namespace rockstage
