#include "base/json.hpp"
#include "base/text.hpp"
#include "image/json_fields.hpp"
#include "image/plan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace rockstage::image {
namespace {

using nlohmann::json;

constexpr std::size_t kJsonDepth = 64;
constexpr int kIndexDepth = 2;
constexpr std::size_t kMostDescriptors = 1000;

constexpr std::array kSchema1{"application/vnd.docker.distribution.manifest.v1+json",
                              "application/vnd.docker.distribution.manifest.v1+prettyjws"};
constexpr std::array kConfigs{"application/vnd.oci.image.config.v1+json",
                              "application/vnd.docker.container.image.v1+json"};

/// What points to a blob (image-spec, descriptor.md).
struct Descriptor {
  std::string media_type, digest;
  std::optional<std::uint64_t> size;
  PlatformName platform;
  bool attestation = false;
};

Descriptor read_descriptor(const json& from) {
  Descriptor out;
  out.media_type = text_at(from, "mediaType");
  out.digest = text_at(from, "digest");
  out.size = size_at(from, "size");
  const auto& platform = object_at(from, "platform");
  out.platform = {
      text_at(platform, "os"), text_at(platform, "architecture"), text_at(platform, "variant")};
  const auto type = text_at(object_at(from, "annotations"), "vnd.docker.reference.type");
  out.attestation = type == "attestation-manifest"
                    || (out.platform.os == "unknown" && out.platform.architecture == "unknown");
  return out;
}

tl::unexpected<Error> refused(std::string message) {
  return fail(Errc::invalid_input, std::move(message), "write the image again with a current tool");
}

Result<void> check_digest(const Descriptor& descriptor) {
  if (is_digest(descriptor.digest)) return {};
  return refused(fmt::format("'{}' is no digest",
                             text::escape_for_terminal(descriptor.digest.substr(0, 200))));
}

Result<json> parse(const std::string& text, const std::string& what) {
  auto value = parse_json(text, kJsonDepth);
  if (!value) return fail_while(std::move(value).error(), "reading " + what);
  return *std::move(value);
}

Result<void> check_schema(const std::string& media_type, const json& document) {
  const bool is_schema_1 = std::find(kSchema1.begin(), kSchema1.end(), media_type) != kSchema1.end()
                           || size_at(document, "schemaVersion") == std::uint64_t{1};
  if (!is_schema_1) return {};
  return refused("the image is of Docker's schema 1, which no engine writes any more");
}

/// What a document says of its own type, and what the descriptor does.
Result<void> check_type(const Descriptor& descriptor, const json& document) {
  const auto own_type = text_at(document, "mediaType");
  RS_TRY(check_schema(own_type, document));
  if (own_type.empty() || descriptor.media_type.empty() || own_type == descriptor.media_type)
    return {};
  return refused(fmt::format("{} calls itself '{}', and is called '{}'",
                             descriptor.digest,
                             text::escape_for_terminal(own_type),
                             text::escape_for_terminal(descriptor.media_type)));
}

/// Where a manifest's text is not what the index says of it.
Findings contradictions(const Descriptor& descriptor, const std::string& manifest) {
  const Evidence evidence = {{"digest", descriptor.digest}};
  if (!has_digest(manifest, descriptor.digest))
    return {wrong_digest("the manifest does not have its digest", evidence)};
  if (!descriptor.size || *descriptor.size == manifest.size()) return {};
  return {wrong_digest(
      fmt::format(
          "the manifest has {} bytes, and its index says {}", manifest.size(), *descriptor.size),
      evidence)};
}

class OciPlanner {
 public:
  OciPlanner(Documents& documents, const tree::Limits& limits)
      : documents_(documents), limits_(limits) {}

  Result<Plan> run();

 private:
  Result<void> index(const json& index, int depth);
  Result<void> descriptor(const Descriptor& descriptor, int depth);
  Result<void> manifest(const json& manifest, ImagePlan image);
  Result<void> layers(const json& manifest, ImagePlan& image) const;
  Result<void> config(const Descriptor& descriptor, ImagePlan& image);

