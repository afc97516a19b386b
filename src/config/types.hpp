#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::config {

/// A module that a crate without a rockspec makes: `textkit.core: textkit_core`, or a path as LPM
/// writes it.
struct ModuleLibrary {
  std::string module, library;
};

/// `build:` of a project file.
struct ProjectBuild {
  std::string type = "rust";
  std::string manifest = "Cargo.toml";
  std::string package;
  std::vector<ModuleLibrary> modules;  ///< sorted by module
  std::vector<std::pair<std::string, std::string>>
      lua;  ///< module → file, or prefix → folder; sorted
  std::string profile;
  std::vector<std::string> features;
  bool default_features = true;
};

/// A `rockstage.yaml` or an LPM `package.yaml` (format: docs/formats/project.schema.json).
struct ProjectFile {
  std::string path;  ///< absolute
  std::string rock;  ///< a rockspec, relative to the file

  struct Package {
    std::string name, version, summary, license;
  } package;

  bool has_package = false;
  std::string lua_version;  ///< constraint such as ">= 5.1"
  std::optional<ProjectBuild> build;
  std::string smoke_script;   ///< relative to the file; empty for none
  std::string smoke_timeout;  ///< seconds for each child; empty for the default
  /// Defaults of options, by option name (`lua`, `target`, `runtime`, `server`, `cache-dir`,
  /// `profile`, `features`, `label` …), each a list; of a map `key=value`.
  std::map<std::string, std::vector<std::string>> options;
  std::map<std::string, int> option_lines;  ///< where they stand
};

enum class Origin { flag, environment, project_file, user_file, fallback };

/// An option's value, and where it came from.
struct Value {
  std::vector<std::string> values;  ///< one for a single-valued option, `true`/`false` for a switch
  Origin origin = Origin::fallback;
  std::string source;  ///< "--lua", "ROCKSTAGE_LUA", the file's path; empty for a default
  int line = 0;        ///< in a file
};

}  // namespace rockstage::config
