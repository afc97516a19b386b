#include "cargo/config.hpp"

#include "base/text.hpp"
#include "cargo/paths.hpp"
#include "cargo/toml_file.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <set>

namespace rockstage::cargo {
namespace {

constexpr int kMaxIncludes = 16;  ///< nesting; cargo refuses cycles
constexpr int kMaxInherits = 32;

StringList string_list(const toml::node* node) {
  StringList list;
  if (node == nullptr) return list;
  if (const auto* text = node->as_string()) {
    list.form = StringList::Form::text;
    list.items = flag_words(text->get());
  } else if (const auto* array = node->as_array()) {
    list.form = StringList::Form::array;
    for (const toml::node& item : *array) {
      if (const auto* flag = item.as_string()) list.items.push_back(flag->get());
    }
  }
  return list;
}

std::map<std::string, ProfileValues> profiles_of(const toml::table& root) {
  std::map<std::string, ProfileValues> profiles;
  const toml::table* tables = root["profile"].as_table();
  if (tables == nullptr) return profiles;
  for (const auto& [name, node] : *tables) {
    const toml::table* table = node.as_table();
    if (table == nullptr) continue;
    profiles[std::string(name.str())] = {(*table)["panic"].value_or(std::string()),
                                         (*table)["inherits"].value_or(std::string())};
  }
  return profiles;
}

ConfigValues values_of(const std::string& path, const toml::table& root) {
  ConfigValues values;
  values.path = path;
  values.build_rustflags = string_list(root["build"]["rustflags"].node());
  if (const toml::table* targets = root["target"].as_table()) {
    for (const auto& [key, node] : *targets) {
      const toml::table* table = node.as_table();
      if (table == nullptr) continue;
      const StringList flags = string_list(table->get("rustflags"));
      if (flags.form != StringList::Form::absent)
        values.target_rustflags[std::string(key.str())] = flags;
    }
  }
  values.profiles = profiles_of(root);
  return values;
}

struct Include {
  std::string path;
  bool optional = false;
};

std::vector<Include> includes_of(const toml::table& root, const std::string& directory) {
  std::vector<Include> includes;
  const auto add = [&](const toml::node& node) {
    if (const auto* text = node.as_string())
      includes.push_back({sys::join(directory, text->get())});
    if (const auto* table = node.as_table()) {
      const std::string path = (*table)["path"].value_or(std::string());
      if (!path.empty())
        includes.push_back({sys::join(directory, path), (*table)["optional"].value_or(false)});
    }
  };
  const toml::node* node = root.get("include");
  if (node == nullptr) return includes;
  if (const auto* array = node->as_array()) {
    for (const toml::node& item : *array)
      add(item);
  } else {
    add(*node);
  }
  return includes;
}

/// `path`, then what it includes: a later include is stronger than an earlier one, the file itself
/// than both.
Result<void> load_file(const std::string& path, int depth, std::vector<ConfigValues>& files) {
  RS_TRY_ASSIGN(const auto root, read_toml(path));
  files.push_back(values_of(path, root));
  const auto includes = includes_of(root, sys::parent(path));
  if (depth >= kMaxIncludes && !includes.empty())
    return fail(Errc::invalid_input,
                fmt::format("'{}' includes itself, or too deeply", path),
                "remove the include");
  for (auto include = includes.rbegin(); include != includes.rend(); ++include) {
    if (include->optional && !sys::is_file(include->path)) continue;
    RS_TRY(load_file(include->path, depth + 1, files));
  }
  return {};
}

/// cargo prefers the name without extension when both are there.
std::string config_in(const std::string& folder) {
  for (const char* name : {"config", "config.toml"}) {
    const std::string path = sys::join(folder, name);
    if (sys::is_file(path)) return path;
  }
  return {};
}

/// The files of `folders`, the strongest first.
Result<std::vector<ConfigValues>> load_folders(const std::vector<std::string>& folders) {
  std::vector<ConfigValues> files;
  std::set<std::string> seen;
  for (const std::string& folder : folders) {
    const std::string path = config_in(folder);
    if (path.empty() || !seen.insert(sys::absolute(path)).second) continue;
    RS_TRY(load_file(path, 0, files));
  }
  return files;
}

/// `.cargo` of `directory` and of its ancestors up to `top`.
std::vector<std::string> folders_up_to(const std::string& directory, const std::string& top) {
  std::vector<std::string> folders;
  for (std::string folder = directory; is_below(folder, top); folder = sys::parent(folder)) {
    folders.push_back(sys::join(folder, ".cargo"));
    if (sys::parent(folder) == folder) break;
  }
  return folders;
}

}  // namespace

Result<std::vector<ConfigValues>> load_config(const std::string& directory,
                                              const std::string& cargo_home) {
  auto folders = folders_up_to(directory, "/");
  folders.push_back(cargo_home);
  return load_folders(folders);
}

Result<std::vector<ConfigValues>> load_config_below(const std::string& directory,
                                                    const std::string& top) {
  return load_folders(folders_up_to(directory, top));
}

Result<std::map<std::string, ProfileValues>> load_manifest_profiles(
    const std::string& manifest_path) {
  RS_TRY_ASSIGN(const auto root, read_toml(manifest_path));
  return profiles_of(root);
}

Result<std::vector<std::string>> load_patch_paths(const std::string& manifest_path) {
  RS_TRY_ASSIGN(const auto root, read_toml(manifest_path));
  std::vector<std::string> paths;
  const toml::table* sources = root["patch"].as_table();
  if (sources == nullptr) return paths;
  for (const auto& [source, packages] : *sources) {
    const toml::table* table = packages.as_table();
    if (table == nullptr) continue;
    for (const auto& [name, package] : *table) {
      const auto path = toml::node_view(package)["path"].value<std::string>();
      if (path) paths.push_back(without_dots(sys::join(sys::parent(manifest_path), *path)));
    }
  }
  return paths;
}

std::string profile_panic(std::string name,
                          const std::map<std::string, ProfileValues>& manifest,
                          const std::vector<ConfigValues>& config,
                          const sys::Environment& environment) {
  std::vector<const std::map<std::string, ProfileValues>*> layers;
  for (const ConfigValues& file : config)
    layers.push_back(&file.profiles);
  layers.push_back(&manifest);
  for (int step = 0; step < kMaxInherits && !name.empty(); ++step) {
    const auto variable =
        environment.get_nonempty("CARGO_PROFILE_" + variable_part(name) + "_PANIC");
    if (variable) return *variable;
    std::string inherits;
    for (const auto* layer : layers) {
      const auto found = layer->find(name);
      if (found == layer->end()) continue;
      if (!found->second.panic.empty()) return found->second.panic;
      if (inherits.empty()) inherits = found->second.inherits;
    }
    name = inherits;
  }
  return "unwind";
}

std::vector<std::string> flag_words(std::string_view text) {
  std::vector<std::string> result;
  for (const std::string& part : text::split(text, ' ')) {
    const auto word = text::trim(part);
    if (!word.empty()) result.emplace_back(word);
  }
  return result;
}

std::string variable_part(std::string_view name) {
  std::string part;
  for (const char c : name) {
    const bool lower = c >= 'a' && c <= 'z';
    part += lower ? static_cast<char>(c - 'a' + 'A') : (c == '-' || c == '.' ? '_' : c);
  }
  return part;
}

}  // namespace rockstage::cargo
