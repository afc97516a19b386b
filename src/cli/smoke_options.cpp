#include "cli/smoke_options.hpp"

#include "base/json.hpp"
#include "base/text.hpp"
#include "rock/layout.hpp"
#include "runtime/profiles.hpp"
#include "smoke/smoke.hpp"
#include "source/open.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace rockstage::cli {
namespace {

constexpr std::uint64_t kLargestScript = std::uint64_t{1} << 20;
constexpr std::uint64_t kLargestRecord = std::uint64_t{4} << 20;

/// The directory that SUBJECT names. Whatever else `verify` takes needs another command here.
Result<std::string> tree_of(const std::string& subject) {
  constexpr std::string_view kDirectory = "dir:";
  const auto path = subject.starts_with(kDirectory) ? subject.substr(kDirectory.size()) : subject;
  const auto shown = text::escape_for_terminal(subject);
  if (sys::is_directory(path) && !sys::exists(sys::join(path, "oci-layout")))
    return sys::absolute(path);
  for (const std::string_view registry : {"docker://", "docker-daemon:", "podman:"})
    if (subject.starts_with(registry))
      return fail(Errc::usage,
                  fmt::format("smoke loads modules from a directory, not from '{}'", shown),
                  fmt::format("rockstage smoke --image {}",
                              text::shell_quote(subject.substr(registry.size()))));
  for (const std::string_view archive : {"docker-archive:", "oci-archive:", "oci:"})
    if (subject.starts_with(archive) || sys::exists(sys::join(path, "oci-layout")))
      return fail(Errc::usage,
                  fmt::format("smoke loads modules from a directory, '{}' is an image", shown),
                  "docker load -i FILE, then rockstage smoke --image REF");
  constexpr std::string_view kTar = "tar:";
  const auto file = subject.starts_with(kTar) ? subject.substr(kTar.size()) : path;
  if (subject == "-" || sys::exists(file))
    return fail(Errc::usage,
                fmt::format("smoke loads modules from a directory, '{}' is none", shown),
                fmt::format("mkdir tree && tar -xf {} -C tree && rockstage smoke tree; an image: "
                            "docker load -i {} && rockstage smoke --image REF",
                            text::shell_quote(file),
                            text::shell_quote(file)));
  const bool path_like = subject.starts_with('/') || subject.starts_with('.');
  if (!path_like && subject.find_first_of(":@") != std::string::npos)
    return fail(Errc::usage,
                fmt::format("smoke loads modules from a directory, and '{}' is none", shown),
                fmt::format("rockstage smoke --image {}", text::shell_quote(subject)));
  return fail(Errc::invalid_input,
              fmt::format("there is no '{}'", shown),
              "name the directory that `rockstage build --tree DIR` wrote");
}

/// The Luas that the rockstage.json files of a tree name (docs/formats/build-record.schema.json).
std::set<lua::Lua> recorded_luas(const std::string& tree) {
  std::set<lua::Lua> luas;
  for (const auto& version : smoke::version_directories(tree)) {
    const auto rocks = sys::join(tree, rock::Layout{version}.rocks_dir());
    if (!sys::is_directory(rocks)) continue;
    constexpr auto kDepth = 2;  // NAME/VERSION
    const auto entries = sys::walk(rocks, [](const sys::WalkEntry& entry) {
      return std::ranges::count(entry.path, '/') < kDepth;
    });
    if (!entries) continue;
    for (const auto& entry : *entries) {
      if (sys::base_name(entry.path) != "rockstage.json") continue;
      const auto text = sys::read_file(sys::join(rocks, entry.path), kLargestRecord);
      if (!text) continue;
      const auto json = parse_json(*text);
      if (!json || !json->is_object() || !json->contains("lua") || !json->at("lua").is_string())
        continue;
      if (const auto lua = lua::parse_lua(json->at("lua").get<std::string>())) luas.insert(*lua);
    }
  }
  return luas;
}

/// The Lua that a tree was built for; without a record the one of its version directory, for 5.1
/// LuaJIT.
Result<lua::Lua> lua_of_tree(const std::string& tree) {
  const auto versions = smoke::version_directories(tree);
  if (versions.size() > 1)
    return fail(Errc::usage,
                fmt::format("the tree has modules for Lua {}: which are meant?",
                            text::join(versions, " and ")),
                fmt::format("e.g. --lua {}", versions.back()));
  const auto luas = recorded_luas(tree);
  if (!luas.empty()) return *luas.begin();
  if (versions.empty() || versions.front() == "5.1") return lua::Lua::luajit;
  return lua::parse_lua(versions.front());
}

Result<void> choose_lua(const Invocation& invocation, SmokeOptions& options) {
  const auto given = invocation.single("lua");
  const bool is_path = given.find('/') != std::string::npos;
  std::optional<lua::Lua> lua;
  if (!given.empty() && !is_path) {
    RS_TRY_ASSIGN(lua, lua::parse_lua(given));
  }
  if (const auto name = invocation.single("runtime"); !name.empty()) {
    RS_TRY_ASSIGN(const auto profile, runtime::find_profile(name));
    if (!lua) lua = profile.lua;
    // The profile's path is the image's; it counts here where it is.
    if (options.place == SmokeOptions::Place::image || sys::is_file(profile.interpreter))
      options.interpreter = profile.interpreter;
  }
  if (is_path) options.interpreter = given;
  if (options.place == SmokeOptions::Place::nginx) {
    if (lua && lua::version_directory(*lua) != "5.1")
      return fail(Errc::usage,
                  fmt::format("--nginx runs LuaJIT, not Lua {}", lua::to_string(*lua)),
                  "leave --lua out");
    if (!lua) lua = lua::Lua::luajit;
  }
  // An interpreter says itself what it is.
  if (!lua && !options.tree.empty() && !is_path) {
    RS_TRY_ASSIGN(lua, lua_of_tree(options.tree));
  }
  options.lua = lua.value_or(lua::Lua::luajit);
  return {};
}

Result<std::optional<unsigned>> user(const Invocation& invocation) {
  const auto text = invocation.single("user");
  if (text.empty()) return std::optional<unsigned>();
  constexpr unsigned kNobody = 0xffffffff;  // -1 means "leave it" to the kernel
  unsigned uid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), uid);
  if (error != std::errc() || end != text.data() + text.size() || uid == kNobody)
    return fail(Errc::usage,
                fmt::format("--user takes a numeric user id, not '{}'", text),
                "e.g. 636, APISIX's");
  return std::optional(uid);
}