  Documents& documents_;
  const tree::Limits& limits_;
  Plan plan_;
  std::set<std::string> seen_;
  std::size_t descriptors_ = 0;
};

Result<Plan> OciPlanner::run() {
  RS_TRY_ASSIGN(const auto text, documents_.text("index.json"));
  RS_TRY_ASSIGN(const auto document, parse(text, "index.json"));
  const auto& manifests = array_at(document, "manifests");
  const auto only = manifests.size() == 1 ? text_at(manifests[0], "digest") : std::string();
  plan_.digest = is_digest(only) ? only : "sha256:" + digest::hex(digest::Algorithm::sha256, text);
  RS_TRY(index(document, 0));
  return std::move(plan_);
}

Result<void> OciPlanner::index(const json& index, int depth) {
  if (index.is_object() && (index.contains("layers") || index.contains("config")))
    return refused("a document of the image has both manifests and layers");
  for (const auto& item : array_at(index, "manifests")) {
    if (++descriptors_ > kMostDescriptors)
      return refused(
          fmt::format("the image's index names more than {} manifests", kMostDescriptors));
    const auto next = read_descriptor(item);
    if (next.attestation) continue;
    RS_TRY(descriptor(next, depth));
  }
  return {};
}

Result<void> OciPlanner::descriptor(const Descriptor& descriptor, int depth) {
  RS_TRY(check_digest(descriptor));
  RS_TRY(check_schema(descriptor.media_type, {}));
  // Two tags of one image are one image.
  if (!seen_.insert(descriptor.digest).second) return {};
  const auto text = documents_.text(blob_place(descriptor.digest));
  if (!text && text.error().code == Errc::not_found) {
    plan_.absent.push_back(descriptor.platform);
    return {};
  }
  if (!text) return tl::unexpected<Error>(text.error());
  RS_TRY_ASSIGN(const auto document, parse(*text, descriptor.digest));
  RS_TRY(check_type(descriptor, document));
  if (document.is_object() && document.contains("manifests")) {
    if (depth >= kIndexDepth) return refused("the image's index is nested too deep");
    return index(document, depth + 1);
  }
  ImagePlan image;
  image.platform = descriptor.platform;
  image.manifest_digest = descriptor.digest;
  image.anomalies = contradictions(descriptor, *text);
  return manifest(document, std::move(image));
}

Result<void> OciPlanner::manifest(const json& manifest, ImagePlan image) {
  if (!manifest.is_object() || !manifest.contains("config") || !manifest.contains("layers"))
    return refused(fmt::format("{} is neither a manifest nor an index", image.manifest_digest));
  const auto about = read_descriptor(object_at(manifest, "config"));
  // Signatures, charts and the like share the layout of images.
  if (!about.media_type.empty()
      && std::find(kConfigs.begin(), kConfigs.end(), about.media_type) == kConfigs.end())
    return {};
  RS_TRY(layers(manifest, image));
  RS_TRY(config(about, image));
  plan_.images.push_back(std::move(image));
  return {};
}

Result<void> OciPlanner::layers(const json& manifest, ImagePlan& image) const {
  const auto& all = array_at(manifest, "layers");
  if (all.size() > limits_.layers)
    return fail(
        Errc::invalid_input,
        fmt::format(
            "the image has {} layers, more than the limit of {}", all.size(), limits_.layers),
        "no engine starts such an image; build it with fewer steps");
  for (const auto& item : all) {
    const auto descriptor = read_descriptor(item);
    RS_TRY(check_digest(descriptor));
    LayerRef layer;
    layer.place = blob_place(descriptor.digest);
    layer.digest = descriptor.digest;
    layer.size = descriptor.size;
    layer.media_type = descriptor.media_type;
    layer.foreign = descriptor.media_type.find("nondistributable") != std::string::npos
                    || descriptor.media_type.find(".foreign.") != std::string::npos;
    image.layers.push_back(std::move(layer));
  }
  return {};
}

Result<void> OciPlanner::config(const Descriptor& descriptor, ImagePlan& image) {
  RS_TRY(check_digest(descriptor));
  const Evidence evidence{{"digest", descriptor.digest}};
  const auto text = documents_.text(blob_place(descriptor.digest));
  if (!text && text.error().code != Errc::not_found) return tl::unexpected<Error>(text.error());
  if (!text) {
    image.anomalies.push_back(wrong_digest("the configuration is not in the image", evidence));
    return {};
  }
  if (!has_digest(*text, descriptor.digest))
    image.anomalies.push_back(wrong_digest("the configuration does not have its digest", evidence));
  else if (descriptor.size && *descriptor.size != text->size())
    image.anomalies.push_back(
        wrong_digest(fmt::format("the configuration has {} bytes, and the manifest says {}",
                                 text->size(),
                                 *descriptor.size),
                     evidence));
  RS_TRY_ASSIGN(const auto document, parse(*text, "the image's configuration"));
  apply_config(document, image);
  return {};
}

}  // namespace

Result<Plan> plan_oci(Documents& documents, const tree::Limits& limits) {
  return OciPlanner(documents, limits).run();
}

}  // namespace rockstage::image
