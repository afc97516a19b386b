#include "archive/read_zip.hpp"

#include "archive/names.hpp"
#include "archive/zip_directory.hpp"

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <vector>

namespace rockstage::archive {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;

/// The bytes of one member, held against what the directory says of them.
class Content final : public tree::ByteSource {
 public:
  Content(const ZipMember& member, std::vector<std::byte>& buffer)
      : member_(member), rest_(member.packed), buffer_(buffer) {
    isal_inflate_init(&state_);
  }

  Result<std::span<const std::byte>> next() override {
    RS_TRY_ASSIGN(const auto piece, member_.method == ZipMethod::deflate ? inflated() : stored());
    given_ += piece.size();
    if (given_ > member_.member.size) return bad("has more bytes than it says");
    crc_ = libdeflate_crc32(crc_, piece.data(), piece.size());
    if (!piece.empty()) return piece;
    if (given_ != member_.member.size) return bad("has fewer bytes than it says");
    if (crc_ != member_.crc) return bad("does not match its checksum");
    return piece;
  }

 private:
  Result<std::span<const std::byte>> stored() {
    const auto piece = rest_.first(std::min(rest_.size(), kPiece));
    rest_ = rest_.subspan(piece.size());
    return piece;
  }

  Result<std::span<const std::byte>> inflated() {
    // The library does not write to its input; its interface has no const.
    state_.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(rest_.data()));
    state_.avail_in = static_cast<std::uint32_t>(rest_.size());
    state_.next_out = reinterpret_cast<std::uint8_t*>(buffer_.data());
    state_.avail_out = static_cast<std::uint32_t>(buffer_.size());
    if (isal_inflate(&state_) < 0) return bad("is damaged");
    rest_ = rest_.last(state_.avail_in);
    const auto size = buffer_.size() - state_.avail_out;
    if (size == 0 && state_.block_state != ISAL_BLOCK_FINISH) return bad("is cut off");
    return std::span<const std::byte>(buffer_).first(size);
  }

  [[nodiscard]] tl::unexpected<Error> bad(const char* how) const {
    return fail(Errc::invalid_input,
                fmt::format("'{}' {}", shown(member_.member.raw_path), how),
                "fetch or write the file again");
  }

  const ZipMember& member_;
  std::span<const std::byte> rest_;
  std::vector<std::byte>& buffer_;
  inflate_state state_{};
  std::uint64_t given_ = 0;
  std::uint32_t crc_ = 0;
};

/// What a symbolic link holds is where it leads to.
Result<std::string> target_of(const Member& link,
                              tree::ByteSource& content,
                              const tree::Limits& limits) {
  std::string target;
  for (;;) {
    RS_TRY_ASSIGN(const auto piece, content.next());
    if (piece.empty()) return target;
    if (target.size() + piece.size() > limits.path_bytes)
      return fail(Errc::invalid_input,
                  fmt::format("'{}' is a link with too long a target", shown(link.raw_path)),
                  "no file system holds such a link");
    target.append(reinterpret_cast<const char*>(piece.data()), piece.size());
  }
}

}  // namespace

bool looks_like_zip(std::span<const std::byte> bytes) {
  constexpr std::array kMember{std::byte{'P'}, std::byte{'K'}, std::byte{3}, std::byte{4}};
  constexpr std::array kEmpty{std::byte{'P'}, std::byte{'K'}, std::byte{5}, std::byte{6}};
  if (bytes.size() < kMember.size()) return false;
  const auto head = bytes.first(kMember.size());
  return std::ranges::equal(head, kMember) || std::ranges::equal(head, kEmpty);
}

Result<void> read_zip(std::span<const std::byte> zip,
                      const tree::Limits& limits,
                      MemberVisitor& visitor) {
  RS_TRY_ASSIGN(auto members, read_zip_directory(zip, limits));
  std::vector<std::byte> buffer(kPiece);
  for (auto& found : members) {
    Content content(found, buffer);
    if (found.member.kind == tree::EntryKind::symlink) {
      RS_TRY_ASSIGN(found.member.target, target_of(found.member, content, limits));
      RS_TRY(visitor.member(found.member, content));
      continue;
    }
    RS_TRY(visitor.member(found.member, content));
    // What the visitor left is judged all the same.
    for (bool more = true; more;) {
      RS_TRY_ASSIGN(const auto piece, content.next());
      more = !piece.empty();
    }
  }
  return {};
}

}  // namespace rockstage::archive
