#include "image/archive_members.hpp"

#include "archive/names.hpp"
#include "archive/stream.hpp"
#include "base/rules.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace rockstage::image {
namespace {

constexpr std::size_t kTarBlock = 512;
constexpr std::uint64_t kMostDocumentBytes = std::uint64_t{64} << 20;
constexpr std::size_t kMostBlobs = 10'000;
constexpr int kMostHops = 40;

std::string_view base_name(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_marker(std::string_view path) {
  return path == "manifest.json" || path == "index.json" || path == "oci-layout";
}

/// Names under which writers put layers and configurations.
bool is_blob_name(std::string_view path) {
  if (path.starts_with("blobs/sha256/") || path.starts_with("blobs/sha512/")) return true;
  const auto name = base_name(path);
  if (name == "layer.tar") return true;
  if (path.find('/') != std::string_view::npos) return false;
  if (name.starts_with("sha256:") || name == "config.json") return true;
  const auto digits = std::find_if(name.begin(), name.end(), [](char c) {
    return !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  });
  const auto rest = name.substr(static_cast<std::size_t>(digits - name.begin()));
  constexpr std::array<std::string_view, 6> kSuffixes{
      "", ".json", ".tar", ".tar.gz", ".tgz", ".tar.zst"};
  return digits - name.begin() == 64
         && std::find(kSuffixes.begin(), kSuffixes.end(), rest) != kSuffixes.end();
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool begins_json(std::span<const std::byte> head) {
  const auto text = text_of(head);
  const auto first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

/// By the checksum of its first header (POSIX.1-1988), or because it is empty.
bool begins_tar(std::span<const std::byte> head) {
  if (head.size() < kTarBlock) return head.empty();
  const auto block = head.first(kTarBlock);
  if (std::all_of(block.begin(), block.end(), [](std::byte b) { return b == std::byte{0}; }))
    return true;
  unsigned sum = 0;
  for (std::size_t i = 0; i < kTarBlock; ++i)
    sum += i >= 148 && i < 156 ? unsigned{' '} : std::to_integer<unsigned>(block[i]);
  auto field = text_of(block.subspan(148, 8));
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  unsigned said = 0;
  std::from_chars(field.data(), field.data() + field.size(), said, 8);
  return said == sum;
}

/// What is kept in memory, as a source.
class TextSource final : public tree::ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}

  Result<std::span<const std::byte>> next() override {
    const auto text = std::exchange(text_, {});
    return std::as_bytes(std::span(text.data(), text.size()));
  }

 private:
  std::string_view text_;
};

}  // namespace

Result<void> ArchiveMembers::member(const archive::Member& member, tree::ByteSource& content) {
  if (member.kind == tree::EntryKind::file) return file(member, content);
  // Docker up to 24 writes a layer that comes twice as a link to the first.
  if (links_.size() < kMostBlobs && is_blob_name(member.path)) {
    if (member.kind == tree::EntryKind::hardlink) links_[member.path] = member.target;
    if (member.kind == tree::EntryKind::symlink) {
      const auto slash = member.path.rfind('/');
      const auto directory =
          slash == std::string::npos ? std::string() : member.path.substr(0, slash + 1);
      const auto target = archive::normalise(directory + member.target);
      if (!target.leaves && !member.target.starts_with('/')) links_[member.path] = target.path;
    }
  }
  return plain_.add(member);
}

Result<void> ArchiveMembers::file(const archive::Member& member, tree::ByteSource& content) {
  const bool marker = is_marker(member.path);
  const auto& limits = sink_.options.limits;
  if ((marker || is_blob_name(member.path)) && documents_.size() + layers_.size() < kMostBlobs) {
    PeekedSource peeked(content);
    RS_TRY_ASSIGN(const auto head, peeked.peek(kTarBlock));
    if (begins_json(head) && member.size <= limits.json_bytes
        && document_bytes_ + member.size <= kMostDocumentBytes)
      return document(member, peeked);
    const bool layer_like = archive::detect(head) != archive::Compression::none || begins_tar(head);
    if (!marker && layer_like) return layer(member, peeked);
    return plain_.member(member, peeked);
  }
  if (member.size > limits.member_bytes)
    return fail(Errc::invalid_input,
                fmt::format("'{}' has {} bytes, more than the limit of {}",
                            text::escape_for_terminal(member.path),
                            member.size,
                            limits.member_bytes),
                "no ordinary tree holds such a file");
  return plain_.member(member, content);
}

Result<void> ArchiveMembers::document(const archive::Member& member, tree::ByteSource& content) {
  std::string text;
  for (;;) {
    RS_TRY_ASSIGN(const auto piece, content.next());
    if (piece.empty()) break;
    text.append(text_of(piece));
  }
  document_bytes_ += text.size();
  TextSource again(text);
  RS_TRY(plain_.member(member, again));
  documents_[member.path] = std::move(text);
  return {};
}

Result<void> ArchiveMembers::layer(const archive::Member& member, tree::ByteSource& content) {
  RS_TRY(plain_.add(member));
  const auto listing = sink_.subject.listings.size();
  sink_.subject.listings.emplace_back();
  auto read = read_layer(content, sink_, listing, algorithm_of(member.path));
  auto& layer = layers_[member.path];
  layer = {.listing = listing, .failure = {}};
  if (read) return {};
  // Whether this matters depends on who names it; what does not is only that one must stop.
  if (read.error().code != Errc::invalid_input) return read;
  layer.failure = std::move(read).error();
  return {};
}

Result<std::string> ArchiveMembers::text(const std::string& place) {
  const auto found = documents_.find(followed(place));
  if (found != documents_.end()) return found->second;
  return fail(Errc::not_found,
              fmt::format("the archive has no '{}'", text::escape_for_terminal(place)));
}

std::string ArchiveMembers::followed(const std::string& place) const {
  auto at = place;
  for (int hop = 0; hop < kMostHops; ++hop) {
    const auto link = links_.find(at);
    if (link == links_.end()) return at;
    at = link->second;
  }
  return {};
}

ReadLayers ArchiveMembers::layers_of(const Plan& plan) const {
  ReadLayers out;
  for (const auto& image : plan.images)
    for (const auto& ref : image.layers)
      if (const auto found = layers_.find(followed(ref.place)); found != layers_.end())
        out[ref.place] = found->second;
  return out;
}

void ArchiveMembers::add_unseen(Findings& findings) const {
  for (const auto& [path, layer] : layers_)
    findings.push_back(
        {.rule = rules::not_judged,
         .severity = Severity::warning,
         .path = path,
         .message = fmt::format("{} is an archive within the archive, and was not looked at",
                                text::escape_for_terminal(path)),
         .evidence = {},
         .fix = "verify it by itself"});
}

}  // namespace rockstage::image
