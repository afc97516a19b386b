#include "archive/names.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "image/json_fields.hpp"
#include "image/plan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rockstage::image {
namespace {

using nlohmann::json;

constexpr std::size_t kJsonDepth = 64;
constexpr std::size_t kMostImages = 1000;

Result<std::string> place_of(const std::string& name) {
  const auto normalised = archive::normalise(name);
  if (normalised.path.empty() || normalised.leaves || normalised.absolute || normalised.parents)
    return fail(Errc::invalid_input,
                fmt::format("manifest.json names '{}', which is no file of the archive",
                            text::escape_for_terminal(name.substr(0, 200))),
                "save the image again");
  return normalised.path;
}

/// The digest that a name promises: `<64 digits>.json`, `sha256:…`, `blobs/sha256/…`; else empty.
std::string promised_digest(std::string_view place) {
  if (place.starts_with("blobs/sha256/")) place.remove_prefix(13);
  if (place.starts_with("sha256:")) place.remove_prefix(7);
  if (place.ends_with(".json")) place.remove_suffix(5);
  const auto digest = "sha256:" + std::string(place);
  return is_digest(digest) ? digest : std::string();
}

Result<void> take_layers(const json& from, const tree::Limits& limits, ImagePlan& image) {
  const auto names = texts_at(from, "Layers");
  if (names.size() > limits.layers)
    return fail(
        Errc::invalid_input,
        fmt::format(
            "the image has {} layers, more than the limit of {}", names.size(), limits.layers),
        "no engine starts such an image; build it with fewer steps");
  for (const auto& name : names) {
    LayerRef layer;
    RS_TRY_ASSIGN(layer.place, place_of(name));
    if (layer.place.starts_with("blobs/")) layer.digest = promised_digest(layer.place);
    image.layers.push_back(std::move(layer));
  }
  return {};
}

Result<ImagePlan> plan_image(const json& from,
                             Documents& documents,
                             const tree::Limits& limits,
                             std::string& config_digest) {
  ImagePlan image;
  RS_TRY(take_layers(from, limits, image));
  RS_TRY_ASSIGN(const auto place, place_of(text_at(from, "Config")));
  const auto text = documents.text(place);
  if (!text && text.error().code != Errc::not_found) return tl::unexpected<Error>(text.error());
  if (!text) {
    image.anomalies.push_back(wrong_digest(fmt::format(
        "the configuration '{}' is not in the archive", text::escape_for_terminal(place))));
    return image;
  }
  config_digest = "sha256:" + digest::hex(digest::Algorithm::sha256, *text);
  const auto promised = promised_digest(place);
  if (!promised.empty() && promised != config_digest)
    image.anomalies.push_back(wrong_digest("the configuration does not have its digest",
                                           {{"digest", promised}, {"found", config_digest}}));
  auto document = parse_json(*text, kJsonDepth);
  if (!document)
    return fail_while(std::move(document).error(), "reading the image's configuration");
  apply_config(*document, image);
  return image;
}

}  // namespace

Result<Plan> plan_docker(Documents& documents, const tree::Limits& limits) {
  RS_TRY_ASSIGN(const auto text, documents.text("manifest.json"));
  auto document = parse_json(text, kJsonDepth);
  if (!document) return fail_while(std::move(document).error(), "reading manifest.json");
  Plan plan;
  plan.kind = tree::SubjectKind::docker_archive;
  if (!document->is_array() || document->size() > kMostImages)
    return fail(Errc::invalid_input,
                "manifest.json is not the list of images that docker save writes",
                "save the image again");
  for (const auto& item : *document) {
    std::string config_digest;
    RS_TRY_ASSIGN(auto image, plan_image(item, documents, limits, config_digest));
    plan.images.push_back(std::move(image));
    if (plan.digest.empty()) plan.digest = config_digest;
  }
  return plan;
}

}  // namespace rockstage::image
