#include "archive/tar.hpp"

#include "archive/anomalies.hpp"
#include "archive/cursor.hpp"
#include "archive/names.hpp"
#include "archive/seen_paths.hpp"
#include "archive/tar_member.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rockstage::archive {
namespace {

constexpr std::uint64_t kMostExtension = std::uint64_t{1} << 20;  // 1 MiB
/// Names and link targets may take this much for each entry that is allowed.
constexpr std::uint64_t kNameBytesPerEntry = 128;

std::uint64_t padding_of(std::uint64_t size) {
  return (kBlock - size % kBlock) % kBlock;
}

struct Shape {
  std::size_t depth = 0;
  std::size_t longest = 0;  ///< component
};

Shape shape_of(std::string_view path) {
  Shape shape;
  while (!path.empty()) {
    const auto component = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), component.size() + 1));
    ++shape.depth;
    shape.longest = std::max(shape.longest, component.size());
  }
  return shape;
}

/// The bytes of one member. What is not taken is passed over by skip_rest().
class Body final : public tree::ByteSource {
 public:
  Body(Cursor& cursor, std::uint64_t size, std::string_view name)
      : cursor_(cursor), left_(size), name_(name) {}

  Result<std::span<const std::byte>> next() override {
    if (left_ == 0) return std::span<const std::byte>();
    RS_TRY_ASSIGN(const auto piece, cursor_.take(left_));
    if (piece.empty()) return ends();
    left_ -= piece.size();
    return piece;
  }

  Result<void> skip_rest(std::uint64_t padding) {
    const auto wanted = std::exchange(left_, 0) + padding;
    RS_TRY_ASSIGN(const auto passed, cursor_.skip(wanted));
    if (passed < wanted) return ends();
    return {};
  }

 private:
  [[nodiscard]] tl::unexpected<Error> ends() const {
    return damaged(cursor_.offset(), fmt::format("it ends in the middle of '{}'", shown(name_)));
  }

  Cursor& cursor_;
  std::uint64_t left_;
  std::string_view name_;
};

class TarReader {
 public:
  TarReader(tree::ByteSource& tar,
            const tree::Limits& limits,
            MemberVisitor& visitor,
            TarSummary& summary)
      : cursor_(tar),
        limits_(limits),
        visitor_(visitor),
        summary_(summary),
        anomalies_(summary.anomalies) {}

  Result<void> run() {
    const auto read = headers();
    anomalies_.finish();
    summary_.bytes = cursor_.offset();
    summary_.empty = summary_.entries == 0;
    return read;
  }

 private:
  Result<void> headers();
  Result<void> header(const Block& block, std::uint64_t offset);
  Result<void> end_marker(std::uint64_t offset);
  Result<void> drain(std::optional<std::uint64_t> found);
  Result<std::string> extension_body(const TarHeader& header, std::uint64_t offset);
  Result<void> extended(const TarHeader& header, std::uint64_t offset);
  Result<void> global(const TarHeader& header, std::uint64_t offset);
  Result<void> long_text(const TarHeader& header, std::uint64_t offset);
  Result<void> member(const TarHeader& header, std::uint64_t offset);
  Result<void> claimed_body(std::uint64_t size);
  Result<void> skip_sparse_map(const TarHeader& header);
  Result<void> within_limits(const ParsedMember& parsed);
  void check_repetition(const Member& member);
  void end_extensions();
  [[nodiscard]] Result<void> within_bytes() const;

  Cursor cursor_;
  const tree::Limits& limits_;
  MemberVisitor& visitor_;
  TarSummary& summary_;
  Anomalies anomalies_;
  SeenPaths seen_;
  Extensions extensions_;
  std::uint64_t name_bytes_ = 0;
  std::uint64_t claimed_ = 0;  ///< by the member before, which should have no body
};

Result<void> TarReader::headers() {
  for (;;) {
    Block block{};
    const auto offset = cursor_.offset();
    RS_TRY_ASSIGN(const auto got, cursor_.fill(block));
    const bool zero = is_zero(std::span(block).first(got));
    if (zero && got == block.size()) return end_marker(offset);
    if (zero) {
      end_extensions();
      if (summary_.entries > 0)
        anomalies_.ambiguous({}, offset, "the archive has no end marker, so it may be cut off");
      return {};
    }
    if (got < block.size()) return damaged(offset, "it ends in the middle of a header");
    RS_TRY(header(block, offset));
  }
}

