#include "archive/unpack.hpp"

#include "archive/names.hpp"
#include "archive/read_zip.hpp"
#include "archive/stream.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace rockstage::archive {
namespace {

/// Of the archive itself and of each member, which are both held in memory.
constexpr std::uint64_t kLargestFile = std::uint64_t{512} << 20;

tree::Limits limits() {
  tree::Limits out;
  out.entries = 100'000;
  out.member_bytes = kLargestFile;
  out.bytes = std::uint64_t{4} << 30;
  return out;
}

tl::unexpected<Error> refused(const Member& member, const std::string& why) {
  return fail(Errc::invalid_input,
              fmt::format("'{}' {}", shown(member.raw_path), why),
              "do not trust the file; fetch or write it again");
}

/// Puts members into an empty directory. Links come last, so that nothing is written through one.
class Unpacker final : public MemberVisitor {
 public:
  Unpacker(const std::string& directory, Links links) : directory_(directory), links_(links) {}

  Result<void> member(const Member& member, tree::ByteSource& content) override {
    RS_TRY(sys::check_interrupted());
    if (member.path.empty()) return {};
    switch (member.kind) {
      case tree::EntryKind::directory:
        RS_TRY(note(member));
        return sys::make_directories(sys::join(directory_, member.path));
      case tree::EntryKind::file:
        RS_TRY(note(member));
        return put_file(member, content);
      case tree::EntryKind::symlink:
      case tree::EntryKind::hardlink:
        if (links_ == Links::refuse) return refused(member, "is a link");
        RS_TRY(note(member));
        waiting_.push_back(member);
        return {};
      case tree::EntryKind::other:
        break;
    }
    return refused(member, "is neither file nor directory nor link");
  }

  Result<void> finish() {
    for (const auto& member : waiting_)
      if (member.kind == tree::EntryKind::hardlink) RS_TRY(put_copy(member));
    for (const auto& member : waiting_)
      if (member.kind == tree::EntryKind::symlink) RS_TRY(put_link(member));
    // By its text each stays in the archive; through one another they may still leave it.
    const auto root = sys::absolute(directory_) + "/";
    for (const auto& member : waiting_) {
      const auto place = sys::parent(sys::join(directory_, member.path));
      if (!(sys::absolute(sys::join(place, member.target)) + "/").starts_with(root)
          && member.kind == tree::EntryKind::symlink)
        return leads_out(member);
    }
    return {};
  }

 private:
  /// Its place is free, and what lies above it is a directory.
  Result<void> note(const Member& member) {
    const bool directory = member.kind == tree::EntryKind::directory;
    const auto [at, is_new] = kinds_.try_emplace(member.path, member.kind);
    if (!is_new && (!directory || at->second != member.kind))
      return refused(member, "is in the archive twice");
    for (auto above = sys::parent(member.path); above != "."; above = sys::parent(above)) {
      const auto found = kinds_.try_emplace(above, tree::EntryKind::directory);
      if (found.first->second != tree::EntryKind::directory)
        return refused(member, fmt::format("lies in '{}', which is no directory", shown(above)));
      if (!found.second) break;
    }
    return {};
  }

  Result<void> put_file(const Member& member, tree::ByteSource& content) const {
    std::string bytes;
    bytes.reserve(member.size);
    for (;;) {
      RS_TRY_ASSIGN(const auto piece, content.next());
      if (piece.empty()) break;
      bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
    const unsigned mode = (member.mode & 0100U) != 0 ? 0755 : 0644;
    return sys::write_file(sys::join(directory_, member.path), bytes, mode);
  }

  /// A hard link becomes a file of its own.
  Result<void> put_copy(const Member& member) const {
    const auto found = kinds_.find(member.target);
    if (found == kinds_.end() || found->second != tree::EntryKind::file)
      return refused(member, "is a hard link to what is no file of the archive");
    const auto from = sys::join(directory_, member.target);
    RS_TRY_ASSIGN(const auto status, sys::status(from));
    return sys::copy_file(from, sys::join(directory_, member.path), status.mode);
  }

  static tl::unexpected<Error> leads_out(const Member& member) {
    return refused(member, fmt::format("is a link that leads out, to '{}'", shown(member.target)));
  }

  Result<void> put_link(const Member& member) const {
    const auto leads_to = normalise(sys::join(sys::parent(member.path), member.target));
    if (member.target.empty() || member.target.find('\0') != std::string::npos || leads_to.absolute
        || leads_to.leaves)
      return refused(member,
                     fmt::format("is a link that leads out, to '{}'", shown(member.target)));
    const auto path = sys::join(directory_, member.path);
    RS_TRY(sys::make_directories(sys::parent(path)));
    return sys::make_link(member.target, path);
  }

  const std::string& directory_;
  Links links_;
  std::map<std::string, tree::EntryKind> kinds_;
  std::vector<Member> waiting_;
};

Result<void> unpack_tar(const std::string& file, Unpacker& unpacker) {
  RS_TRY_ASSIGN(const auto stored, open_stream(file));
  Compression compression{};
  const auto tar = decompress(*stored, limits(), compression);
  RS_TRY_ASSIGN(const auto summary, read_tar(*tar, limits(), unpacker));
  for (const auto& anomaly : summary.anomalies)
    if (anomaly.rule == "archive-path")
      return fail(Errc::invalid_input, anomaly.message, "do not trust the file");
  if (summary.empty) return fail(Errc::invalid_input, "it holds nothing");
  return {};
}

Result<bool> is_zip(const std::string& file) {
  RS_TRY_ASSIGN(auto input, sys::InputFile::open(file));
  std::array<std::byte, 4> head{};
  RS_TRY_ASSIGN(const auto got, input.read(head));
  return looks_like_zip(std::span(head).first(got));
}

Result<void> unpack(const std::string& file, Unpacker& unpacker) {
  RS_TRY_ASSIGN(const bool zip, is_zip(file));
  if (!zip) return unpack_tar(file, unpacker);
  // It is read from its end.
  RS_TRY_ASSIGN(const auto bytes, sys::read_file(file, kLargestFile));
  return read_zip(std::as_bytes(std::span(bytes)), limits(), unpacker);
}

}  // namespace

Result<void> unpack_archive(const std::string& file, const std::string& directory, Links links) {
  Unpacker unpacker(directory, links);
  if (auto done = unpack(file, unpacker); !done) {
    auto error = std::move(done).error();
    // Here the limits are no options.
    if (error.hint.starts_with("--max-")) error.hint = "no rock holds that much";
    return tl::unexpected<Error>(std::move(error));
  }
  return unpacker.finish();
}

Result<void> unpack_zip(const std::string& file, const std::string& directory, Links links) {
  RS_TRY_ASSIGN(const bool zip, is_zip(file));
  if (!zip) return fail(Errc::invalid_input, "it is no zip", "fetch or write the file again");
  return unpack_archive(file, directory, links);
}

}  // namespace rockstage::archive
