#pragma once
#include "image/assemble.hpp"
#include "image/layer_reader.hpp"
#include "image/plan.hpp"

#include <map>
#include <string>
#include <string_view>

namespace rockstage::image {

/// Takes the members of an archive that may be an image, each as it passes: layers are read,
/// documents kept, and all is listed as in a plain tarball, too, which is Subject::listings[0].
/// Blobs may come before what names them.
class ArchiveMembers final : public archive::MemberVisitor, public Documents {
 public:
  explicit ArchiveMembers(Sink& sink) : sink_(sink), plain_(sink, 0) {}

  Result<void> member(const archive::Member& member, tree::ByteSource& content) override;
  Result<std::string> text(const std::string& place) override;

  [[nodiscard]] bool has(const std::string& place) const { return documents_.contains(place); }

  /// The layers by the names that lead to them, links between members followed.
  [[nodiscard]] ReadLayers layers_of(const Plan& plan) const;
  /// Findings for files of a plain tarball that were read as if they were layers.
  void add_unseen(Findings& findings) const;

 private:
  Result<void> file(const archive::Member& member, tree::ByteSource& content);
  Result<void> document(const archive::Member& member, tree::ByteSource& content);
  Result<void> layer(const archive::Member& member, tree::ByteSource& content);
  [[nodiscard]] std::string followed(const std::string& place) const;

  Sink& sink_;
  ListingBuilder plain_;
  std::map<std::string, std::string> documents_;
  std::map<std::string, std::string> links_;  ///< of members that are named as blobs are
  ReadLayers layers_;
  std::uint64_t document_bytes_ = 0;
};

}  // namespace rockstage::image
