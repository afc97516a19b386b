#include "archive/zip_directory.hpp"

#include "archive/names.hpp"
#include "base/rel_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

namespace rockstage::archive {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::uint32_t kLocalHeader = 0x04034b50, kDirectoryEntry = 0x02014b50, kEnd = 0x06054b50;
constexpr std::size_t kLocalSize = 30, kEntrySize = 46, kEndSize = 22, kLongestComment = 0xffff;
constexpr std::uint16_t kEncrypted = 1U << 0U, kSizesFollow = 1U << 3U, kMasked = 1U << 13U;
constexpr std::uint16_t kSaidElsewhere16 = 0xffff;  // in a zip64
constexpr std::uint32_t kSaidElsewhere32 = 0xffffffff;

std::uint16_t le16(Bytes bytes, std::size_t at) {
  return static_cast<std::uint16_t>(std::to_integer<unsigned>(bytes[at])
                                    | std::to_integer<unsigned>(bytes[at + 1]) << 8U);
}

std::uint32_t le32(Bytes bytes, std::size_t at) {
  return le16(bytes, at) | static_cast<std::uint32_t>(le16(bytes, at + 2)) << 16U;
}

std::string_view text_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

tl::unexpected<Error> damaged(const std::string& how) {
  return fail(Errc::invalid_input, "the zip " + how, "fetch or write the file again");
}

tl::unexpected<Error> bad_member(std::string_view name, const std::string& how) {
  return fail(Errc::invalid_input,
              fmt::format("'{}' {}", shown(name), how),
              "fetch or write the file again");
}

tl::unexpected<Error> too_large(const std::string& what) {
  return fail(Errc::invalid_input, what, "no rock holds that much");
}

/// Where the directory lies, and how many members it has.
struct End {
  std::size_t at = 0;
  std::size_t entries = 0;
  std::size_t directory = 0, directory_size = 0;
};

/// The record at the end of the file; only its comment may follow it.
Result<End> find_end(Bytes zip) {
  const auto first = zip.size() - std::min(zip.size(), kEndSize + kLongestComment);
  for (auto at = zip.size() < kEndSize ? first : zip.size() - kEndSize + 1; at > first;) {
    --at;
    if (le32(zip, at) != kEnd || at + kEndSize + le16(zip, at + 20) != zip.size()) continue;
    const auto entries = le16(zip, at + 10);
    const auto size = le32(zip, at + 12);
    const auto directory = le32(zip, at + 16);
    if (entries == kSaidElsewhere16 || size == kSaidElsewhere32 || directory == kSaidElsewhere32)
      return damaged("is a zip64, which is not read");
    if (le16(zip, at + 4) != 0 || le16(zip, at + 6) != 0 || le16(zip, at + 8) != entries)
      return damaged("is one of several parts");
    if (std::uint64_t{directory} + size != at)
      return damaged("does not say where its directory is");
    return End{at, entries, directory, size};
  }
  return damaged("has no end: it is cut off, or followed by something else");
}

/// By the Unix mode, whatever system is named as the maker: LuaRocks names none. Without one it
/// is what its name says.
tree::EntryKind kind_of(std::uint32_t attributes, bool named_directory) {
  constexpr std::uint32_t kTypes = 0170000, kFile = 0100000, kDirectory = 0040000, kLink = 0120000;
  const auto type = attributes >> 16U & kTypes;
  if (type == kLink) return tree::EntryKind::symlink;
  if (named_directory && (type == 0 || type == kDirectory)) return tree::EntryKind::directory;
  if (!named_directory && (type == 0 || type == kFile)) return tree::EntryKind::file;
  return tree::EntryKind::other;
}

Result<void> check_name(std::string_view name, const tree::Limits& limits) {
  const auto path = RelPath::parse(name);
  if (!path || path->empty()) return bad_member(name, "is a name that leads out of the archive");
  if (name.size() > limits.path_bytes) return bad_member(name, "is too long a name");
  std::size_t depth = 1, component = 0;
  for (const char c : path->str()) {
    component = c == '/' ? 0 : component + 1;
    if (c == '/') ++depth;
    if (component > limits.component_bytes) return bad_member(name, "is too long a name");
  }
  if (depth > limits.depth) return bad_member(name, "lies too deep in directories");
  return {};
}

class Directory {
 public:
  Directory(Bytes zip, const tree::Limits& limits) : zip_(zip), limits_(limits) {}

  Result<std::vector<ZipMember>> read() {
    RS_TRY_ASSIGN(end_, find_end(zip_));
    if (end_.entries > limits_.entries)
      return too_large(fmt::format(
          "the archive has {} members, the limit is {}", end_.entries, limits_.entries));
    auto at = end_.directory;
    for (std::size_t i = 0; i < end_.entries; ++i) {
      RS_TRY_ASSIGN(at, read_entry(at));
    }
    if (at != end_.at) return damaged("has bytes behind its directory");
    RS_TRY(check_overlaps());
    RS_TRY(check_limits());
    return std::move(members_);
  }

