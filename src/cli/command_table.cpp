#include "cli/command_table.hpp"

#include "base/text.hpp"
#include "cli/commands/commands.hpp"

#include <fmt/format.h>

namespace rockstage::cli {
namespace {

using Shape = OptionSpec::Shape;
using From = OptionSpec::From;

constexpr OptionSpec kTree = {.name = "tree",
                              .value = "DIR",
                              .shape = Shape::single,
                              .help = "the LuaRocks tree",
                              .from = From::command_line};
constexpr OptionSpec kStagedTree = {
    .name = "tree",
    .value = "DIR",
    .shape = Shape::single,
    .help = "the LuaRocks tree to stage into; `{lua}` and `{target}` in it give each its own tree",
    .from = From::command_line};
constexpr OptionSpec kPorcelain = {.name = "porcelain",
                                   .help = "output for programs, as LuaRocks prints it",
                                   .from = From::command_line};
constexpr OptionSpec kLua = {
    .name = "lua",
    .value = "LUA",
    .shape = Shape::list,
    .help = "luajit, openresty, 5.1, 5.2, 5.3, 5.4 or 5.5; repeatable or comma-separated",
    .alias = "lua-version",
    .fallback = "luajit"};
constexpr OptionSpec kTarget = {.name = "target",
                                .value = "TRIPLE",
                                .shape = Shape::list,
                                .help = "Rust target; repeatable; default the host"};
constexpr OptionSpec kProfile = {
    .name = "profile",
    .value = "NAME",
    .shape = Shape::single,
    .help = "cargo profile; default what the rock names, else release"};
constexpr OptionSpec kFeatures = {.name = "features",
                                  .letter = 'F',
                                  .value = "LIST",
                                  .shape = Shape::list,
                                  .help = "cargo features, comma-separated"};
constexpr OptionSpec kNoDefaultFeatures = {.name = "no-default-features",
                                           .help = "leave the crate's default features off"};
constexpr OptionSpec kAllFeatures = {.name = "all-features",
                                     .help = "turn every feature of the crate on"};
constexpr OptionSpec kPackage = {.name = "package",
                                 .letter = 'p',
                                 .value = "NAME",
                                 .shape = Shape::single,
                                 .help = "package of a cargo workspace",
                                 .from = From::command_line};
constexpr OptionSpec kManifestPath = {.name = "manifest-path",
                                      .value = "FILE",
                                      .shape = Shape::single,
                                      .help = "the crate's Cargo.toml, relative to SOURCE",
                                      .from = From::command_line};
constexpr OptionSpec kLocked = {.name = "locked",
                                .help = "fail when Cargo.lock is missing or not up to date"};
constexpr OptionSpec kOffline = {.name = "offline", .help = "cargo and downloads use no network"};
constexpr OptionSpec kFrozen = {.name = "frozen", .help = "--locked and --offline"};
constexpr OptionSpec kVar = {
    .name = "var",
    .value = "NAME=VALUE",
    .shape = Shape::repeat,
    .help = "a rockspec variable, as `luarocks make NAME=VALUE`; repeatable",
    .from = From::command_line};
constexpr OptionSpec kCacheDir = {.name = "cache-dir",
                                  .value = "DIR",
                                  .shape = Shape::single,
                                  .help = "default $XDG_CACHE_HOME/rockstage"};
constexpr OptionSpec kTargetDir = {.name = "target-dir",
                                   .value = "DIR",
                                   .shape = Shape::single,
                                   .help =
                                       "where cargo compiles; default one kept in the cache "
                                       "directory for each source, Lua, target and profile"};
constexpr std::size_t kManyArguments = 100'000;
constexpr const char* kNoServers =
    "rock servers are not there yet: build each rock from its sources";
constexpr const char* kNoCache =
    "the artifact cache is not there yet; cargo's own target directory is kept";

constexpr OptionSpec kBuildOptions[] = {
    kStagedTree,
    kLua,
    kTarget,
    kProfile,
    kTargetDir,
    kFeatures,
    kNoDefaultFeatures,
    kAllFeatures,
    kPackage,
    kManifestPath,
    kLocked,
    kOffline,
    kFrozen,
    {.name = "jobs",
     .letter = 'j',
     .value = "N",
     .shape = Shape::single,
     .help = "parallel jobs of cargo; default one for each processor"},
    kVar,
    {.name = "doc", .help = "stage the default documents too"},
    {.name = "keep", .help = "keep other installed versions of the rock"},
    kCacheDir,
    {.name = "dry-run", .help = "print the plan and stop", .from = From::command_line},
    {.name = "deps-mode",
     .value = "none|one|order|all",
     .shape = Shape::single,
     .help = "how dependencies are found; until there are rock servers only `none`",
     .fallback = "none"},
    {.name = "only-deps", .help = "install dependencies only", .later = kNoServers},
    {.name = "server",
     .value = "URL",
     .shape = Shape::list,
     .help = "rock server",
     .later = kNoServers},
    {.name = "only-server",
     .value = "URL",
     .shape = Shape::single,
     .help = "the only rock server",
     .later = kNoServers},
    {.name = "lockfile",
     .value = "FILE",
     .shape = Shape::single,
     .help = "rockstage.lock",
     .later = kNoServers},
    {.name = "vendor-dir",
     .value = "DIR",
     .shape = Shape::single,
     .help = "vendored rocks",
     .later = kNoServers},
    {.name = "no-cache", .help = "do without the artifact cache", .later = kNoCache},
    {.name = "sccache",
     .help = "compile through sccache",
     .later = "set RUSTC_WRAPPER=sccache, which cargo honours here as elsewhere"},
    {.name = "verify-reproducible",
     .help = "build twice and compare",
     .later = "build twice with two --target-dir and compare the trees with diff -r"},
};

constexpr OptionSpec kListOptions[] = {kTree, kPorcelain};
constexpr OptionSpec kShowOptions[] = {kTree, kPorcelain};
constexpr OptionSpec kRemoveOptions[] = {
    kTree,
    {.name = "force", .help = "although other rocks depend on it", .from = From::command_line},
};
constexpr OptionSpec kPurgeOptions[] = {kTree};
constexpr OptionSpec kOneLua = {.name = "lua",
                                .value = "LUA",
                                .shape = Shape::single,
                                .help = "the Lua whose directories are meant",
                                .alias = "lua-version",
                                .fallback = "luajit"};
constexpr OptionSpec kPathOptions[] = {kTree, kOneLua};
constexpr OptionSpec kFormat = {
    .name = "format",
    .value = "FORM[=FILE]",
    .shape = Shape::repeat,
    .help = "text, json, junit, sarif or github; with =FILE into a file; repeatable",
    .fallback = "text",
    .from = From::environment};
constexpr OptionSpec kFailOn = {.name = "fail-on",
                                .value = "error|warning|note|never",
                                .shape = Shape::single,
                                .help = "what exit code 3 needs",
                                .fallback = "error",
                                .from = From::environment};
constexpr OptionSpec kLintOptions[] = {
    {.name = "lua",
     .value = "LUA",
     .shape = Shape::list,
     .help = "for which Lua; repeatable or comma-separated",
     .alias = "lua-version",
     .fallback = "luajit",
     .from = From::environment},
    {.name = "target",
     .value = "TRIPLE",
     .shape = Shape::list,
     .help = "Rust target; repeatable; default the host",
     .from = From::environment},
    {.name = "profile",
     .value = "NAME",
     .shape = Shape::single,
     .help = "cargo profile",
     .from = From::environment},
    {.name = "features",
     .letter = 'F',
     .value = "LIST",
     .shape = Shape::list,
     .help = "cargo features, comma-separated",
     .from = From::environment},
    {.name = "no-default-features",
     .help = "leave the crate's default features off",
     .from = From::environment},
    kPackage,
    kManifestPath,
    kFormat,
    kFailOn,
};
constexpr OptionSpec kVerifyOptions[] = {
    {.name = "runtime",
     .value = "NAME",
     .shape = Shape::list,
     .help = "the profile to judge by, or `all`: where does this load? repeatable; default the one "
             "found in an image, for a tree the generic one of its Lua",
     .from = From::environment},
    {.name = "runtime-file",
     .value = "FILE",
     .shape = Shape::single,
     .help = "profiles of one's own, in the form of docs/formats/runtimes.schema.json",
     .from = From::environment},
    {.name = "lua",
     .value = "LUA",
     .shape = Shape::single,
     .help = "which Lua, where the profile leaves it open",
     .alias = "lua-version",
     .from = From::environment},
    {.name = "against",
     .value = "SUBJECT",
     .shape = Shape::single,
     .help = "resolve libraries, glibc versions and Lua symbols in this root or image",
     .from = From::environment},
    {.name = "base",
     .value = "SUBJECT",
     .shape = Shape::single,
     .help = "the base image: what it brought itself becomes a note, Rust excepted",
     .from = From::environment},
    {.name = "require",
     .value = "MODULE",
     .shape = Shape::list,
     .help = "this module must be there and fit; repeatable",
     .from = From::environment},
    {.name = "expect",
     .value = "TREE|TARBALL",
     .shape = Shape::single,
     .help = "each of its files is at its destination with the same bytes",
     .from = From::environment},
    {.name = "platform",
     .value = "OS/ARCH",
     .shape = Shape::single,
     .help = "of an image, default all that are present; of a tree, default its own",
     .from = From::environment},
    kFormat,
    kFailOn,
    {.name = "policy",
     .value = "FILE",
     .shape = Shape::single,
     .help = "severities and waivers (docs/formats/policy.schema.json)",
     .from = From::environment},
    {.name = "rule",
     .value = "ID=error|warning|note|off",
     .shape = Shape::list,
     .help = "the severity of a rule; repeatable",
     .from = From::environment},
    {.name = "strict",
     .help = "only .so and .lua may be there; a C compiler is a warning",
     .from = From::environment},
    {.name = "prefix",
     .value = "DIR",
     .shape = Shape::single,
     .help = "where a bare tree will stand",
     .fallback = "/usr/local",
     .from = From::environment},
    {.name = "max-entries",
     .value = "N",
     .shape = Shape::single,
     .help = "stop at more members than this",
     .fallback = "2000000",
     .from = From::environment},
    {.name = "max-bytes",
     .value = "SIZE",
     .shape = Shape::single,
     .help = "stop at more uncompressed bytes than this, e.g. 100G",
     .fallback = "64G",
     .from = From::environment},
    {.name = "max-ratio",
     .value = "N",
     .shape = Shape::single,
     .help = "stop where a compressed byte becomes more bytes than this",
     .fallback = "200",
     .from = From::environment},
    {.name = "jobs",
     .letter = 'j',
     .value = "N",
     .shape = Shape::single,
     .help = "threads; default one for each processor",
     .from = From::environment},
    {.name = "list-rules", .help = "the rules", .from = From::command_line},
    {.name = "explain",
     .value = "RULE",
     .shape = Shape::single,
     .help = "why a rule matters, and how to fix what it finds",
     .from = From::command_line},
};
constexpr OptionSpec kConfigOptions[] = {
    {.name = "show-origin", .help = "say where each value came from", .from = From::command_line},
};
constexpr OptionSpec kHelpOptions[] = {
    {.name = "man", .help = "the manual page, as troff", .from = From::command_line},
};

constexpr OptionSpec kGlobalOptions[] = {
    {.name = "json", .help = "one JSON record on stdout", .from = From::command_line},
    {.name = "directory",
     .letter = 'C',
     .value = "DIR",
     .shape = Shape::single,
     .help = "work in DIR",
     .from = From::command_line},
    {.name = "quiet", .letter = 'q', .help = "no progress, no notes"},
    {.name = "verbose", .letter = 'v', .help = "say more"},
    {.name = "color",
     .value = "auto|always|never",
     .shape = Shape::single,
     .help = "colours on stderr",
     .fallback = "auto"},
    {.name = "isolated",
     .help = "read no configuration file and no ROCKSTAGE_* variable",
     .from = From::command_line},
    {.name = "version", .letter = 'V', .help = "print the version", .from = From::command_line},
    {.name = "help", .letter = 'h', .help = "print help", .from = From::command_line},
};

constexpr CommandSpec kCommands[] = {
    {.name = "build",
     .summary = "build a rock and stage it into a tree",
     .usage = "[SOURCE] --tree DIR [options]",
     .max_arguments = 1,
     .options = kBuildOptions,
     .handler = &command_build},
    {.name = "install",
     .summary = "the same as build NAME",
     .usage = "SOURCE --tree DIR [options]",
     .max_arguments = 2,
     .options = kBuildOptions,
     .handler = &command_install},
    {.name = "make",
     .summary = "the same as build . (or of the rockspec named)",
     .usage = "[ROCKSPEC] --tree DIR [options]",
     .max_arguments = 1,
     .options = kBuildOptions,
     .handler = &command_build},
    {.name = "lint",
     .summary = "what will go wrong before anything is built",
     .usage = "[SOURCE] [options]",
     .max_arguments = 1,
     .options = kLintOptions,
     .handler = &command_lint},
    {.name = "verify",
     .summary = "prove that a tree or image is free of Rust and will load",
     .usage = "SUBJECT [options]",
     .max_arguments = 1,
     .options = kVerifyOptions,
     .handler = &command_verify},
    {.name = "inspect",
     .summary = "what a .so is: machine, libc, Lua, Rust",
     .usage = "FILE…",
     .max_arguments = kManyArguments,
     .handler = &command_inspect},
    {.name = "list",
     .summary = "the rocks in a tree",
     .usage = "[FILTER] --tree DIR [--porcelain]",
     .max_arguments = 1,
     .options = kListOptions,
     .handler = &command_list},
    {.name = "show",
     .summary = "one rock in a tree",
     .usage = "ROCK [VERSION] --tree DIR [--porcelain]",
     .max_arguments = 2,
     .options = kShowOptions,
     .handler = &command_show},
    {.name = "remove",
     .summary = "remove a rock from a tree",
     .usage = "ROCK [VERSION] --tree DIR [--force]",
     .max_arguments = 2,
     .options = kRemoveOptions,
     .handler = &command_remove},
    {.name = "purge",
     .summary = "remove every rock from a tree",
     .usage = "--tree DIR",
     .options = kPurgeOptions,
     .handler = &command_purge},
    {.name = "path",
     .summary = "the search paths of a tree, for eval in a shell",
     .usage = "--tree DIR [--lua LUA]",
     .options = kPathOptions,
     .handler = &command_path},
    {.name = "run",
     .summary = "run a command with the search paths of a tree",
     .usage = "--tree DIR [--lua LUA] -- COMMAND…",
     .options = kPathOptions,
     .handler = &command_run},
    {.name = "config",
     .summary = "the effective options",
     .usage = "[--show-origin]",
     .options = kConfigOptions,
     .handler = &command_config},
    {.name = "completion",
     .summary = "a completion script",
     .usage = "bash|zsh|fish",
     .max_arguments = 1,
     .handler = &command_completion},
    {.name = "help",
     .summary = "help on a command",
     .usage = "[COMMAND]",
     .max_arguments = 1,
     .options = kHelpOptions,
     .handler = &command_help},
    {.name = "smoke",
     .summary = "load every module in a minimal Lua",
     .usage = "[SUBJECT]",
     .later = "load each module with `rockstage run --tree DIR -- luajit -e 'require \"MODULE\"'`"},
    {.name = "dockerfile",
     .summary = "write a multi-stage Dockerfile",
     .usage = "[SOURCE] --runtime NAME",
     .later = "run `rockstage build` in a builder stage and COPY the tree"},
    {.name = "export",
     .summary = "write a reproducible archive",
     .usage = "TREE --output FILE",
     .later = "pack the tree with `tar -C DIR -cf FILE share lib`"},
    {.name = "cache",
     .summary = "the artifact cache",
     .usage = "list|size|clear|prune|verify",
     .later = kNoCache},
    {.name = "init",
     .summary = "write a rockstage.yaml",
     .usage = "",
     .later = "write one after docs/formats/project.schema.json"},
    {.name = "doctor",
     .summary = "what is here and what is missing",
     .usage = "",
     .later = "`rockstage lint` names what a build would miss"},
    {.name = "update", .summary = "update the lock file", .usage = "", .later = kNoServers},
    {.name = "vendor",
     .summary = "vendor dependencies",
     .usage = "",
     .later = "use `cargo vendor` for crates"},
    {.name = "publish", .summary = "upload a rock", .usage = "", .later = "use `luarocks upload`"},
    {.name = "package", .summary = "pack a rock", .usage = "", .later = "use `luarocks pack`"},
    {.name = "test",
     .summary = "run a rock's tests",
     .usage = "",
     .later = "run them with `rockstage run --tree DIR -- luajit TEST.lua`"},
    {.name = "bindings",
     .summary = "generate FFI bindings",
     .usage = "",
     .later = "write the `ffi.cdef` by hand, or from cbindgen"},
    {.name = "compat",
     .summary = "Lua ABI compatibility",
     .usage = "",
     .later = "build for each Lua: `--lua=5.1,5.4`"},
    {.name = "sbom",
     .summary = "a software bill of materials",
     .usage = "",
     .later = "the crates of a rock are in its `rockstage.json`"},
};

}  // namespace

std::span<const CommandSpec> commands() {
  return kCommands;
}

std::span<const OptionSpec> global_options() {
  return kGlobalOptions;
}

const CommandSpec* find_command(std::string_view name) {
  for (const auto& command : kCommands)
    if (name == command.name) return &command;
  return nullptr;
}

tl::unexpected<Error> unknown_command(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& command : kCommands)
    names.emplace_back(command.name);
  return fail(Errc::usage,
              fmt::format("unknown command '{}'{}", name, text::did_you_mean(name, names)),
              "see `rockstage help`");
}

const OptionSpec* find_option(const CommandSpec& command, std::string_view name) {
  for (const auto& option : command.options)
    if (name == option.name || (*option.alias != 0 && name == option.alias)) return &option;
  for (const auto& option : kGlobalOptions)
    if (name == option.name) return &option;
  return nullptr;
}

}  // namespace rockstage::cli
