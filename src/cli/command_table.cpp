#include "cli/command_table.hpp"

#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/export_option_table.hpp"
#include "cli/image_option_table.hpp"
#include "cli/judge_option_table.hpp"

#include <fmt/format.h>

namespace rockstage::cli {
namespace {

using namespace tables;

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
    {.name = "smoke",
     .summary = "load every module in a minimal Lua",
     .usage = "[SUBJECT] [options]",
     .max_arguments = 1,
     .options = kSmokeOptions,
     .handler = &command_smoke},
    {.name = "dockerfile",
     .summary = "write a multi-stage Dockerfile and its tests",
     .usage = "[SOURCE…] --runtime NAME [options]",
     .max_arguments = kManyArguments,
     .options = kDockerfileOptions,
     .handler = &command_dockerfile},
    {.name = "export",
     .summary = "write a reproducible archive",
     .usage = "TREE --output FILE|DIR/|- [options]",
     .max_arguments = 1,
     .options = kExportOptions,
     .handler = &command_export},
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
    {.name = "init",
     .summary = "write a rockstage.yaml, and a CI file",
     .usage = "[--ci github|gitlab]",
     .options = kInitOptions,
     .handler = &command_init},
    {.name = "doctor",
     .summary = "what is here, and what is missing for which command",
     .usage = "",
     .handler = &command_doctor},
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
    {.name = "cache",
     .summary = "the artifact cache",
     .usage = "list|size|clear|prune|verify",
     .later = kNoCache},
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
     .later = "use `rockstage export TREE --output FILE --sbom cyclonedx`"},
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
