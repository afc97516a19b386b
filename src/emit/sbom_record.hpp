#pragma once
#include "emit/sbom.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::emit {

/// A crate of a build record.
struct RecordedCrate {
  std::string name, version, source;
  std::string license, checksum;  ///< may be empty
  bool build_only = false;
  std::vector<std::string> features;
  std::vector<std::string> dependencies;  ///< "name@version"

  [[nodiscard]] std::string label() const { return name + "@" + version; }
};

/// The library of a build record, and its crates ("name@version").
struct RecordedLibrary {
  std::string module;
  std::vector<std::string> crates;
};

/// What a rockstage.json says (docs/formats/build-record.schema.json); all of it may be missing.
struct Record {
  std::string rockstage, build_type, lua, target, profile, cargo, rustc;
  std::vector<std::string> features;
  std::optional<bool> default_features;
  std::vector<RecordedCrate> crates;
  std::vector<RecordedLibrary> libraries;
  std::string revision, branch;  ///< of git
  bool dirty = false;
  std::optional<std::int64_t> build_time;
};

/// Errc::invalid_input when the rock's record is no JSON object; members of another type are not
/// said. Empty for a rock without one.
Result<Record> read_record(const ShippedRock& rock);

/// `pkg:luarocks/NAME@VERSION` and `pkg:cargo/NAME@VERSION` (package-url specification).
std::string rock_purl(const std::string& name, const std::string& version);
std::string crate_purl(const std::string& name, const std::string& version);

/// `file:` and the path, percent-encoded: names that are no UTF-8 stay apart.
std::string file_reference(const std::string& path);

/// "2023-11-14T22:13:20Z"; nullopt for a time before 1970 or after the year 9999.
std::optional<std::string> utc_text(std::int64_t seconds);

/// What the shipment was made at: its own time, or the latest build of its rocks.
std::optional<std::int64_t> time_of(const Shipment& shipment, const std::vector<Record>& records);

}  // namespace rockstage::emit
