#include "image/layer_reader.hpp"

#include "archive/stream.hpp"
#include "image/hashing.hpp"

#include <fmt/format.h>

#include <optional>

namespace rockstage::image {
namespace {

/// The uncompressed tar. It is hashed only where it is not the same as what is stored.
class TarSource final : public tree::ByteSource {
 public:
  TarSource(tree::ByteSource& stored, const tree::Limits& limits, HashThread& thread)
      : source_(archive::decompress(stored, limits, compression_)),
        hashed_(*source_, thread, digest::Algorithm::sha256) {}

  Result<std::span<const std::byte>> next() override {
    // The first call shows what the compression is, and its bytes are to be hashed too.
    return compression_ == archive::Compression::none && begun_ ? source_->next() : first();
  }

  [[nodiscard]] archive::Compression compression() const { return compression_; }

  std::string hex() { return hashed_.hex(); }

 private:
  Result<std::span<const std::byte>> first() {
    begun_ = true;
    return hashed_.next();
  }

  archive::Compression compression_ = archive::Compression::none;
  std::unique_ptr<tree::ByteSource> source_;
  HashedSource hashed_;
  bool begun_ = false;
};

const char* name_of(digest::Algorithm algorithm) {
  return algorithm == digest::Algorithm::sha512 ? "sha512:" : "sha256:";
}

}  // namespace

Result<void> ListingBuilder::add(const archive::Member& member) {
  const auto& limits = sink_.options.limits;
  if (++sink_.budget.entries > limits.entries)
    return fail(Errc::invalid_input,
                fmt::format("the layers hold more than the limit of {} entries", limits.entries),
                "--max-entries raises the limit");
  auto& listing = sink_.subject.listings[listing_];
  tree::Entry entry;
  entry.path = sink_.subject.paths->intern(member.path);
  entry.kind = member.kind;
  entry.mode = member.mode;
  entry.uid = member.uid;
  entry.gid = member.gid;
  if (member.kind == tree::EntryKind::file) entry.size = member.size;
  if (member.kind == tree::EntryKind::symlink)
    entry.target = sink_.subject.links->add(member.target);
  if (member.kind == tree::EntryKind::hardlink)
    entry.target = sink_.subject.paths->intern(member.target);
  listing.entries.push_back(entry);
  listing.bytes += entry.size;
  return {};
}

Result<void> ListingBuilder::member(const archive::Member& member, tree::ByteSource& content) {
  RS_TRY(add(member));
  if (member.kind != tree::EntryKind::file) return {};
  const auto& entries = sink_.subject.listings[listing_].entries;
  return sink_.visitor.file(
      tree::PassingFile{listing_, entries.size() - 1, member.path, entries.back()}, content);
}

Result<void> read_layer(tree::ByteSource& stored,
                        Sink& sink,
                        std::size_t listing,
                        digest::Algorithm algorithm) {
  HashThread thread(sink.options.jobs);
  HashedSource raw(stored, thread, algorithm);
  TarSource tar(raw, sink.options.limits, thread);
  ListingBuilder builder(sink, listing);
  archive::TarSummary summary;
  auto read = archive::read_tar(tar, sink.options.limits, builder, summary);
  const auto drained = raw.drain();
  auto& into = sink.subject.listings[listing];
  into.anomalies = std::move(summary.anomalies);
  into.stored_size = raw.size();
  into.compression = archive::to_string(tar.compression());
  into.digest = name_of(algorithm) + raw.hex();
  if (tar.compression() != archive::Compression::none || algorithm != digest::Algorithm::sha256)
    into.diff_id = "sha256:" + tar.hex();
  else
    into.diff_id = into.digest;
  RS_TRY(read);
  RS_TRY(drained);
  const auto& limits = sink.options.limits;
  if ((sink.budget.bytes += summary.bytes) > limits.bytes)
    return fail(Errc::invalid_input,
                fmt::format("the layers hold more than the limit of {} bytes", limits.bytes),
                "--max-bytes raises the limit");
  return {};
}

Result<std::span<const std::byte>> PeekedSource::peek(std::size_t wanted) {
  RS_TRY_ASSIGN(head_, source_.next());
  while (head_.size() < wanted) {
    joined_.insert(joined_.end(), head_.begin(), head_.end());
    RS_TRY_ASSIGN(const auto more, source_.next());
    if (more.empty() || joined_.size() + more.size() >= wanted) {
      joined_.insert(joined_.end(), more.begin(), more.end());
      head_ = joined_;
      break;
    }
    head_ = more;
  }
  return head_;
}

Result<std::span<const std::byte>> PeekedSource::next() {
  if (!head_.empty()) return std::exchange(head_, {});
  return source_.next();
}

}  // namespace rockstage::image
