#pragma once
#include "build/build.hpp"
#include "build/rust.hpp"

#include <string>
#include <vector>

namespace rockstage::build {

/// What `rockstage.json` tells (docs/formats/build-record.schema.json).
struct BuildRecord {
  const plan::Plan& plan;
  const plan::Variant& variant;
  const source::GitFacts& git;
  RustOutcome rust;
  std::string cargo, rustc;       ///< version lines; empty without Rust
  std::string source_date_epoch;  ///< as in the environment
};

/// The record, pretty-printed, with a newline at its end. Equal builds give equal bytes; it holds
/// no path of the builder.
std::string to_json(const BuildRecord& record);

/// A crate as cargo's package ids name it (cargo book, "Package ID Specifications").
struct CrateName {
  std::string name, version;
  std::string source;  ///< "registry", "git", "path"
};

/// Both forms: `path+file:///x/name#1.0.0` and `registry+https://host/index#name@1.0.0`.
CrateName parse_package_id(const std::string& id);

}  // namespace rockstage::build
