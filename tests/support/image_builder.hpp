#pragma once
#include "tar_builder.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rockstage::test {

enum class LayerForm { plain, gzip, zstd };

/// One layer, and what the image says falsely about it.
struct ImageLayer {
  std::string tar;  ///< the bytes of the uncompressed tar
  LayerForm form = LayerForm::plain;
  std::string media_type = {};              ///< default: the one that fits
  std::optional<std::string> digest = {};   ///< in place of the right one
  std::optional<std::string> diff_id = {};  ///< in place of the right one
  std::optional<std::uint64_t> size = {};   ///< in place of the right one
  bool missing = false;                     ///< its blob is left out
};

/// A small image in every form that engines write.
class ImageBuilder {
 public:
  ImageBuilder& layer(ImageLayer layer);
  ImageBuilder& layer(const TarBuilder& tar);
  ImageBuilder& platform(std::string os, std::string architecture, std::string variant = {});

  /// Files of an OCI layout by their names; several images share one index.
  static std::map<std::string, std::string> oci(const std::vector<ImageBuilder>& images);
  /// The same as a tar, blobs before what names them; with `manifest.json` as Docker 25 writes it.
  [[nodiscard]] std::string docker25() const;
  /// As Docker up to 24: `<id>/layer.tar`, a layer that comes twice as a link.
  [[nodiscard]] std::string docker_legacy() const;
  /// As podman: `<digest>.tar`.
  [[nodiscard]] std::string podman() const;

  /// The manifest, and what it names, added to `files`; its descriptor.
  std::string add_to(std::map<std::string, std::string>& files) const;

 private:
  [[nodiscard]] std::string config() const;

  std::vector<ImageLayer> layers_;
  std::string os_ = "linux", architecture_ = "amd64", variant_;
};

/// `sha256:…` of `bytes`.
std::string sha256_of(const std::string& bytes);
/// `files` as a tar, in the order of their names.
std::string tar_of(const std::map<std::string, std::string>& files);

}  // namespace rockstage::test
