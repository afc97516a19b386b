#include "cli/dockerfile_options.hpp"

#include "base/text.hpp"
#include "base/version.hpp"
#include "lua/types.hpp"
#include "runtime/profiles.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cli {
namespace {

using Names = std::vector<std::string>;

constexpr std::uint64_t kLargestTemplate = std::uint64_t{1} << 20;

/// One of a few names; which one by its position.
Result<std::size_t> one_of(const Invocation& invocation, const char* option, const Names& names) {
  const auto given = invocation.single(option);
  const auto found = std::ranges::find(names, given);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  return fail(Errc::usage,
              fmt::format("--{} takes {}, not '{}'{}",
                          option,
                          text::join(names, " or "),
                          given,
                          text::did_you_mean(given, names)));
}

Result<void> find_runtime(const Invocation& invocation, ImageOptions& out) {
  out.catalogue = runtime::builtin_catalogue();
  std::vector<runtime::Profile> own;
  if (const auto file = invocation.single("runtime-file"); !file.empty()) {
    RS_TRY_ASSIGN(auto read, runtime::read_catalogue(file, runtime::builtin_catalogue()));
    own = std::move(read.profiles);
    auto& builders = out.catalogue.builders;
    builders.insert(builders.begin(), read.builders.begin(), read.builders.end());
  }
  const auto name = invocation.single("runtime");
  if (!name.empty()) {
    RS_TRY_ASSIGN(out.profile, runtime::find_profile(name, own));
    return {};
  }
  Names names;
  for (const auto& profile : own)
    names.push_back(profile.name);
  for (const auto& profile : runtime::builtin_profiles())
    names.push_back(profile.name);
  return fail(
      Errc::usage, "which runtime? --runtime NAME is missing", "one of " + text::join(names, ", "));
}

/// The runtime's Lua, or another that loads there, too. What a file sets as a default for builds is
/// no demand.
Result<lua::Lua> choose_lua(const Invocation& invocation, const runtime::Profile& profile) {
  const auto given = invocation.values.find("lua");
  if (given == invocation.values.end()) return profile.lua;
  const auto origin = given->second.origin;
  if (origin != config::Origin::flag && origin != config::Origin::environment) return profile.lua;
  const auto& names = given->second.values;
  if (names.size() != 1)
    return fail(Errc::usage, "an image is for one Lua: --lua was given several");
  RS_TRY_ASSIGN(const auto lua, lua::parse_lua(names.front()));
  if (lua::version_directory(lua) == lua::version_directory(profile.lua)) return lua;
  return fail(Errc::usage,
              fmt::format("{} runs {}, and --lua {} was given",
                          profile.name,
                          lua::to_string(profile.lua),
                          names.front()),
              fmt::format("leave --lua out, or choose another runtime, e.g. {}",
                          runtime::generic_profile(lua)));
}

/// The Rust triple of `platform` in the runtime.
Result<std::string> triple(const std::string& platform, const runtime::Profile& profile) {
  std::string machine;
  if (platform == "linux/amd64") machine = "x86_64";
  if (platform == "linux/arm64") machine = "aarch64";
  if (machine.empty())
    return fail(Errc::usage,
                fmt::format("--platform takes linux/amd64 and linux/arm64, not '{}'{}",
                            platform,
                            text::did_you_mean(platform, Names{"linux/amd64", "linux/arm64"})));
  const auto& there = profile.platforms;
  if (!there.empty() && std::ranges::find(there, platform) == there.end())
    return fail(Errc::usage,
                fmt::format("{} has no image for {}", profile.name, platform),
                "it has: " + text::join(there, ", "));
  return machine + (profile.libc.family == "musl" ? "-unknown-linux-musl" : "-unknown-linux-gnu");
}

Result<void> set_platforms(const Invocation& invocation, ImageOptions& out) {
  if (const auto& given = invocation.list("platform"); !given.empty()) {
    out.request.platforms.clear();
    for (const auto& platform : given)
      if (std::ranges::find(out.request.platforms, platform) == out.request.platforms.end())
        out.request.platforms.push_back(platform);
  }
  for (const auto& platform : out.request.platforms) {
    RS_TRY_ASSIGN(auto target, triple(platform, out.profile));
    out.targets.push_back(std::move(target));
  }
  return {};
}

Result<void> set_labels(const Invocation& invocation, emit::ImageRequest& request) {
  for (const auto& pair : invocation.list("label")) {
    const auto equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos)
      return fail(Errc::usage, fmt::format("--label takes K=V, not '{}'", pair));
    request.labels.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return {};
}

}  // namespace

Result<ImageOptions> image_options(const Invocation& invocation) {
  ImageOptions out;
  auto& request = out.request;
  RS_TRY_ASSIGN(const auto style, one_of(invocation, "style", {"portable", "buildkit"}));
  request.style = style == 0 ? emit::Style::portable : emit::Style::buildkit;
  RS_TRY_ASSIGN(const auto builder, one_of(invocation, "builder", {"plain", "rockstage"}));
  request.builder = builder == 0 ? emit::BuilderKind::plain : emit::BuilderKind::rockstage;
  if (!invocation.single("only").empty()) {
    RS_TRY(one_of(invocation, "only", {"rock"}));
    request.only_rock = true;
  }
  RS_TRY(find_runtime(invocation, out));
  RS_TRY_ASSIGN(request.lua, choose_lua(invocation, out.profile));
  RS_TRY(set_platforms(invocation, out));
  RS_TRY(set_labels(invocation, request));
  request.builder_image = invocation.single("builder-image");
  request.base = invocation.single("base");
  request.destination = invocation.single("destination");
  request.tags = invocation.list("tag");
  request.tool_version = version();
  return out;
}

Result<emit::Templates> image_templates(const Invocation& invocation) {
  const auto directory = invocation.single("templates");
  if (directory.empty()) return emit::Templates();
  const auto names = sys::list_directory(directory);
  if (!names) return fail_while(names.error(), "reading --templates");
  std::vector<emit::TemplateFile> files;
  for (const auto& name : *names) {
    auto path = sys::join(directory, name);
    // Editors leave files beside those that they are given.
    if (name.starts_with('.') || !sys::is_file(path)) continue;
    RS_TRY_ASSIGN(auto text, sys::read_file(path, kLargestTemplate));
    files.push_back({name, std::move(path), std::move(text)});
  }
  return emit::Templates::with(std::move(files));
}

}  // namespace rockstage::cli
