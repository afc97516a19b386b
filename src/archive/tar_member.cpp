#include "archive/tar_member.hpp"

#include "archive/names.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace rockstage::archive {
namespace {

using tree::EntryKind;

const char* word_for(EntryKind kind) {
  switch (kind) {
    case EntryKind::file:
      return "file";
    case EntryKind::directory:
      return "directory";
    case EntryKind::symlink:
      return "symbolic link";
    case EntryKind::hardlink:
      return "hard link";
    case EntryKind::other:
      return "device or FIFO";
  }
  return "file";
}

/// Interprets one member; each function is one aspect of it.
class Interpreter {
 public:
  Interpreter(const TarHeader& header, const Extensions& extensions, Anomalies& anomalies)
      : header_(header),
        extensions_(extensions),
        pax_(extensions.pax ? *extensions.pax : kNoFields),
        anomalies_(anomalies) {}

  Result<ParsedMember> run(std::uint64_t offset) {
    member().offset = offset;
    member().raw_path = chosen(pax_.path, extensions_.long_name, header_.name);
    member().target = chosen(pax_.link_path, extensions_.long_link, header_.link_name);
    set_path();
    set_kind();
    RS_TRY(set_size());
    set_owner_and_mode();
    if (member().kind == EntryKind::hardlink) set_hard_link();
    if (member().kind == EntryKind::symlink && member().target.empty())
      ambiguous("symbolic link '{}' has no target");
    if (out_.usable && member().path.empty() && member().kind != EntryKind::directory) {
      out_.usable = false;
      path_finding(
          fmt::format("the root of the archive is a {}, not a directory", word_for(member().kind)));
    }
    note_extensions();
    return std::move(out_);
  }

 private:
  static std::string chosen(const std::optional<std::string>& pax,
                            const std::optional<std::string>& gnu,
                            const std::string& plain) {
    return pax ? *pax : gnu ? *gnu : plain;
  }

  Member& member() { return out_.member; }

  /// `format` has one place, for the member's name.
  void ambiguous(const char* format) {
    anomalies_.ambiguous(member().path,
                         member().offset,
                         fmt::format(fmt::runtime(format), shown(member().raw_path)));
  }

  void path_finding(std::string message) {
    anomalies_.path(member().path, member().offset, std::move(message));
  }

  void set_path() {
    auto name = normalise(member().raw_path);
    if (!name.leaves) member().path = std::move(name.path);
    out_.usable = !name.leaves && !member().raw_path.empty();
    if (member().raw_path.empty()) ambiguous("a member has no name{}");
    const auto told = shown(member().raw_path);
    // The root itself is often written as "/".
    if (name.absolute && !member().path.empty())
      path_finding(fmt::format("the name '{}' is absolute", told));
    if (name.leaves)
      path_finding(fmt::format("the name '{}' leads out of the archive's root", told));
    else if (name.parents)
      path_finding(fmt::format("the name '{}' has a component '..'", told));
    if (header_.stray_prefix && !extensions_.any())
      ambiguous("'{}' has a prefix in a header of a format without one");
  }

  void set_kind() {
    const bool slash = member().raw_path.ends_with('/');
    switch (header_.type) {
      case '\0':  // before POSIX, only the slash told a directory
        member().kind = slash ? EntryKind::directory : EntryKind::file;
        break;
      case '0':
      case '7':
        if (slash) ambiguous("'{}' is a file with the name of a directory");
        break;
      case 'S':
        ambiguous("'{}' is a sparse file, which readers unpack differently");
        break;
      case '1':
        member().kind = EntryKind::hardlink;
        break;
      case '2':
        member().kind = EntryKind::symlink;
        break;
      case '5':
        member().kind = EntryKind::directory;
        break;
      case '3':
      case '4':
      case '6':
        member().kind = EntryKind::other;
        break;
      default:
        ambiguous("'{}' is of a type that is not in the standard of tar");
        break;
    }
  }

  Result<void> set_size() {
    if (!header_.size)
      return damaged(
          member().offset,
          fmt::format("the size of '{}' is no number below 2^63", shown(member().raw_path)));
    const auto size = pax_.size.value_or(*header_.size);
    if (size != *header_.size && *header_.size != 0)
      anomalies_.ambiguous(member().path,
                           member().offset,
                           fmt::format("'{}' has {} bytes by its header and {} by its extended "
                                       "header",
                                       shown(member().raw_path),
                                       *header_.size,
                                       size));
    if (member().kind == EntryKind::file) {
      out_.body = member().size = size;
    } else if (size > 0) {
      out_.claimed = size;
      anomalies_.ambiguous(member().path,
                           member().offset,
                           fmt::format("{} '{}' carries {} bytes, which some readers skip and "
                                       "others read as members",
                                       word_for(member().kind),
                                       shown(member().raw_path),
                                       size));
    }
    return {};
  }

  void set_owner_and_mode() {
    const auto mode = header_.mode;
    const auto uid = pax_.uid ? pax_.uid : header_.uid;
    const auto gid = pax_.gid ? pax_.gid : header_.gid;
    if (!mode || !uid || !gid || *uid > UINT32_MAX || *gid > UINT32_MAX)
      ambiguous("the mode or the owner of '{}' cannot be read");
    member().mode = static_cast<std::uint16_t>(mode.value_or(0) & 07777U);
    member().uid = static_cast<std::uint32_t>(uid.value_or(0));
    member().gid = static_cast<std::uint32_t>(gid.value_or(0));
  }

  void set_hard_link() {
    auto target = normalise(member().target);
    if (target.absolute || target.parents || target.path.empty()) {
      path_finding(fmt::format("hard link '{}' leads to '{}', which is no name in the archive",
                               shown(member().raw_path),
                               shown(member().target)));
      out_.usable = out_.usable && !target.leaves && !target.path.empty();
    }
    member().target = std::move(target.path);
  }

  void note_extensions() {
    if (extensions_.repeated || (pax_.path && extensions_.long_name)
        || (pax_.link_path && extensions_.long_link))
      ambiguous("'{}' has more than one extended header that says the same");
    if (pax_.sparse) ambiguous("'{}' is a sparse file, which readers unpack differently");
    for (const auto& oddity : pax_.oddities)
      anomalies_.ambiguous(
          member().path,
          member().offset,
          fmt::format("the extended header of '{}' {}", shown(member().raw_path), oddity));
  }

  inline static const PaxFields kNoFields;

  const TarHeader& header_;
  const Extensions& extensions_;
  const PaxFields& pax_;
  Anomalies& anomalies_;
  ParsedMember out_;
};

}  // namespace

Result<ParsedMember> parse_member(const TarHeader& header,
                                  const Extensions& extensions,
                                  std::uint64_t offset,
                                  Anomalies& anomalies) {
  return Interpreter(header, extensions, anomalies).run(offset);
}

tl::unexpected<Error> damaged(std::uint64_t offset, const std::string& why) {
  return fail(Errc::invalid_input,
              fmt::format("archive is damaged at offset {}: {}", offset, why),
              "fetch or write the archive again");
}

}  // namespace rockstage::archive