Result<void> TarReader::header(const Block& block, std::uint64_t offset) {
  const auto header = parse_header(block);
  const auto claimed = std::exchange(claimed_, 0);
  if (!header.checksum_fits && claimed > 0) return claimed_body(claimed);
  if (!header.checksum_fits && offset == 0)
    return fail(Errc::invalid_input,
                "this is no archive: it does not begin with the header of a tar",
                "name a tar, or one compressed with gzip, zstd or xz");
  if (!header.checksum_fits) return damaged(offset, "the checksum of a header does not fit");
  RS_TRY(within_bytes());
  switch (header.type) {
    case 'x':
      return extended(header, offset);
    case 'g':
      return global(header, offset);
    case 'L':
    case 'K':
      return long_text(header, offset);
    default:
      return member(header, offset);
  }
}

/// One zero block was read; a second one makes the end.
Result<void> TarReader::end_marker(std::uint64_t offset) {
  end_extensions();
  Block second{};
  RS_TRY_ASSIGN(const auto got, cursor_.fill(second));
  if (is_zero(std::span(second).first(got))) return drain(std::nullopt);
  anomalies_.ambiguous(
      {},
      offset,
      fmt::format("a lone zero block at offset {} is followed by data, where some readers stop and "
                  "others go on",
                  offset));
  return drain(offset);
}

/// Reads what is behind the end; `found` is where something was already seen.
Result<void> TarReader::drain(std::optional<std::uint64_t> found) {
  for (;;) {
    const auto offset = cursor_.offset();
    RS_TRY(within_bytes());
    RS_TRY_ASSIGN(const auto piece, cursor_.take(UINT64_MAX));
    if (piece.empty()) return {};
    if (found || is_zero({reinterpret_cast<const char*>(piece.data()), piece.size()})) continue;
    found = offset;
    anomalies_.ambiguous(
        {}, offset, "data follows the end of the archive, where some readers stop");
  }
}

Result<std::string> TarReader::extension_body(const TarHeader& header, std::uint64_t offset) {
  if (!header.size) return damaged(offset, "the size of an extended header is no number");
  if (*header.size > kMostExtension)
    return fail(
        Errc::invalid_input,
        fmt::format("the extended header at offset {} has more than the limit of 1 MiB", offset),
        "no ordinary archive needs so much; do not trust it");
  std::string body(static_cast<std::size_t>(*header.size), '\0');
  RS_TRY_ASSIGN(const auto got, cursor_.fill(body));
  const auto padding = padding_of(body.size());
  RS_TRY_ASSIGN(const auto passed, cursor_.skip(padding));
  if (got < body.size() || passed < padding)
    return damaged(cursor_.offset(), "it ends in the middle of an extended header");
  if (!extensions_.any()) extensions_.offset = offset;
  return body;
}

Result<void> TarReader::extended(const TarHeader& header, std::uint64_t offset) {
  RS_TRY_ASSIGN(const auto body, extension_body(header, offset));
  auto fields = parse_pax(body);
  if (!fields) return damaged(offset, fields.error().message);
  if (extensions_.pax) extensions_.repeated = true;
  extensions_.pax = *std::move(fields);
  return {};
}

/// Applies to all members behind it; some readers pass over it, so it may not change what is read.
Result<void> TarReader::global(const TarHeader& header, std::uint64_t offset) {
  RS_TRY_ASSIGN(const auto body, extension_body(header, offset));
  const auto fields = parse_pax(body);
  if (!fields) return damaged(offset, fields.error().message);
  if (fields->bears_on_members())
    anomalies_.ambiguous({},
                         offset,
                         fmt::format("a global header at offset {} sets names, sizes or owners, "
                                     "which not every reader applies",
                                     offset));
  return {};
}

/// GNU tar's own form of names that do not fit the header.
Result<void> TarReader::long_text(const TarHeader& header, std::uint64_t offset) {
  RS_TRY_ASSIGN(auto body, extension_body(header, offset));
  body.resize(std::min(body.size(), body.find('\0')));
  auto& text = header.type == 'L' ? extensions_.long_name : extensions_.long_link;
  if (text) extensions_.repeated = true;
  text = std::move(body);
  return {};
}

Result<void> TarReader::member(const TarHeader& header, std::uint64_t offset) {
  const auto extensions = std::exchange(extensions_, {});
  RS_TRY_ASSIGN(const auto parsed, parse_member(header, extensions, offset, anomalies_));
  const auto& member = parsed.member;
  claimed_ = parsed.claimed;
  RS_TRY(within_limits(parsed));
  RS_TRY(skip_sparse_map(header));
  Body body(cursor_, parsed.body, member.raw_path);
  if (parsed.usable) {
    check_repetition(member);
    RS_TRY(visitor_.member(member, body));
  }
  return body.skip_rest(padding_of(parsed.body));
}

