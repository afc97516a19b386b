#include "archive/read_zip.hpp"
#include "fuzz.hpp"

#include <cstdint>
#include <span>
#include <string>

using rockstage::fuzz::promise;

namespace {

namespace archive = rockstage::archive;
namespace tree = rockstage::tree;

/// What is handed on is inside the root and has as many bytes as it says.
class Checks final : public archive::MemberVisitor {
 public:
  std::uint64_t members = 0, bytes = 0;

  rockstage::Result<void> member(const archive::Member& member,
                                 tree::ByteSource& content) override {
    ++members;
    const auto slashed = "/" + member.path + "/";
    promise(!member.path.empty(), "every member has a name");
    promise(!member.path.starts_with('/') && !member.path.ends_with('/'), "no slash at the ends");
    promise(slashed.find("/../") == std::string::npos && slashed.find("/./") == std::string::npos,
            "no . and .. in paths");
    promise(member.path.find('\0') == std::string::npos, "no NUL in paths");
    if (members % 3 == 0 || member.kind != tree::EntryKind::file) return {};
    std::uint64_t size = 0;
    for (;;) {
      RS_TRY_ASSIGN(const auto piece, content.next());
      if (piece.empty()) break;
      size += piece.size();
    }
    promise(size == member.size, "contents have the size of the member");
    bytes += size;
    return {};
  }
};

}  // namespace

// A zip: an error or its members, within small limits.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  tree::Limits limits;
  limits.entries = 1000;
  limits.bytes = std::uint64_t{4} << 20;
  limits.ratio_free = std::uint64_t{1} << 20;
  Checks checks;
  const auto read = archive::read_zip(std::as_bytes(std::span(data, size)), limits, checks);
  promise(read || !read.error().message.empty(), "an error says why");
  promise(checks.members <= limits.entries, "the limit of entries holds");
  promise(checks.bytes <= limits.bytes, "the limit of bytes holds");
  return 0;
}
