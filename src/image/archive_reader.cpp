#include "image/archive_reader.hpp"

#include "archive/stream.hpp"
#include "base/text.hpp"
#include "image/archive_members.hpp"
#include "tree/merge.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace rockstage::image {
namespace {

class ArchiveReader final : public tree::TreeReader {
 public:
  ArchiveReader(BeginStream begin, std::string shown, ArchiveForm form)
      : begin_(std::move(begin)), shown_(std::move(shown)), form_(form) {}

  Result<tree::Subject> read(tree::Visitor& visitor, const tree::ReadOptions& options) override;

 private:
  /// What became of the outer tar.
  struct Outer {
    archive::TarSummary summary;
    std::optional<Error> failure;
    archive::Compression compression = archive::Compression::none;
  };

  [[nodiscard]] Result<Outer> read_outer(archive::MemberVisitor& members,
                                         tree::Limits limits) const;
  [[nodiscard]] Result<std::optional<Plan>> plan(ArchiveMembers& members,
                                                 const tree::Limits& limits) const;
  static void as_tarball(const ArchiveMembers& members, Outer outer, tree::Subject& subject);

  BeginStream begin_;
  std::string shown_;
  ArchiveForm form_;
};

Result<tree::Subject> ArchiveReader::read(tree::Visitor& visitor,
                                          const tree::ReadOptions& options) {
  tree::Subject subject;
  subject.listings.emplace_back();
  Budget budget;
  Sink sink{subject, visitor, options, budget};
  ArchiveMembers members(sink);
  RS_TRY_ASSIGN(auto outer, read_outer(members, options.limits));
  auto images = plan(members, options.limits);
  // An archive that is cut off explains more than a document that is missing for it.
  if (!images) return tl::unexpected<Error>(outer.failure.value_or(std::move(images).error()));
  if (!*images) {
    if (outer.failure && outer.summary.entries == 0)
      return tl::unexpected<Error>(*std::move(outer.failure));
    as_tarball(members, std::move(outer), subject);
    return subject;
  }
  if (auto selected = select_platform(**images, options.platform); !selected)
    return tl::unexpected<Error>(outer.failure.value_or(std::move(selected).error()));
  subject.listings.front() = {};
  subject.anomalies = std::move(outer.summary.anomalies);
  subject.incomplete = std::move(outer.failure);
  const auto layers = members.layers_of(**images);
  assemble(**std::move(images), layers, subject);
  return subject;
}

Result<ArchiveReader::Outer> ArchiveReader::read_outer(archive::MemberVisitor& members,
                                                       tree::Limits limits) const {
  RS_TRY_ASSIGN(const auto file, begin_());
  PeekedSource begun(*file);
  RS_TRY_ASSIGN(const auto head, begun.peek(1));
  if (head.empty())
    return fail(Errc::invalid_input,
                fmt::format("{} has no bytes", shown_),
                "what was to write it has failed");
  // A layer is a member here, and may be larger than a file may.
  limits.member_bytes = limits.bytes;
  Outer outer;
  const auto tar = archive::decompress(begun, limits, outer.compression);
  auto read = archive::read_tar(*tar, limits, members, outer.summary);
  if (read) return outer;
  if (read.error().code == Errc::interrupted) return tl::unexpected<Error>(std::move(read).error());
  outer.failure = std::move(read).error();
  outer.failure->context.push_back("reading " + shown_);
  return outer;
}

/// Nothing for a plain tarball.
Result<std::optional<Plan>> ArchiveReader::plan(ArchiveMembers& members,
                                                const tree::Limits& limits) const {
  const auto whole = [](Result<Plan> from) -> Result<std::optional<Plan>> {
    if (from) return std::optional<Plan>(*std::move(from));
    // A document that is not there makes it no image of that form.
    if (from.error().code == Errc::not_found) from.error().code = Errc::invalid_input;
    return tl::unexpected<Error>(std::move(from).error());
  };
  if (form_ == ArchiveForm::tarball) return std::optional<Plan>();
  const bool by_members = form_ == ArchiveForm::found || form_ == ArchiveForm::saved;
  const bool is_oci = form_ == ArchiveForm::oci
                      || (by_members && members.has("oci-layout") && members.has("index.json"));
  const bool is_docker =
      form_ == ArchiveForm::docker || form_ == ArchiveForm::saved || members.has("manifest.json");
  if (is_oci) {
    auto oci = plan_oci(members, limits);
    if (oci) oci->kind = tree::SubjectKind::oci_archive;
    const bool names_nothing = oci && oci->images.empty() && oci->absent.empty();
    if (!names_nothing || !members.has("manifest.json")) return whole(std::move(oci));
  }
  if (is_docker) return whole(plan_docker(members, limits));
  return std::optional<Plan>();
}

void ArchiveReader::as_tarball(const ArchiveMembers& members, Outer outer, tree::Subject& subject) {
  subject.kind = tree::SubjectKind::tarball;
  subject.incomplete = std::move(outer.failure);
  auto& listing = subject.listings.front();
  listing.anomalies = std::move(outer.summary.anomalies);
  members.add_unseen(listing.anomalies);
  listing.compression = archive::to_string(outer.compression);
  listing.stored_size = outer.summary.bytes;
  auto& platform = subject.platforms.emplace_back();
  platform.layers.push_back(
      {.listing = 0, .digest = {}, .created_by = {}, .size = listing.stored_size});
  tree::merge(subject, platform);
}

}  // namespace

std::unique_ptr<tree::TreeReader> open_archive(std::string path, ArchiveForm form) {
  auto shown = path == "-" ? "standard input" : "'" + text::escape_for_terminal(path) + "'";
  return open_archive([path] { return archive::open_stream(path); }, std::move(shown), form);
}

std::unique_ptr<tree::TreeReader> open_archive(BeginStream begin,
                                               std::string shown,
                                               ArchiveForm form) {
  return std::make_unique<ArchiveReader>(std::move(begin), std::move(shown), form);
}

}  // namespace rockstage::image
