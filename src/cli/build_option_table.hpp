#pragma once
#include "cli/types.hpp"

// Options of `build` and of the commands over a tree; those that others share come first.
namespace rockstage::cli::tables {

using Shape = OptionSpec::Shape;
using From = OptionSpec::From;

inline constexpr OptionSpec kTree = {.name = "tree",
                                     .value = "DIR",
                                     .shape = Shape::single,
                                     .help = "the LuaRocks tree",
                                     .from = From::command_line};
inline constexpr OptionSpec kStagedTree = {
    .name = "tree",
    .value = "DIR",
    .shape = Shape::single,
    .help = "the LuaRocks tree to stage into; `{lua}` and `{target}` in it give each its own tree",
    .from = From::command_line};
inline constexpr OptionSpec kPorcelain = {.name = "porcelain",
                                          .help = "output for programs, as LuaRocks prints it",
                                          .from = From::command_line};
inline constexpr OptionSpec kLua = {
    .name = "lua",
    .value = "LUA",
    .shape = Shape::list,
    .help = "luajit, openresty, 5.1, 5.2, 5.3, 5.4 or 5.5; repeatable or comma-separated",
    .alias = "lua-version",
    .fallback = "luajit"};
inline constexpr OptionSpec kTarget = {.name = "target",
                                       .value = "TRIPLE",
                                       .shape = Shape::list,
                                       .help = "Rust target; repeatable; default the host"};
inline constexpr OptionSpec kProfile = {
    .name = "profile",
    .value = "NAME",
    .shape = Shape::single,
    .help = "cargo profile; default what the rock names, else release"};
inline constexpr OptionSpec kFeatures = {.name = "features",
                                         .letter = 'F',
                                         .value = "LIST",
                                         .shape = Shape::list,
                                         .help = "cargo features, comma-separated"};
inline constexpr OptionSpec kNoDefaultFeatures = {.name = "no-default-features",
                                                  .help = "leave the crate's default features off"};
inline constexpr OptionSpec kAllFeatures = {.name = "all-features",
                                            .help = "turn every feature of the crate on"};
inline constexpr OptionSpec kPackage = {.name = "package",
                                        .letter = 'p',
                                        .value = "NAME",
                                        .shape = Shape::single,
                                        .help = "package of a cargo workspace",
                                        .from = From::command_line};
inline constexpr OptionSpec kManifestPath = {.name = "manifest-path",
                                             .value = "FILE",
                                             .shape = Shape::single,
                                             .help = "the crate's Cargo.toml, relative to SOURCE",
                                             .from = From::command_line};
inline constexpr OptionSpec kLocked = {.name = "locked",
                                       .help = "fail when Cargo.lock is missing or not up to date"};
inline constexpr OptionSpec kOffline = {.name = "offline",
                                        .help = "cargo and downloads use no network"};
inline constexpr OptionSpec kFrozen = {.name = "frozen", .help = "--locked and --offline"};
inline constexpr OptionSpec kVar = {
    .name = "var",
    .value = "NAME=VALUE",
    .shape = Shape::repeat,
    .help = "a rockspec variable, as `luarocks make NAME=VALUE`; repeatable",
    .from = From::command_line};
inline constexpr OptionSpec kCacheDir = {.name = "cache-dir",
                                         .value = "DIR",
                                         .shape = Shape::single,
                                         .help = "default $XDG_CACHE_HOME/rockstage"};
inline constexpr OptionSpec kTargetDir = {.name = "target-dir",
                                          .value = "DIR",
                                          .shape = Shape::single,
                                          .help =
                                              "where cargo compiles; default one kept in the cache "
                                              "directory for each source, Lua, target and profile"};
inline constexpr std::size_t kManyArguments = 100'000;
inline constexpr const char* kNoServers =
    "rock servers are not there yet: build each rock from its sources";
inline constexpr const char* kNoCache =
    "the artifact cache is not there yet; cargo's own target directory is kept";

inline constexpr OptionSpec kBuildOptions[] = {
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
    {.name = "verify-reproducible",
     .help = "build twice, in two places, and stage only what is the same",
     .from = From::environment},
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
};

inline constexpr OptionSpec kListOptions[] = {kTree, kPorcelain};
inline constexpr OptionSpec kShowOptions[] = {kTree, kPorcelain};
inline constexpr OptionSpec kRemoveOptions[] = {
    kTree,
    {.name = "force", .help = "although other rocks depend on it", .from = From::command_line},
};
inline constexpr OptionSpec kPurgeOptions[] = {kTree};
inline constexpr OptionSpec kOneLua = {.name = "lua",
                                       .value = "LUA",
                                       .shape = Shape::single,
                                       .help = "the Lua whose directories are meant",
                                       .alias = "lua-version",
                                       .fallback = "luajit"};
inline constexpr OptionSpec kPathOptions[] = {kTree, kOneLua};
}  // namespace rockstage::cli::tables
