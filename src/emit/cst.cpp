#include "base/text.hpp"
#include "emit/cst_yaml.hpp"
#include "emit/image.hpp"
#include "emit/smoke_script.hpp"
#include "runtime/profiles.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

// The format: github.com/GoogleContainerTools/container-structure-test, schema 2.0.0.
namespace rockstage::emit {

namespace {

constexpr std::string_view kTriplet = "{triplet}";

/// A directory of the destination. None when it differs between the platforms.
std::optional<std::string> on_all_platforms(const Image& image, const std::string& directory) {
  if (directory.find(kTriplet) == std::string::npos) return directory;
  const auto& platforms = image.request->platforms;
  if (platforms.size() != 1) return std::nullopt;
  return text::replace_all(directory, kTriplet, runtime::triplet(platforms.front()));
}

/// Where the modules are in the image; Lua files may have no place of their own.
std::optional<SmokePlace> place_in_image(const Image& image) {
  const auto so = on_all_platforms(image, image.place.so);
  if (!so) return std::nullopt;
  return SmokePlace{image.place.lua.empty() ? *so : image.place.lua, *so};
}

/// Path in the image of a file of the staged tree. None for what is not copied.
std::optional<std::string> path_in_image(const Image& image, std::string_view staged) {
  const auto below = [&](std::string_view top) -> std::optional<std::string_view> {
    const std::string prefix = fmt::format("{}/lua/{}/", top, image.version_directory);
    if (!staged.starts_with(prefix)) return std::nullopt;
    return staged.substr(prefix.size());
  };
  if (const auto file = below("lib")) {
    const auto directory = on_all_platforms(image, image.place.so);
    if (directory) return fmt::format("{}/{}", *directory, *file);
  }
  if (const auto file = below("share"); file && !image.place.lua.empty())
    return fmt::format("{}/{}", image.place.lua, *file);
  return std::nullopt;
}

/// Whether the tool takes the path as it is: it fills in `$NAME`, and YAML holds no bytes that are
/// no UTF-8.
bool can_be_tested(std::string_view path) {
  return path.find('$') == std::string_view::npos && text::is_valid_utf8(path);
}

/// One line for a comment.
std::string in_comment(std::string_view text) {
  return text::replace_all(text::escape_for_terminal(text), "\n", "\\n");
}

std::string load_code(const SmokePlace& place, const std::string& module) {
  return fmt::format("package.path = {}; package.cpath = {}; require({})",
                     lua_text(fmt::format("{0}/?.lua;{0}/?/init.lua", place.lua)),
                     lua_text(place.so + "/?.so"),
                     lua_text(module));
}

nlohmann::json texts(const std::vector<std::string>& list) {
  auto out = nlohmann::json::array();
  for (const std::string& text : list)
    out.push_back(yaml_text(text));
  return out;
}

/// What the image must still say about itself. The base's own user, entrypoint and command are
/// known only for the images of the profile.
nlohmann::json metadata(const Image& image) {
  const ImageRequest& request = *image.request;
  const runtime::Profile& profile = *request.profile;
  auto labels = nlohmann::json::array();
  for (const auto& [key, value] : request.labels)
    if (text::is_valid_utf8(key) && text::is_valid_utf8(value))
      labels.push_back({{"key", yaml_text(key)}, {"value", yaml_text(value)}});
  const bool is_own_base = request.base.empty();
  const bool user_known = is_own_base && profile.user.verified && profile.user.name != "root"
                          && !profile.user.name.empty();
  const auto entrypoint = texts(is_own_base ? profile.entrypoint : std::vector<std::string>());
  const auto cmd = texts(is_own_base ? profile.cmd : std::vector<std::string>());
  return {{"labels", labels},
          {"has_labels", !labels.empty()},
          {"user", user_known ? yaml_text(profile.user.name) : ""},
          {"entrypoint", entrypoint},
          {"has_entrypoint", !entrypoint.empty()},
          {"cmd", cmd},
          {"has_cmd", !cmd.empty()},
          {"has_metadata", user_known || !labels.empty() || !entrypoint.empty() || !cmd.empty()}};
}

}  // namespace

Result<std::string> smoke_cst(const Image& image, const Templates& templates) {
  auto commands = nlohmann::json::array();
  if (const auto place = place_in_image(image)) {
    for (const ImageModule& module : image.modules)
      if (module.kind == ImageModule::Kind::native)
        commands.push_back({{"name", yaml_text(fmt::format("{} loads", in_comment(module.name)))},
                            {"code", yaml_text(load_code(*place, module.name))}});
    RS_TRY_ASSIGN(const std::string code, smoke_code_at(image, templates, *place));
    commands.push_back(
        {{"name", yaml_text("the smoke test of the rock")}, {"code", yaml_text(code)}});
  }
  nlohmann::json data = metadata(image);
  data["commands"] = commands;
  data["has_commands"] = !commands.empty();
  data["interpreter"] = yaml_text(image.interpreter);
  return templates.render("smoke.cst.yaml.mustache", data);
}

// No owners: the driver tar, for which the file is made, cannot read them.
Result<std::string> files_cst(const Image& image, const Templates& templates) {
  constexpr std::array<const char*, 8> kRust = {"/root/.cargo",
                                                "/root/.rustup",
                                                "/usr/bin/cargo",
                                                "/usr/bin/rustc",
                                                "/usr/local/cargo",
                                                "/usr/local/bin/cargo",
                                                "/usr/local/bin/rustc",
                                                "/usr/local/rustup"};
  auto files = nlohmann::json::array();
  auto untested = nlohmann::json::array();
  for (const std::string& staged : image.staged) {
    const auto path = path_in_image(image, staged);
    if (!path || !can_be_tested(*path)) {
      untested.push_back(in_comment(path.value_or(staged)));
      continue;
    }
    files.push_back({{"name", yaml_text("staged: " + *path)},
                     {"path", yaml_text(*path)},
                     {"permissions", staged.starts_with("lib/") ? "-rwxr-xr-x" : "-rw-r--r--"}});
  }
  auto absent = nlohmann::json::array();
  for (const std::string path : kRust)
    absent.push_back({{"name", yaml_text("no Rust: " + path)}, {"path", yaml_text(path)}});
  return templates.render("files.cst.yaml.mustache",
                          {{"files", files},
                           {"absent", absent},
                           {"untested", untested},
                           {"has_untested", !untested.empty()}});
}

}  // namespace rockstage::emit
