#include "lua/lexical.hpp"
#include "lua/literal.hpp"
#include "rock/rockspec.hpp"

#include <algorithm>

namespace rockstage::rock {

namespace {

bool is_version_char(char c) {
  return lua::is_letter(c) || lua::is_digit(c) || c == '.';
}

/// A version as a rockspec may have it: `0.1.0` → `0.1.0-1`, `1.0.0-rc.1+x` → `1.0.0.rc.1.x-1`; one
/// with a revision stays.
std::string rock_version(std::string version) {
  const auto hyphen = version.find('-');
  const bool has_revision = hyphen != version.npos && hyphen > 0 && hyphen + 1 < version.size()
                            && std::ranges::all_of(version.substr(0, hyphen), is_version_char)
                            && std::ranges::all_of(version.substr(hyphen + 1), lua::is_digit);
  if (has_revision) return version;
  std::ranges::replace_if(
      version, [](char c) { return !is_version_char(c); }, '.');
  return version + "-1";
}

lua::Value text_value(const std::string& text) {
  return lua::Value{text};
}

}  // namespace

std::string write_rockspec(const RockspecSeed& seed) {
  std::string out;
  const auto assign = [&](const char* name, lua::Value value) {
    lua::Table one;
    one.set(name, std::move(value));
    out += lua::write_assignments(one);
  };
  assign("rockspec_format", text_value("3.0"));
  assign("package", text_value(seed.name));
  assign("version", text_value(rock_version(seed.version)));
  lua::Table source;
  source.set("url", text_value(seed.source_url));
  assign("source", lua::Value{std::move(source)});
  lua::Table description;
  if (!seed.summary.empty()) description.set("summary", text_value(seed.summary));
  if (!seed.homepage.empty()) description.set("homepage", text_value(seed.homepage));
  if (!seed.license.empty()) description.set("license", text_value(seed.license));
  if (!description.empty()) assign("description", lua::Value{std::move(description)});
  lua::Table dependencies;
  for (const std::string& dependency : seed.dependencies)
    dependencies.items.push_back(text_value(dependency));
  if (!dependencies.empty()) assign("dependencies", lua::Value{std::move(dependencies)});
  assign("build", lua::Value{seed.build});
  return out;
}

}  // namespace rockstage::rock
