#include "image/assemble.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "tree/merge.hpp"

#include <fmt/format.h>

namespace rockstage::image {
namespace {

/// "gzip", "zstd" or "none"; empty when the type does not say.
std::string_view compression_of(std::string_view media_type) {
  if (media_type.ends_with("gzip")) return "gzip";
  if (media_type.ends_with("zstd")) return "zstd";
  if (media_type.ends_with(".tar")) return "none";
  return {};
}

/// Puts one image together.
class Assembly {
 public:
  Assembly(ImagePlan plan, const ReadLayers& layers, tree::Subject& subject)
      : plan_(std::move(plan)), layers_(layers), subject_(subject) {}

  tree::Platform run();

 private:
  void add(std::size_t index);
  void check(std::size_t index, const tree::Listing& listing, bool whole);
  void finding(std::size_t index, std::string message, Evidence evidence = {});
  std::size_t empty_listing();

  ImagePlan plan_;
  const ReadLayers& layers_;
  tree::Subject& subject_;
  tree::Platform platform_;
};

tree::Platform Assembly::run() {
  platform_.name = plan_.platform.text();
  platform_.manifest_digest = plan_.manifest_digest;
  platform_.config = std::move(plan_.config);
  platform_.anomalies = std::move(plan_.anomalies);
  for (std::size_t index = 0; index < plan_.layers.size(); ++index)
    add(index);
  return std::move(platform_);
}

void Assembly::add(std::size_t index) {
  const auto& ref = plan_.layers[index];
  auto& layer = platform_.layers.emplace_back();
  layer.digest = ref.digest;
  layer.created_by = ref.created_by;
  const auto found = layers_.find(ref.place);
  if (found == layers_.end()) {
    layer.listing = empty_listing();
    layer.size = ref.size.value_or(0);
    finding(index,
            ref.foreign ? "is not part of the image by its media type" : "is not in the image");
    return;
  }
  const auto& read = found->second;
  const auto& listing = subject_.listings[read.listing];
  layer.listing = read.listing;
  layer.size = listing.stored_size;
  if (layer.digest.empty()) layer.digest = listing.digest;
  if (read.failure && !subject_.incomplete) {
    subject_.incomplete = read.failure;
    subject_.incomplete->context.push_back(fmt::format("reading layer {}", index));
  }
  check(index, listing, !read.failure);
}

void Assembly::check(std::size_t index, const tree::Listing& listing, bool whole) {
  const auto& ref = plan_.layers[index];
  if (ref.size && *ref.size != listing.stored_size)
    finding(index,
            fmt::format("has {} bytes, and the manifest says {}", listing.stored_size, *ref.size));
  if (!ref.digest.empty() && ref.digest != listing.digest)
    finding(index, "does not have its digest", {{"digest", ref.digest}, {"found", listing.digest}});
  if (!whole) return;
  if (!ref.diff_id.empty() && ref.diff_id != listing.diff_id)
    finding(index,
            "does not have the diffID of the configuration",
            {{"diff_id", ref.diff_id}, {"found", listing.diff_id}});
  const auto said = compression_of(ref.media_type);
  if (said.empty() || said == listing.compression || listing.stored_size == 0) return;
  finding(index,
          fmt::format("says {}, is {}", said, listing.compression),
          {{"media_type", ref.media_type}});
  platform_.anomalies.back().severity = Severity::note;
}

void Assembly::finding(std::size_t index, std::string message, Evidence evidence) {
  auto finding = wrong_digest(fmt::format("layer {} {}", index, message), std::move(evidence));
  finding.layer = FindingLayer{.index = index,
                               .digest = platform_.layers[index].digest,
                               .created_by = platform_.layers[index].created_by};
  platform_.anomalies.push_back(std::move(finding));
}

/// What stands for layers that are not there.
std::size_t Assembly::empty_listing() {
  auto& listing = subject_.listings.emplace_back();
  listing.compression = "none";
  return subject_.listings.size() - 1;
}

}  // namespace

void assemble(Plan plan, const ReadLayers& layers, tree::Subject& subject) {
  subject.kind = plan.kind;
  subject.digest = plan.digest;
  for (auto& image : plan.images)
    subject.platforms.push_back(Assembly(std::move(image), layers, subject).run());
  for (const auto& absent : plan.absent)
    subject.anomalies.push_back(
        {.rule = rules::platform_absent,
         .severity = Severity::note,
         .path = {},
         .message = fmt::format(
             "the image for {} is not in it",
             absent.os.empty() ? "another platform" : text::escape_for_terminal(absent.text())),
         .evidence = {{"platform", absent.text()}},
         .fix = "docker pull --platform, and save it again, where that one is to be judged too"});
  for (auto& platform : subject.platforms)
    tree::merge(subject, platform);
}

}  // namespace rockstage::image