/// What follows a link that claims a body is no header, so it is that body; its first block is
/// read.
Result<void> TarReader::claimed_body(std::uint64_t size) {
  const auto wanted = size + padding_of(size) - kBlock;
  RS_TRY_ASSIGN(const auto passed, cursor_.skip(wanted));
  if (passed < wanted) return damaged(cursor_.offset(), "it ends in the middle of a link's body");
  return {};
}

/// Blocks between a GNU sparse header and its data.
Result<void> TarReader::skip_sparse_map(const TarHeader& header) {
  for (bool more = header.sparse_continues; more;) {
    Block map{};
    RS_TRY_ASSIGN(const auto got, cursor_.fill(map));
    if (got < map.size()) return damaged(cursor_.offset(), "it ends in the middle of a header");
    more = sparse_map_continues(map);
  }
  return {};
}

Result<void> TarReader::within_limits(const ParsedMember& parsed) {
  const auto& member = parsed.member;
  const auto over = [](const std::string& what, std::uint64_t limit, const char* hint) {
    return fail(Errc::invalid_input, fmt::format("{} than the limit of {}", what, limit), hint);
  };
  constexpr const char* kEntries = "--max-entries raises the limit";
  constexpr const char* kNames = "no file system holds such a name";
  if (++summary_.entries > limits_.entries)
    return over("the archive has more members", limits_.entries, kEntries);
  name_bytes_ += member.raw_path.size() + member.target.size();
  if (name_bytes_ / kNameBytesPerEntry > limits_.entries)
    return over(
        "the names of the archive have more bytes", limits_.entries * kNameBytesPerEntry, kEntries);
  const auto name = shown(member.raw_path);
  for (const auto& path : {member.raw_path, member.target})
    if (path.size() > limits_.path_bytes)
      return over(fmt::format("'{}' has a path of more bytes", name), limits_.path_bytes, kNames);
  const auto shape = shape_of(member.path);
  if (shape.longest > limits_.component_bytes)
    return over(
        fmt::format("'{}' has a component of more bytes", name), limits_.component_bytes, kNames);
  if (shape.depth > limits_.depth)
    return over(fmt::format("'{}' lies deeper in directories", name), limits_.depth, kNames);
  if (parsed.body > limits_.member_bytes)
    return over(fmt::format("'{}' has more bytes", name),
                limits_.member_bytes,
                "no rock or Lua runtime holds such a file");
  return {};
}

/// The image-spec forbids two members of one name. Directories that are alike do no harm.
void TarReader::check_repetition(const Member& member) {
  const bool directory = member.kind == tree::EntryKind::directory;
  const auto attributes = (std::uint64_t{member.uid} << 32U | member.gid)
                          ^ (std::uint64_t{member.mode} << 17U | std::uint64_t{directory} << 16U);
  const auto seen = seen_.add(member.path, attributes);
  if (seen == SeenPaths::Seen::no || (seen == SeenPaths::Seen::the_same && directory)) return;
  const auto raw = shown(member.raw_path);
  anomalies_.ambiguous(member.path,
                       member.offset,
                       member.raw_path == member.path
                           ? fmt::format("'{}' is in the archive twice", raw)
                           : fmt::format("'{}' names the same path as an earlier member", raw));
}

void TarReader::end_extensions() {
  if (!extensions_.any()) return;
  anomalies_.ambiguous(
      {},
      extensions_.offset,
      fmt::format("the extended header at offset {} belongs to no member", extensions_.offset));
  extensions_ = {};
}

Result<void> TarReader::within_bytes() const {
  if (cursor_.offset() <= limits_.bytes) return {};
  return fail(Errc::invalid_input,
              fmt::format("the archive has more bytes than the limit of {}", limits_.bytes),
              "--max-bytes raises the limit");
}

}  // namespace

Result<void> read_tar(tree::ByteSource& tar,
                      const tree::Limits& limits,
                      MemberVisitor& visitor,
                      TarSummary& so_far) {
  return TarReader(tar, limits, visitor, so_far).run();
}

Result<TarSummary> read_tar(tree::ByteSource& tar,
                            const tree::Limits& limits,
                            MemberVisitor& visitor) {
  TarSummary summary;
  RS_TRY(read_tar(tar, limits, visitor, summary));
  return summary;
}

}  // namespace rockstage::archive
