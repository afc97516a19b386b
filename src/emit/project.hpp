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
  std::string rockspec;  ///< relative; empty without one
  std::string manifest;  ///< Cargo.toml, relative; empty without one
  std::string package;   ///< of a workspace; empty where there is only one
  std::vector<std::pair<std::string, std::string>> modules;    ///< module → library
  std::vector<std::pair<std::string, std::string>> lua_files;  ///< module → file or folder
  std::vector<std::string> luas;                               ///< "luajit"
  std::string runtime;                                         ///< "apisix-debian"
  std::string smoke_script;                                    ///< relative; empty without one
};

enum class Ci { github, gitlab };

/// A commented rockstage.yaml, valid against docs/formats/project.schema.json.
Result<std::string> project_file(const ProjectFacts& facts, const Templates& templates);

/// The workflow that builds, verifies with `--require`, uploads SARIF and exports.
Result<std::string> ci_file(const ProjectFacts& facts, Ci ci, const Templates& templates);

}  // namespace rockstage::emit