/// `origin` is "--timeout" or the project file's key.
Result<double> timeout(const std::string& text, const std::string& origin) {
  constexpr double kDay = 86'400;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !(seconds > 0) || !(seconds <= kDay))
    return fail(Errc::usage,
                fmt::format("{} takes seconds from above 0 to a day, not '{}'", origin, text),
                "e.g. 20 or 0.5");
  return seconds;
}

Result<std::optional<smoke::Engine>> engine(const Invocation& invocation) {
  const auto name = invocation.single("engine");
  if (name.empty()) return std::optional<smoke::Engine>();
  if (invocation.single("image").empty())
    return fail(Errc::usage, "--engine goes with --image", "name the image with --image REF");
  std::vector<std::string> known;
  for (const auto one : {smoke::Engine::docker, smoke::Engine::podman, smoke::Engine::buildah}) {
    if (name == smoke::to_string(one)) return std::optional(one);
    known.emplace_back(smoke::to_string(one));
  }
  return fail(Errc::usage,
              fmt::format("unknown engine '{}'{}", name, text::did_you_mean(name, known)),
              "docker, podman and buildah are known");
}

Result<void> place_of(const Invocation& invocation, SmokeOptions& options) {
  options.image = invocation.single("image");
  options.nginx = invocation.single("nginx");
  if (!options.image.empty() && !options.nginx.empty())
    return fail(Errc::usage,
                "--image and --nginx are two places",
                "name one of them; a gateway's image is smoked with --image");
  if (!options.image.empty()) options.place = SmokeOptions::Place::image;
  if (!options.nginx.empty()) options.place = SmokeOptions::Place::nginx;
  // The name alone is looked up on PATH.
  if (options.nginx == "nginx") options.nginx.clear();
  return {};
}

/// --script, else the script and time limit of the project in this directory: they can only add
/// findings. `--module` asks for less than the whole.
Result<void> read_script(const Invocation& invocation, Io& io, SmokeOptions& options) {
  auto path = invocation.single("script");
  options.script_name = path;
  if (path.empty()) {
    if (invocation.isolated || !options.modules.empty()) return {};
    RS_TRY_ASSIGN(const auto project, source::find_project({}, io));
    if (!project || project->smoke_script.empty()) return {};
    const bool open = invocation.values.at("timeout").origin == config::Origin::fallback;
    if (open && !project->smoke_timeout.empty()) {
      RS_TRY_ASSIGN(options.timeout, timeout(project->smoke_timeout, "smoke.timeout"));
    }
    options.script_name = project->smoke_script;
    path = sys::join(sys::parent(project->path), project->smoke_script);
  }
  auto script = sys::read_file(path, kLargestScript);
  if (!script) return fail_while(std::move(script).error(), "reading the smoke script");
  options.script = *std::move(script);
  return {};
}

}  // namespace

Result<SmokeOptions> smoke_options(const Invocation& invocation, Io& io) {
  SmokeOptions options;
  RS_TRY(place_of(invocation, options));
  if (!invocation.arguments.empty()) {
    options.subject = invocation.arguments.front();
    RS_TRY_ASSIGN(options.tree, tree_of(options.subject));
  } else if (options.place == SmokeOptions::Place::image) {
    options.subject = options.image;
  } else {
    return fail(Errc::usage,
                "which subject? the directory of a tree is missing",
                "e.g. rockstage smoke ./tree, or rockstage smoke --image REF");
  }
  RS_TRY_ASSIGN(options.engine, engine(invocation));
  RS_TRY_ASSIGN(options.uid, user(invocation));
  RS_TRY_ASSIGN(options.timeout, timeout(invocation.single("timeout"), "--timeout"));
  options.modules = invocation.list("module");
  for (const auto& module : options.modules)
    RS_TRY(lua::module_to_path(module));
  RS_TRY(choose_lua(invocation, options));
  options.eval = invocation.single("eval");
  RS_TRY(read_script(invocation, io, options));
  return options;
}

}  // namespace rockstage::cli
