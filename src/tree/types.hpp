#pragma once
#include "base/finding.hpp"
#include "base/result.hpp"
#include "tree/path_table.hpp"
#include "tree/view.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::tree {

/// The members of one directory, tarball or layer, in the order in which they came.
struct Listing {
  std::vector<Entry> entries;
  Findings
      anomalies;  ///< archive-ambiguous, archive-path, image-layer-order …; `layer` is set later
  std::uint64_t bytes = 0;  ///< of the regular files
  std::string digest;   ///< of the bytes as they are stored, `sha256:…`; empty for a directory
  std::string diff_id;  ///< of the uncompressed tar, `sha256:…`; empty for a directory
  std::uint64_t stored_size = 0;
  std::string compression;  ///< "none", "gzip", "zstd", "xz"
};

/// One layer of an image, lowest first. Two layers may share one listing.
struct Layer {
  std::size_t listing = 0;  ///< index into Subject::listings
  std::string digest;       ///< of the blob as the manifest has it
  std::string created_by;   ///< from the history; empty when unknown
  std::uint64_t size = 0;   ///< of the blob as it is stored
};

/// What an image's configuration says (OCI image-spec, config.md).
struct ImageConfig {
  std::string user;
  std::vector<std::string> env;  ///< NAME=VALUE
  std::vector<std::string> entrypoint;
  std::vector<std::string> cmd;
  std::string working_dir;
  std::string stop_signal;
  std::vector<std::pair<std::string, std::string>> labels;  ///< sorted
  std::vector<std::string> history;  ///< created_by of every step, also of empty layers
};

/// One file system of a subject: a directory or tarball has one, an image one for each platform.
struct Platform {
  std::string name;             ///< "linux/arm64/v8"; empty for a directory or tarball
  std::string manifest_digest;  ///< `sha256:…`; empty where there is none
  std::optional<ImageConfig> config;
  std::vector<Layer> layers;  ///< lowest first; one for a directory or tarball
  View view;                  ///< what a container would see
  Findings anomalies;         ///< of this platform: image-digest, image-engine-difference …
};

enum class SubjectKind { directory, tarball, docker_archive, oci_layout, oci_archive };

/// "directory", "tarball", "docker-archive", "oci", "oci-archive".
const char* to_string(SubjectKind kind);

/// All of what was read: paths, members, layers, configuration, and what was odd about it. The
/// contents passed by a Visitor and are not here.
struct Subject {
  SubjectKind kind = SubjectKind::directory;
  std::string digest;  ///< of the file, or of an image's index or manifest; empty for a directory
  std::unique_ptr<PathTable> paths = std::make_unique<PathTable>();
  std::unique_ptr<TextTable> links = std::make_unique<TextTable>();
  std::vector<Listing> listings;
  std::vector<Platform> platforms;
  Findings anomalies;  ///< of the whole: archive-ambiguous of the outer file, platform-absent …
  /// Why reading ended before the end (a truncated archive, a limit): exit 4, after what was found.
  std::optional<Error> incomplete;
};

}  // namespace rockstage::tree
