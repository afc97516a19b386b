#include "archive/read_zip.hpp"
#include "members.hpp"

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
    promise(!member.path.empty(), "every member has a name");
    rockstage::fuzz::check_path(member);
    if (members % 3 == 0 || member.kind != tree::EntryKind::file) return {};
    RS_TRY(rockstage::fuzz::check_content(member, content));
    bytes += member.size;
    return {};
  }
};

}  // namespace

// A zip: an error or its members, within small limits.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto limits = rockstage::fuzz::small_limits();
  Checks checks;
  const auto read = archive::read_zip(std::as_bytes(std::span(data, size)), limits, checks);
  promise(read || !read.error().message.empty(), "an error says why");
  promise(checks.members <= limits.entries, "the limit of entries holds");
  promise(checks.bytes <= limits.bytes, "the limit of bytes holds");
  return 0;
}
