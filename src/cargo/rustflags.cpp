#include "cargo/rustflags.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <functional>
#include <set>

namespace rockstage::cargo {
namespace {

void append(UserRustflags& to, const UserRustflags& more) {
  to.flags.insert(to.flags.end(), more.flags.begin(), more.flags.end());
  to.origins.insert(to.origins.end(), more.origins.begin(), more.origins.end());
}

using Select = std::function<const StringList*(const ConfigValues&)>;

/// One key through all files, farthest first: arrays are joined, a text replaces what is below it.
UserRustflags merged(const std::vector<ConfigValues>& config,
                     const std::string& key,
                     const Select& select) {
  UserRustflags result;
  for (auto file = config.rbegin(); file != config.rend(); ++file) {
    const StringList* list = select(*file);
    if (list == nullptr || list->form == StringList::Form::absent) continue;
    if (list->form == StringList::Form::text) result = {};
    append(result, {list->items, {fmt::format("{}: {}", file->path, key)}});
  }
  return result;
}

void append_variable(UserRustflags& flags,
                     const std::string& name,
                     const sys::Environment& environment) {
  if (const auto value = environment.get_nonempty(name))
    append(flags, {flag_words(*value), {name}});
}

UserRustflags of_target_key(const std::string& key, const std::vector<ConfigValues>& config) {
  return merged(config, fmt::format("target.{}.rustflags", key), [&](const ConfigValues& file) {
    const auto found = file.target_rustflags.find(key);
    return found == file.target_rustflags.end() ? nullptr : &found->second;
  });
}

UserRustflags of_target(const std::string& triple,
                        const CfgSet& cfg,
                        const std::vector<ConfigValues>& config,
                        const sys::Environment& environment) {
  UserRustflags result = of_target_key(triple, config);
  append_variable(result, "CARGO_TARGET_" + variable_part(triple) + "_RUSTFLAGS", environment);
  std::set<std::string> keys;
  for (const ConfigValues& file : config) {
    for (const auto& [key, list] : file.target_rustflags) {
      if (key != triple && target_key_applies(key, triple, cfg)) keys.insert(key);
    }
  }
  for (const std::string& key : keys)
    append(result, of_target_key(key, config));
  return result;
}

}  // namespace

UserRustflags user_rustflags(const std::string& triple,
                             const CfgSet& cfg,
                             const std::vector<ConfigValues>& config,
                             const sys::Environment& environment) {
  // An empty variable counts: it switches the configured flags off.
  if (const auto encoded = environment.get("CARGO_ENCODED_RUSTFLAGS")) {
    UserRustflags result{{}, {"CARGO_ENCODED_RUSTFLAGS"}};
    if (!encoded->empty()) result.flags = text::split(*encoded, '\x1f');
    return result;
  }
  if (const auto plain = environment.get("RUSTFLAGS")) return {flag_words(*plain), {"RUSTFLAGS"}};

  UserRustflags result = of_target(triple, cfg, config, environment);
  if (!result.flags.empty()) return result;
  result = merged(
      config, "build.rustflags", [](const ConfigValues& file) { return &file.build_rustflags; });
  append_variable(result, "CARGO_BUILD_RUSTFLAGS", environment);
  return result;
}

}  // namespace rockstage::cargo
