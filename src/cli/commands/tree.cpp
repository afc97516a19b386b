#include "base/text.hpp"
#include "cli/build_options.hpp"
#include "cli/commands/commands.hpp"
#include "report/rocks.hpp"
#include "stage/stage.hpp"
#include "sys/exec.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::cli {
namespace {

Result<std::string> rock_argument(const Invocation& invocation) {
  if (!invocation.arguments.empty()) return text::to_lower(invocation.arguments[0]);
  return fail(
      Errc::usage,
      "which rock?",
      fmt::format("usage: rockstage {} {}", invocation.command->name, invocation.command->usage));
}

std::string version_argument(const Invocation& invocation) {
  return invocation.arguments.size() > 1 ? invocation.arguments[1] : std::string();
}

Outcome removed(const std::vector<stage::InstalledRock>& rocks) {
  Outcome outcome{.data = {{"removed", report::rocks_data(rocks)}}};
  for (const auto& rock : rocks)
    outcome.text += fmt::format("removed {} {}\n", rock.name, rock.version);
  return outcome;
}

struct TreePaths {
  stage::SearchPaths paths;
  std::string suffix;  ///< "" for LUA_PATH, "_5_4" for LUA_PATH_5_4
};

Result<TreePaths> tree_paths(const Invocation& invocation) {
  RS_TRY_ASSIGN(const auto tree, tree_of(invocation));
  RS_TRY_ASSIGN(const auto lua, lua::parse_lua(invocation.single("lua")));
  const auto v = lua::version_directory(lua);
  const auto suffix = v == "5.1" ? std::string() : "_" + text::replace_all(v, ".", "_");
  return TreePaths{stage::search_paths(tree, v), suffix};
}

/// The tree's paths before what the environment has; `;;` stands for the interpreter's own.
std::string prepended(const std::string& ours,
                      const sys::Environment& environment,
                      const std::string& name,
                      const std::string& otherwise) {
  return ours + environment.get_nonempty(name).value_or(otherwise);
}

sys::Environment with_paths(const TreePaths& tree, sys::Environment environment) {
  const auto& [paths, suffix] = tree;
  environment.set("LUA_PATH" + suffix,
                  prepended(paths.lua_path + ";", environment, "LUA_PATH" + suffix, ";"));
  environment.set("LUA_CPATH" + suffix,
                  prepended(paths.lua_cpath + ";", environment, "LUA_CPATH" + suffix, ";"));
  environment.set("PATH", prepended(paths.bin + ":", environment, "PATH", "/usr/bin:/bin"));
  return environment;
}

}  // namespace

Result<Outcome> command_list(Invocation& invocation, Io& /*io*/, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto tree, tree_of(invocation));
  RS_TRY_ASSIGN(auto rocks, stage::list(tree, diagnostics));
  if (!invocation.arguments.empty()) {
    // As `luarocks list FILTER`: a part of the name.
    const auto& filter = invocation.arguments.front();
    std::erase_if(rocks, [&](const auto& rock) {
      return rock.name.find(text::to_lower(filter)) == std::string::npos;
    });
  }
  return Outcome{.data = {{"tree", tree}, {"rocks", report::rocks_data(rocks)}},
                 .text = invocation.flag("porcelain") ? report::list_porcelain(rocks)
                                                      : report::list_text(rocks)};
}

Result<Outcome> command_show(Invocation& invocation, Io& /*io*/, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto tree, tree_of(invocation));
  RS_TRY_ASSIGN(const auto name, rock_argument(invocation));
  RS_TRY_ASSIGN(const auto rock,
                stage::show(tree, name, version_argument(invocation), diagnostics));
  return Outcome{.data = report::rock_data(rock),
                 .text = invocation.flag("porcelain") ? report::show_porcelain(rock)
                                                      : report::show_text(rock)};
}

Result<Outcome> command_remove(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto tree, tree_of(invocation));
  RS_TRY_ASSIGN(const auto name, rock_argument(invocation));
  RS_TRY_ASSIGN(
      const auto rocks,
      stage::remove(
          {tree, name, version_argument(invocation), invocation.flag("force")}, io, diagnostics));
  return removed(rocks);
}

Result<Outcome> command_purge(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto tree, tree_of(invocation));
  RS_TRY_ASSIGN(const auto rocks, stage::purge(tree, io, diagnostics));
  return removed(rocks);
}

Result<Outcome> command_path(Invocation& invocation, Io& io, Diagnostics& /*diagnostics*/) {
  RS_TRY_ASSIGN(const auto tree, tree_paths(invocation));
  const auto environment = with_paths(tree, io.environment);
  Outcome outcome{.data = {{"variables", nlohmann::json::array()}}};
  for (const auto& name :
       {"LUA_PATH" + tree.suffix, "LUA_CPATH" + tree.suffix, std::string("PATH")}) {
    const auto value = environment.get(name).value_or("");
    outcome.text += fmt::format("export {}={}\n", name, text::shell_quote(value));
    outcome.data["variables"].push_back({{"name", name}, {"value", value}});
  }
  return outcome;
}

Result<Outcome> command_run(Invocation& invocation, Io& io, Diagnostics& /*diagnostics*/) {
  if (invocation.rest.empty())
    return fail(Errc::usage, "which command?", "usage: rockstage run --tree DIR -- COMMAND…");
  RS_TRY_ASSIGN(const auto tree, tree_paths(invocation));
  RS_TRY_ASSIGN(const auto directory, tree_of(invocation));
  if (!sys::is_directory(directory))
    return fail(Errc::not_found, fmt::format("there is no tree at '{}'", directory));
  io.progress.finish();
  return tl::unexpected<Error>(
      sys::exec_program(invocation.rest, with_paths(tree, io.environment)));
}

}  // namespace rockstage::cli
