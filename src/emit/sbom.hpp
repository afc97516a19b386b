#pragma once
#include "base/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What is told of an archive beside it: docs/formats/sbom.md.
namespace rockstage::emit {

/// A file of an archive.
struct ShippedFile {
  std::string path;    ///< in the archive
  std::string sha256;  ///< lower-case hexadecimal
  std::string module;  ///< that Lua loads from it ("textkit.core"); may be empty
};

/// A rock that is in an archive.
struct ShippedRock {
  std::string name, version;
  std::string lua;  ///< version directory, "5.1": a tree may hold a rock for several
  std::string summary, license, homepage;
  std::string rockspec, rockspec_sha256;  ///< its file's name; may be empty
  std::string record;                     ///< the text of its rockstage.json; may be empty
  std::vector<ShippedFile> files;
  std::vector<std::pair<std::string, std::string>> dependencies;  ///< name and installed version
};

/// An archive and what is in it.
struct Shipment {
  std::string archive;                   ///< name of its file
  std::string sha256;                    ///< of the archive
  std::vector<ShippedRock> rocks;        ///< in an order that is always the same
  std::vector<ShippedFile> other_files;  ///< those of no rock
  std::optional<std::int64_t> time;      ///< SOURCE_DATE_EPOCH; else the rocks' build times say it
};

/// A bill of materials as CycloneDX 1.6 JSON: the rocks, each file with its SHA-256, the crates
/// that cargo linked into each library; what was used for the build alone stands in `formulation`.
/// Equal shipments give equal bytes. Errc::invalid_input names the rock whose record cannot be
/// read.
Result<std::string> cyclonedx(const Shipment& shipment);

}  // namespace rockstage::emit
