#pragma once
#include "digest/digest.hpp"
#include "tree/reader.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::image {

/// OS, architecture and variant as image-spec names them.
struct PlatformName {
  std::string os, architecture, variant;

  [[nodiscard]] std::string text() const;  ///< "linux/arm/v7"
};

/// A layer that an image names.
struct LayerRef {
  std::string place;   ///< the file that holds it: `blobs/sha256/…`, `…/layer.tar`
  std::string digest;  ///< of the blob; empty where the image does not say
  std::optional<std::uint64_t> size;
  std::string media_type;
  std::string diff_id;     ///< empty where the configuration is not there
  std::string created_by;  ///< empty when unknown
  bool foreign = false;    ///< by its type not part of the image
};

/// One image, before its layers are read.
struct ImagePlan {
  PlatformName platform;
  std::string manifest_digest;  ///< empty where there is none
  std::optional<tree::ImageConfig> config;
  std::vector<LayerRef> layers;  ///< lowest first
  Findings anomalies;
};

/// The images of one subject.
struct Plan {
  tree::SubjectKind kind = tree::SubjectKind::oci_layout;
  std::string digest;  ///< of the index or manifest; of the configuration in a docker-archive
  std::vector<ImagePlan> images;
  std::vector<PlatformName> absent;  ///< in the index, but their manifests are not there
};

/// The small files of an image.
class Documents {
 public:
  virtual ~Documents() = default;

  /// Errc::not_found when there is none; Errc::invalid_input when it is larger than
  /// Limits::json_bytes.
  virtual Result<std::string> text(const std::string& place) = 0;
};

/// `sha256:` and 64, or `sha512:` and 128 lower-case hexadecimal digits: all that may become part
/// of a path (CVE-2024-3727).
bool is_digest(std::string_view text);
/// `blobs/sha256/…`; `digest` is one.
std::string blob_place(const std::string& digest);
/// The algorithm of a digest or of a place.
digest::Algorithm algorithm_of(std::string_view digest_or_place);
/// Whether `text` has `digest`, which is one.
bool has_digest(std::string_view text, const std::string& digest);

/// A finding of image-digest.
Finding wrong_digest(std::string message, Evidence evidence = {});

/// Reads `index.json` and what it leads to (OCI image-spec, image-layout.md). No images and no
/// absent ones when the index names nothing. Errc::invalid_input for what cannot be taken as an
/// image.
Result<Plan> plan_oci(Documents& documents, const tree::Limits& limits);

/// Reads `manifest.json` of `docker save` and of those who write the same.
Result<Plan> plan_docker(Documents& documents, const tree::Limits& limits);

/// Keeps what `wanted` ("linux/arm/v7"; empty for all) asks for. Errc::invalid_input when nothing
/// is left, with what there is.
Result<void> select_platform(Plan& plan, const std::string& wanted);

/// Takes an image's configuration (image-spec, config.md): platform, settings, diffIDs and history
/// for the layers, which are there already.
void apply_config(const nlohmann::json& config, ImagePlan& image);

}  // namespace rockstage::image
