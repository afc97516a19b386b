#include "archive/write_parts.hpp"
#include "digest/digest.hpp"
#include "sys/interrupt.hpp"
#include "sys/open_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace rockstage::archive {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 19;

tl::unexpected<Error> changed(const std::string& file) {
  return fail(Errc::io,
              fmt::format("'{}' changed while it was read", file),
              "export again when nothing writes to the tree");
}

}  // namespace

MemberReader::MemberReader(const WriteRequest& request) : request_(request), buffer_(kPiece) {
  for (const auto& member : request.members)
    total_ += member.size;
}

Result<void> MemberReader::begin(const OutputMember& member) {
  if (request_.progress) request_.progress(done_, total_, member.name);
  return sys::check_interrupted();
}

Result<void> MemberReader::read(
    const OutputMember& member,
    const std::function<Result<void>(std::span<const std::byte>)>& take) {
  // What the file has become since it was found may be a FIFO without a writer, or a link.
  RS_TRY_ASSIGN(const auto folder, sys::Directory::open(sys::parent(member.file)));
  RS_TRY_ASSIGN(auto input, folder.file(sys::base_name(member.file)));
  std::optional<digest::Hasher> hasher;
  if (request_.digested) hasher.emplace(digest::Algorithm::sha256);
  std::uint64_t left = member.size;
  while (true) {
    RS_TRY_ASSIGN(const auto count, input.read(buffer_));
    if (count == 0) break;
    if (count > left) return changed(member.file);
    left -= count;
    const auto piece = std::span(buffer_).first(count);
    if (hasher) hasher->update({reinterpret_cast<const char*>(piece.data()), piece.size()});
    RS_TRY(take(piece));
    RS_TRY(sys::check_interrupted());
  }
  if (left > 0) return changed(member.file);
  done_ += member.size;
  if (hasher) request_.digested(member, hasher->hex());
  return {};
}

}  // namespace rockstage::archive
