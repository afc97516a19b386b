#include "build/externals.hpp"

#include "base/text.hpp"
#include "build/packages.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::build {
namespace {

#if defined(__x86_64__)
constexpr std::string_view kMultiArch = "/x86_64-linux-gnu";
#elif defined(__aarch64__)
constexpr std::string_view kMultiArch = "/aarch64-linux-gnu";
#else
constexpr std::string_view kMultiArch = "";
#endif

/// One of the three things that a dependency can name.
struct Part {
  std::string what;                   ///< "header"
  std::string variable;               ///< "INCDIR"
  std::string file;                   ///< as the rockspec names it; empty when it names none
  std::vector<std::string> folders;   ///< below a prefix, in order
  std::vector<std::string> patterns;  ///< with `?` for the name
};

std::vector<Part> parts_of(const rock::ExternalDependency& dependency) {
  const std::string arch(kMultiArch);
  return {{"program", "BINDIR", dependency.program, {"bin"}, {"?"}},
          {"header", "INCDIR", dependency.header, {"include", "include" + arch}, {"?.h"}},
          {"library",
           "LIBDIR",
           dependency.library,
           {"lib", "lib" + arch, "lib64"},
           {"lib?.a", "lib?.so", "lib?.so.*"}}};
}

/// `libz.so` by the pattern `lib?.so` → `z`; empty when it does not match.
std::string stem(const std::string& file, const std::string& pattern) {
  const auto mark = pattern.find('?');
  const std::string before = pattern.substr(0, mark);
  const std::string after = pattern.substr(mark + 1);
  const bool fits = file.size() > before.size() + after.size() && file.starts_with(before)
                    && file.ends_with(after);
  return fits ? file.substr(before.size(), file.size() - before.size() - after.size())
              : std::string();
}

/// The file names that would do: a name with an extension stands for itself and for its like, exact
/// names come first.
std::vector<std::string> candidates(const Part& part) {
  std::vector<std::string> names;
  const auto add_all = [&](const std::string& name) {
    for (const std::string& pattern : part.patterns)
      names.push_back(text::replace_all(pattern, "?", name));
  };
  if (sys::base_name(part.file).find('.') == std::string::npos) {
    add_all(part.file);
  } else {
    for (const std::string& pattern : part.patterns) {
      const std::string name = stem(part.file, pattern);
      if (!name.empty()) add_all(name);
    }
    names.push_back(part.file);
  }
  std::stable_partition(names.begin(), names.end(), [](const std::string& name) {
    return name.find('*') == std::string::npos;
  });
  return names;
}

bool has_file_like(const std::string& directory, const std::string& name) {
  const auto star = name.find('*');
  if (star == std::string::npos) return sys::is_file(sys::join(directory, name));
  const auto entries = sys::list_directory(directory);
  return entries && std::any_of(entries->begin(), entries->end(), [&](const std::string& entry) {
           return entry.starts_with(name.substr(0, star));
         });
}

class Search {
 public:
  Search(const rock::ExternalDependency& dependency, const rock::Variables& given)
      : name_(dependency.name), parts_(parts_of(dependency)), given_(given) {}

  void run(Externals& out) {
    for (const std::string& prefix : prefixes()) {
      rock::Variables found;
      if (!all_below(prefix, found)) continue;
      found[name_ + "_DIR"] = prefix;
      out.variables.merge(found);
      return;
    }
    out.missing.push_back(complaint());
  }

 private:
  [[nodiscard]] std::vector<std::string> prefixes() const {
    for (const std::string& variable : {name_ + "_DIR", std::string("DEPS_DIR")}) {
      const auto fixed = given_.find(variable);
      if (fixed != given_.end()) return {fixed->second};
    }
    return {"/usr/local", "/usr", "/"};
  }

  bool all_below(const std::string& prefix, rock::Variables& found) {
    return std::all_of(parts_.begin(), parts_.end(), [&](const Part& part) {
      return one_below(prefix, part, found);
    });
  }

  bool one_below(const std::string& prefix, const Part& part, rock::Variables& found) {
    const std::string variable = name_ + "_" + part.variable;
    std::vector<std::string> directories;
    if (const auto fixed = given_.find(variable); fixed != given_.end()) {
      directories.push_back(fixed->second);
    } else {
      for (const std::string& folder : part.folders)
        directories.push_back(sys::join(prefix, folder));
    }
    found[variable] = directories.front();
    if (part.file.empty()) return true;
    for (const std::string& name : candidates(part)) {
      for (const std::string& directory : directories) {
        if (!has_file_like(directory, name)) continue;
        found[variable] = directory;
        found[variable + "_FILE"] = name;
        return true;
      }
    }
    missed_ = &part;
    for (const std::string& directory : directories) {
      if (std::find(searched_.begin(), searched_.end(), directory) == searched_.end())
        searched_.push_back(directory);
    }
    return false;
  }

  [[nodiscard]] std::string complaint() const {
    return fmt::format(
        "needs the {} '{}' (external dependency {}), which is not in {}: {}, or say where it is "
        "with "
        "--var {}_DIR=DIR",
        missed_->what,
        missed_->file,
        name_,
        text::join(searched_, ", "),
        how_to_install(missed_->file),
        name_);
  }

  std::string name_;
  std::vector<Part> parts_;
  const rock::Variables& given_;
  const Part* missed_ = nullptr;  ///< the last part that was nowhere
  std::vector<std::string> searched_;
};

}  // namespace

Externals find_externals(const std::vector<rock::ExternalDependency>& dependencies,
                         const rock::Variables& given) {
  Externals out;
  for (const rock::ExternalDependency& dependency : dependencies)
    Search(dependency, given).run(out);
  return out;
}

}  // namespace rockstage::build
