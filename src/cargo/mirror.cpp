#include "cargo/mirror.hpp"

#include "cargo/paths.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <set>

namespace rockstage::cargo {
namespace {

using sys::FileKind;

class Mirror {
 public:
  explicit Mirror(const MirrorRequest& request) : request_(request) {}

  Result<std::string> make() {
    RS_TRY(copy_workspace());
    for (const std::string& directory : request_.outside_path_dependencies) {
      RS_TRY(link_folder(directory));
      RS_TRY(link_files_above(directory));
    }
    RS_TRY(link_files_above(request_.workspace_root));
    return mirrored(request_.workspace_root);
  }

 private:
  [[nodiscard]] std::string mirrored(const std::string& path) const {
    return request_.mirror_root + path;
  }

  /// Version control and what cargo builds; cargo marks each of its target directories with
  /// CACHEDIR.TAG.
  [[nodiscard]] bool is_left_out(const std::string& path, const sys::WalkEntry& entry) const {
    if (path == request_.target_dir || path == request_.mirror_root) return true;
    if (sys::base_name(entry.path) == ".git") return true;
    if (entry.path == "target" && sys::is_file(sys::join(request_.workspace_root, "Cargo.toml")))
      return true;
    return entry.status.kind == FileKind::directory
           && sys::is_file(sys::join(path, "CACHEDIR.TAG"));
  }

  Result<void> copy_workspace() {
    const std::string& root = request_.workspace_root;
    std::set<std::string> wanted;
    RS_TRY_ASSIGN(const auto entries, sys::walk(root, [&](const sys::WalkEntry& entry) {
                    return !is_left_out(sys::join(root, entry.path), entry);
                  }));
    RS_TRY(make_folder(mirrored(root)));
    for (const sys::WalkEntry& entry : entries) {
      const std::string from = sys::join(root, entry.path);
      if (is_left_out(from, entry)) continue;
      wanted.insert(entry.path);
      RS_TRY(copy_entry(from, entry.status));
    }
    return remove_others(wanted);
  }

  Result<void> copy_entry(const std::string& from, const sys::FileStatus& status) {
    const std::string to = mirrored(from);
    if (status.kind == FileKind::directory) return make_folder(to);
    if (status.kind == FileKind::link) {
      RS_TRY_ASSIGN(const auto target, link_target(from));
      return link(target, to);
    }
    if (status.kind != FileKind::file) return {};  // sockets and pipes are no sources
    RS_TRY_ASSIGN(const auto old, sys::status(to));
    const bool same =
        old.kind == FileKind::file && old.size == status.size && old.mtime_ns == status.mtime_ns;
    if (same && old.mode == status.mode) return {};
    RS_TRY(sys::remove_all(to));
    RS_TRY(sys::copy_file(from, to, status.mode));
    return sys::set_mtime(to, status.mtime_ns);
  }

  /// What a link of the workspace says, in the mirror's terms.
  [[nodiscard]] Result<std::string> link_target(const std::string& path) const {
    RS_TRY_ASSIGN(std::string target, sys::read_link(path));
    const std::string leads_to = without_dots(sys::join(sys::parent(path), target));
    // By its text, and by where it really leads: a link on the way may lead elsewhere.
    const bool inside =
        is_below(leads_to, request_.workspace_root)
        && is_below(sys::absolute(leads_to), sys::absolute(request_.workspace_root));
    if (!inside)
      return fail(
          Errc::invalid_input,
          fmt::format("'{}' is a link that leads out of the workspace, to '{}'", path, leads_to),
          "commit a Cargo.lock (cargo generate-lockfile), so that the crate builds where it is");
    return target.starts_with('/') ? mirrored(leads_to) : target;
  }

  /// Deepest first, so that a folder is empty or gone when its turn comes.
  Result<void> remove_others(const std::set<std::string>& wanted) {
    const std::string root = mirrored(request_.workspace_root);
    RS_TRY_ASSIGN(const auto entries, sys::walk(root));
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      if (wanted.count(entry->path) > 0 || entry->path == "Cargo.lock") continue;
      RS_TRY(sys::remove_all(sys::join(root, entry->path)));
    }
    return {};
  }

  /// `directory` as a link, or, where the workspace lies in it, as a folder of links around the
  /// copy.
  Result<void> link_folder(const std::string& directory) {
    const std::string& root = request_.workspace_root;
    if (is_below(directory, root)) return {};
    if (!is_below(root, directory)) return link_outside(directory);
    RS_TRY_ASSIGN(const auto names, sys::list_directory(directory));
    for (const std::string& name : names) {
      const std::string path = sys::join(directory, name);
      if (name == "target" || path == request_.target_dir) continue;
      RS_TRY(is_below(root, path) ? link_folder(path) : link_outside(path));
    }
    return {};
  }

  /// Of every folder above, as cargo and rustup look at them.
  Result<void> link_files_above(const std::string& directory) {
    for (std::string folder = directory; sys::parent(folder) != folder;) {
      folder = sys::parent(folder);
      for (const char* name : {".cargo", "rust-toolchain", "rust-toolchain.toml", "Cargo.toml"}) {
        const std::string path = sys::join(folder, name);
        // CARGO_HOME would be read twice, and its lists joined with themselves.
        if (!sys::exists(path) || sys::absolute(path) == sys::absolute(request_.cargo_home))
          continue;
        RS_TRY(link_outside(path));
      }
    }
    return {};
  }

  /// A link to what is at `path`, unless it lies in the copy or below a link that is there already.
  Result<void> link_outside(const std::string& path) {
    if (is_below(path, request_.workspace_root)) return {};
    for (const std::string& linked : linked_) {
      if (is_below(path, linked)) return {};
    }
    linked_.insert(path);
    return link(path, mirrored(path));
  }

  Result<void> link(const std::string& target, const std::string& at) const {
    RS_TRY(make_folder(sys::parent(at)));
    RS_TRY_ASSIGN(const auto old, sys::status(at));
    if (old.kind == FileKind::link) {
      RS_TRY_ASSIGN(const auto present, sys::read_link(at));
      if (present == target) return {};
    }
    RS_TRY(sys::remove_all(at));
    return sys::make_link(target, at);
  }

  /// A folder, and folders on the way to it from the mirror's root: a link from an earlier state of
  /// the workspace would lead what is written back into the checkout.
  Result<void> make_folder(const std::string& path) const {
    if (!is_below(path, request_.mirror_root) || path == request_.mirror_root)
      return sys::make_directories(request_.mirror_root);
    RS_TRY(make_folder(sys::parent(path)));
    RS_TRY_ASSIGN(const auto old, sys::status(path));
    if (old.kind == FileKind::directory) return {};
    if (old.kind != FileKind::none) RS_TRY(sys::remove_all(path));
    return sys::make_directories(path);
  }

  const MirrorRequest& request_;
  std::set<std::string> linked_;
};

}  // namespace

Result<std::string> mirror_workspace(const MirrorRequest& request) {
  return Mirror(request).make();
}

}  // namespace rockstage::cargo
