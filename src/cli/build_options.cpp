#include "cli/build_options.hpp"

#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace rockstage::cli {
namespace {

Result<int> jobs(const std::string& text) {
  if (text.empty()) return 0;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1)
    return fail(Errc::usage, fmt::format("--jobs takes a whole number from 1 up, not '{}'", text));
  return value;
}

Result<std::map<std::string, std::string>> variables(const std::vector<std::string>& given) {
  std::map<std::string, std::string> out;
  for (const auto& pair : given) {
    const auto equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos)
      return fail(Errc::usage, fmt::format("--var takes NAME=VALUE, not '{}'", pair));
    out[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return out;
}

Result<std::vector<lua::Lua>> luas(const std::vector<std::string>& names) {
  std::vector<lua::Lua> out;
  for (const auto& name : names) {
    RS_TRY_ASSIGN(const auto lua, lua::parse_lua(name));
    if (std::ranges::find(out, lua) == out.end()) out.push_back(lua);
  }
  return out;
}

Result<void> check_deps_mode(const std::string& mode) {
  if (mode.empty() || mode == "none") return {};
  if (mode == "one" || mode == "order" || mode == "all")
    return fail(
        Errc::unsupported,
        fmt::format("--deps-mode {} does not exist yet", mode),
        "rock servers are not there yet: build each dependency into the tree from its sources");
  return fail(Errc::usage,
              fmt::format("--deps-mode takes none, one, order or all, not '{}'", mode));
}

}  // namespace

Result<std::string> tree_of(const Invocation& invocation) {
  const auto tree = invocation.single("tree");
  if (tree.empty())
    return fail(Errc::usage,
                "which tree? --tree DIR is missing",
                fmt::format("e.g. rockstage {} --tree ./tree", invocation.command->name));
  return sys::absolute(tree);
}

Result<std::string> cache_directory(const Invocation& invocation, const Io& io) {
  if (const auto given = invocation.single("cache-dir"); !given.empty())
    return sys::absolute(given);
  if (const auto xdg = io.environment.get_nonempty("XDG_CACHE_HOME"); xdg && xdg->front() == '/')
    return sys::join(*xdg, "rockstage");
  if (const auto home = io.environment.get_nonempty("HOME"))
    return sys::join(*home, ".cache/rockstage");
  return fail(Errc::usage,
              "no place for the cache: neither XDG_CACHE_HOME nor HOME is set",
              "name one with --cache-dir DIR");
}

Result<plan::BuildOptions> build_options(const Invocation& invocation, const Io& io) {
  plan::BuildOptions out;
  out.tree = invocation.single("tree").empty()
                 ? std::string()
                 : sys::join(sys::current_directory(), invocation.single("tree"));
  RS_TRY_ASSIGN(out.luas, luas(invocation.list("lua")));
  out.targets = invocation.list("target");
  out.profile = invocation.single("profile");
  if (const auto dir = invocation.single("target-dir"); !dir.empty())
    out.target_dir = sys::absolute(dir);
  out.features = invocation.list("features");
  out.no_default_features = invocation.flag("no-default-features");
  out.all_features = invocation.flag("all-features");
  out.package = invocation.single("package");
  out.manifest_path = invocation.single("manifest-path");
  out.locked = invocation.flag("locked") || invocation.flag("frozen");
  out.offline = invocation.flag("offline") || invocation.flag("frozen");
  RS_TRY_ASSIGN(out.jobs, jobs(invocation.single("jobs")));
  RS_TRY_ASSIGN(out.variables, variables(invocation.list("var")));
  out.documents = invocation.flag("doc");
  out.keep = invocation.flag("keep");
  RS_TRY(check_deps_mode(invocation.single("deps-mode")));
  RS_TRY_ASSIGN(out.cache_dir, cache_directory(invocation, io));
  return out;
}

}  // namespace rockstage::cli
