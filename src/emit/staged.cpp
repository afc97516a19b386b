#include "emit/staged.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <set>

namespace rockstage::emit {
namespace {

constexpr std::string_view kWork = "{work}/";
constexpr std::string_view kRock = "{rock}/";

std::string base_name(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_module_file(std::string_view file) {
  return file.ends_with(".lua") || file.ends_with(".so");
}

/// The words of each simple command of a shell text, quotes taken off; separators are words of
/// their own. Only what is needed to see where `cp a b` puts things.
std::vector<std::vector<std::string>> commands_of(const std::string& shell) {
  std::vector<std::vector<std::string>> commands(1);
  std::string word;
  char quote = '\0';
  const auto end_word = [&] {
    if (!word.empty()) commands.back().push_back(word);
    word.clear();
  };
  for (std::size_t i = 0; i < shell.size(); ++i) {
    const char c = shell[i];
    if (quote != '\0') {
      if (c == quote)
        quote = '\0';
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '\\' && i + 1 < shell.size()) {
      if (shell[++i] != '\n') word += shell[i];
    } else if (std::string_view(" \t").find(c) != std::string_view::npos) {
      end_word();
    } else if (std::string_view(";&|\n(){}").find(c) != std::string_view::npos
               && shell.compare(i, kRock.size() - 1, kRock.substr(0, kRock.size() - 1)) != 0) {
      // The braces of a placeholder are no syntax.
      const bool ends_placeholder = c == '}' && word.find('{') != std::string::npos;
      if (ends_placeholder) {
        word += c;
        continue;
      }
      end_word();
      commands.emplace_back();
    } else {
      word += c;
    }
  }
  end_word();
  return commands;
}

/// What `cp a b {rock}/lua/` puts into the rock directory.
void add_copied(const std::vector<std::string>& words, std::set<std::string>& files) {
  static const std::set<std::string> kPrograms = {"cp", "install", "mv"};
  if (words.size() < 3 || !kPrograms.contains(words.front())) return;
  const std::string& last = words.back();
  if (!last.starts_with(kRock)) return;
  std::string to = last.substr(kRock.size());
  if (is_module_file(to)) {
    files.insert(to);
    return;
  }
  if (!to.ends_with('/')) to += '/';
  for (std::size_t i = 1; i + 1 < words.size(); ++i)
    if (!words[i].starts_with('-') && is_module_file(words[i]))
      files.insert(to + base_name(words[i]));
}

/// Files of the rock directory that the steps make, by their paths in it.
std::set<std::string> rock_files(const ImageRock& rock, const plan::Variant& variant) {
  std::set<std::string> files;
  for (const auto& library : variant.libraries)
    files.insert(library.to);
  for (const auto& step : variant.copies) {
    if (!step.is_directory) {
      files.insert(target_of(step));
      continue;
    }
    if (step.from != "{work}" && !step.from.starts_with(kWork)) continue;
    const std::string from = step.from == "{work}" ? "" : step.from.substr(kWork.size()) + '/';
    for (const auto& file : rock.files)
      if (file.starts_with(from))
        files.insert((step.to.empty() ? "" : step.to + '/') + file.substr(from.size()));
  }
  for (const auto& step : variant.runs)
    for (const auto& command : commands_of(step.shell))
      add_copied(command, files);
  return files;
}

}  // namespace

bool installs_by_commands(const ImageRock& rock) {
  const auto& type = rock.plan.build_type;
  return type == "make" || type == "cmake" || type == "command";
}

std::string staged_path(const std::string& rock_file, const std::string& version_directory) {
  if (rock_file.starts_with("lua/"))
    return "share/lua/" + version_directory + rock_file.substr(std::string_view("lua").size());
  if (rock_file.starts_with("lib/"))
    return "lib/lua/" + version_directory + rock_file.substr(std::string_view("lib").size());
  return {};
}

std::string target_of(const plan::CopyStep& step) {
  if (!step.rekey) return step.to;
  const auto open = step.field.find("[\"");
  const auto close = step.field.rfind("\"]");
  if (open == std::string::npos || close == std::string::npos || close <= open + 2) return step.to;
  const auto path = lua::module_to_path(step.field.substr(open + 2, close - open - 2));
  return path ? "lib/" + *path + ".so" : step.to;
}

std::vector<std::string> staged_files(const ImageRock& rock, const std::string& version_directory) {
  std::vector<std::string> out;
  if (rock.plan.variants.empty()) return out;
  for (const auto& file : rock_files(rock, rock.plan.variants.front()))
    if (auto path = staged_path(file, version_directory); !path.empty())
      out.push_back(std::move(path));
  std::ranges::sort(out);
  return out;
}

std::vector<ImageModule> modules_of(const std::vector<std::string>& staged,
                                    const std::string& version_directory) {
  const std::string share = "share/lua/" + version_directory + '/';
  const std::string lib = "lib/lua/" + version_directory + '/';
  std::vector<ImageModule> modules;
  std::set<std::string> lua_names;
  for (const auto& file : staged) {
    if (!file.starts_with(share) || !file.ends_with(".lua")) continue;
    auto name = lua::path_to_module(file.substr(share.size()));
    if (name.ends_with(".init")) name.erase(name.size() - std::string_view(".init").size());
    lua_names.insert(name);
    modules.push_back({std::move(name), file, ImageModule::Kind::lua});
  }
  for (const auto& file : staged) {
    if (!file.starts_with(lib) || !file.ends_with(".so")) continue;
    auto name = lua::path_to_module(file.substr(lib.size()));
    // `require` finds the Lua file of that name first, so the library is for it alone.
    const bool is_ffi = lua_names.contains(name) || base_name(file).starts_with("lib");
    modules.push_back({std::move(name),
                       file,
                       is_ffi ? ImageModule::Kind::ffi_library : ImageModule::Kind::native});
  }
  std::ranges::sort(modules, [](const ImageModule& a, const ImageModule& b) {
    return std::tie(a.name, a.file) < std::tie(b.name, b.file);
  });
  return modules;
}

}  // namespace rockstage::emit
