#pragma once
#include "archive/stream.hpp"
#include "archive/tar.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::archive {

/// Bytes from memory, in pieces of a given size.
class MemorySource final : public tree::ByteSource {
 public:
  explicit MemorySource(std::string_view bytes, std::size_t piece = SIZE_MAX)
      : bytes_(bytes), piece_(piece) {}

  Result<std::span<const std::byte>> next() override {
    const auto piece = bytes_.substr(0, piece_);
    bytes_.remove_prefix(piece.size());
    return std::as_bytes(std::span(piece.data(), piece.size()));
  }

 private:
  std::string_view bytes_;
  std::size_t piece_;
};

/// Everything that a source gives; or its error.
inline Result<std::string> drain(tree::ByteSource& source) {
  std::string out;
  for (;;) {
    RS_TRY_ASSIGN(const auto piece, source.next());
    if (piece.empty()) return out;
    out.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  }
}

/// Keeps the members and their contents.
class Recorder final : public MemberVisitor {
 public:
  std::vector<Member> members;
  std::map<std::string, std::string> contents;  ///< of the regular files, by path
  bool take = true;                             ///< or leave the contents to be skipped

  Result<void> member(const Member& member, tree::ByteSource& content) override {
    members.push_back(member);
    if (!take || member.kind != tree::EntryKind::file) return {};
    RS_TRY_ASSIGN(contents[member.path], drain(content));
    return {};
  }

  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const auto& member : members)
      out.push_back(member.path);
    return out;
  }
};

/// A tar as read_tar() sees it.
struct Reading {
  Recorder recorder;
  TarSummary summary;
  Result<void> result;

  explicit Reading(std::string_view tar,
                   const tree::Limits& limits = {},
                   std::size_t piece = 1000) {
    MemorySource source(tar, piece);
    result = read_tar(source, limits, recorder, summary);
  }

  /// `rule: message` of each anomaly.
  [[nodiscard]] std::vector<std::string> anomalies() const {
    std::vector<std::string> out;
    for (const auto& finding : summary.anomalies)
      out.push_back(finding.rule + ": " + finding.message);
    return out;
  }

  /// The message of the error; empty when there is none.
  [[nodiscard]] std::string error() const { return result ? "" : result.error().message; }
};

using Texts = std::vector<std::string>;

}  // namespace rockstage::archive