 private:
  /// The member whose entry begins at `at`; where the next one begins.
  Result<std::size_t> read_entry(std::size_t at) {
    if (end_.at - at < kEntrySize || le32(zip_, at) != kDirectoryEntry)
      return damaged("has a damaged directory");
    const auto fixed = zip_.subspan(at, kEntrySize);
    const std::size_t name_size = le16(fixed, 28);
    const auto next = at + kEntrySize + name_size + le16(fixed, 30) + le16(fixed, 32);
    if (next > end_.at) return damaged("has a damaged directory");
    const auto name = text_of(zip_.subspan(at + kEntrySize, name_size));
    RS_TRY(check_name(name, limits_));

    ZipMember out;
    out.member.raw_path = name;
    out.member.path = normalise(name).path;
    out.member.kind = kind_of(le32(fixed, 38), name.ends_with('/'));
    out.member.mode = static_cast<std::uint16_t>(le32(fixed, 38) >> 16U & 07777U);
    out.member.size = le32(fixed, 24);
    out.member.offset = le32(fixed, 42);
    out.crc = le32(fixed, 16);
    out.method = static_cast<ZipMethod>(le16(fixed, 10));
    RS_TRY(check_entry(out, fixed));
    RS_TRY_ASSIGN(out.packed, find_packed(out, fixed));
    members_.push_back(std::move(out));
    return next;
  }

  Result<void> check_entry(const ZipMember& found, Bytes entry) {
    const auto& name = found.member.raw_path;
    if ((le16(entry, 8) & (kEncrypted | kMasked)) != 0) return bad_member(name, "is encrypted");
    if (found.method != ZipMethod::stored && found.method != ZipMethod::deflate)
      return fail(
          Errc::invalid_input,
          fmt::format(
              "'{}' is compressed by method {}, which is not read", shown(name), le16(entry, 10)),
          "write the archive with deflate, as `zip` does");
    if (found.member.kind == tree::EntryKind::other)
      return bad_member(name, "is neither file nor directory nor link");
    if (found.member.kind == tree::EntryKind::directory && found.member.size != 0)
      return bad_member(name, "is a directory with bytes in it");
    if (found.member.size > limits_.member_bytes)
      return too_large(fmt::format("'{}' has {} bytes, the limit is {}",
                                   shown(name),
                                   found.member.size,
                                   limits_.member_bytes));
    if (!names_.insert(found.member.path).second)
      return bad_member(name, "is in the archive twice");
    return {};
  }

  /// The bytes behind the member's own header, which must say what the directory says.
  Result<Bytes> find_packed(const ZipMember& found, Bytes entry) const {
    const auto& name = found.member.raw_path;
    const auto at = found.member.offset;
    const std::uint64_t packed = le32(entry, 20);
    const auto room = end_.directory;
    if (at > room || room - at < kLocalSize || le32(zip_, at) != kLocalHeader)
      return bad_member(name, "has no header where the directory says");
    const auto header = zip_.subspan(at, kLocalSize);
    const std::uint64_t data = at + kLocalSize + le16(header, 26) + le16(header, 28);
    if (data > room || room - data < packed) return bad_member(name, "is cut off");
    const bool sizes_follow = (le16(header, 6) & kSizesFollow) != 0;
    const bool agrees = text_of(zip_.subspan(at + kLocalSize, le16(header, 26))) == name
                        && le16(header, 8) == le16(entry, 10)
                        && (sizes_follow
                            || (le32(header, 14) == found.crc && le32(header, 18) == packed
                                && le32(header, 22) == found.member.size));
    if (!agrees)
      return bad_member(name, "has a header that says something else than the directory");
    if (found.method == ZipMethod::stored && packed != found.member.size)
      return bad_member(name, "has not the size that it says");
    return zip_.subspan(data, packed);
  }

  /// One stream that several members share would be unpacked once for each.
  [[nodiscard]] Result<void> check_overlaps() const {
    std::vector<const ZipMember*> by_place;
    for (const auto& member : members_)
      by_place.push_back(&member);
    std::ranges::sort(by_place, {}, [](const ZipMember* one) { return one->member.offset; });
    const std::byte* end = zip_.data();
    for (const auto* one : by_place) {
      if (zip_.data() + one->member.offset < end)
        return bad_member(one->member.raw_path, "overlaps another member");
      end = one->packed.data() + one->packed.size();
    }
    return {};
  }

  [[nodiscard]] Result<void> check_limits() const {
    std::uint64_t bytes = 0;
    for (const auto& member : members_)
      bytes += member.member.size;
    if (bytes > limits_.bytes)
      return too_large(
          fmt::format("the archive unpacks to {} bytes, the limit is {}", bytes, limits_.bytes));
    if (bytes > limits_.ratio_free
        && bytes / std::max<std::uint64_t>(limits_.ratio, 1) > zip_.size())
      return too_large(
          fmt::format("the archive unpacks to more than {} times its size", limits_.ratio));
    return {};
  }

  Bytes zip_;
  const tree::Limits& limits_;
  End end_;
  std::vector<ZipMember> members_;
  std::set<std::string> names_;
};

}  // namespace

Result<std::vector<ZipMember>> read_zip_directory(std::span<const std::byte> zip,
                                                  const tree::Limits& limits) {
  return Directory(zip, limits).read();
}

}  // namespace rockstage::archive
