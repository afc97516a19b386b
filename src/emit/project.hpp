#pragma once
#include "base/result.hpp"
#include "emit/template.hpp"

#include <string>
#include <utility>
#include <vector>

// What `init` writes.
namespace rockstage::emit {

/// What was found in a project.
struct ProjectFacts {
  std::string name, version;
  std::string rockspec;                     ///< relative; empty without one
  std::string manifest;                     ///< Cargo.toml, relative; empty without one
  std::string package;                      ///< of a workspace; empty where there is only one
  std::vector<std::string> other_packages;  ///< with a cdylib, not chosen
  std::vector<std::pair<std::string, std::string>> modules;    ///< module → library
  std::vector<std::pair<std::string, std::string>> lua_files;  ///< module → file or folder
  std::vector<std::string> required;                           ///< modules that must be there
  std::vector<std::string> luas;                               ///< "luajit"; at least one
  std::string runtime;                                         ///< "apisix-debian"
  std::string base;          ///< image of the runtime; empty where it has none of its own
  std::string smoke_script;  ///< relative; empty without one
  bool has_lock_file = false;
};

enum class Ci { github, gitlab };

/// A commented rockstage.yaml, valid against docs/formats/project.schema.json. Errc::invalid_input
/// for a text that is no UTF-8.
Result<std::string> project_file(const ProjectFacts& facts, const Templates& templates);

/// The workflow that builds, verifies with `--require`, uploads SARIF and packs, for the first Lua.
/// Errc::invalid_input for a name that cannot stand in a line of such a file.
Result<std::string> ci_file(const ProjectFacts& facts, Ci ci, const Templates& templates);

}  // namespace rockstage::emit
