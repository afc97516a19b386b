#include "base/text.hpp"
#include "emit/cst_yaml.hpp"
#include "emit/image.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::emit {

namespace {

/// X of the modules named `prefix` X `suffix`, where X can stand in a list of plugins.
std::vector<std::string> plugins(const Image& image,
                                 std::string_view prefix,
                                 std::string_view suffix) {
  constexpr std::string_view kAllowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  std::vector<std::string> names;
  for (const ImageModule& module : image.modules) {
    std::string_view name = module.name;
    if (!name.starts_with(prefix) || !name.ends_with(suffix)
        || name.size() <= prefix.size() + suffix.size())
      continue;
    name = name.substr(prefix.size(), name.size() - prefix.size() - suffix.size());
    if (name.find_first_not_of(kAllowed) == std::string_view::npos) names.emplace_back(name);
  }
  return names;
}

/// Whether the gateway's workers look there without being told to.
bool is_searched(const runtime::Profile& profile, const std::string& pattern) {
  for (const auto& [program, paths] : profile.search)
    if (program == "nginx")
      return std::ranges::find(paths.path, pattern) != paths.path.end()
             || std::ranges::find(paths.cpath, pattern) != paths.cpath.end();
  return false;
}

Result<OutputFile> apisix_config(const Image& image, const Templates& templates) {
  const auto& place = image.place;
  const auto names = plugins(image, "apisix.plugins.", "");
  RS_TRY_ASSIGN(std::string text,
                templates.render("apisix-config.yaml.mustache",
                                 {{"extra_lua_path",
                                   yaml_text(fmt::format("{0}/?.lua;{0}/?/init.lua", place.lua))},
                                  {"extra_lua_cpath", yaml_text(place.so + "/?.so")},
                                  {"plugins", names},
                                  {"has_plugins", !names.empty()}}));
  return OutputFile{"apisix-config.yaml", std::move(text)};
}

}  // namespace

Result<std::vector<OutputFile>> snippets(const Image& image, const Templates& templates) {
  const runtime::Profile& profile = *image.request->profile;
  const auto& place = image.place;
  std::vector<OutputFile> files;
  if (place.needs == "apisix") {
    RS_TRY_ASSIGN(OutputFile file, apisix_config(image, templates));
    files.push_back(std::move(file));
  }
  if (profile.config_snippet != "kong") return files;
  const auto names = plugins(image, "kong.plugins.", ".handler");
  std::string path, cpath;
  if (!place.lua.empty() && !is_searched(profile, place.lua + "/?.lua"))
    path = fmt::format("{0}/?.lua;{0}/?/init.lua;;", place.lua);
  if (!is_searched(profile, place.so + "/?.so")) cpath = place.so + "/?.so;;";
  if (names.empty() && path.empty() && cpath.empty()) return files;
  RS_TRY_ASSIGN(
      std::string text,
      templates.render("kong.env.mustache",
                       {{"plugins", text::join(names, ",")}, {"path", path}, {"cpath", cpath}}));
  files.push_back({"kong.env", std::move(text)});
  return files;
}

}  // namespace rockstage::emit
