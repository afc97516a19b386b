#include "stage/tree_edit.hpp"

#include "base/rel_path.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::stage {

Result<void> check_inside(const std::string& tree, const std::string& path) {
  RS_TRY(RelPath::parse(path));
  for (auto slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const auto directory = path.substr(0, slash);
    RS_TRY_ASSIGN(const auto found, sys::status(sys::join(tree, directory)));
    if (found.kind == sys::FileKind::link)
      return fail(Errc::invalid_input,
                  fmt::format("'{}' in the tree '{}' is a link", directory, tree),
                  "put a directory in its place: nothing is staged through a link");
  }
  return {};
}

std::string TreeEdit::location(const std::string& path) const {
  auto waiting = sys::join(waiting_, path);
  return sys::exists(waiting) ? waiting : sys::join(tree_, path);
}

bool TreeEdit::exists(const std::string& path) const {
  if (sys::exists(sys::join(waiting_, path))) return true;
  if (removed_.contains(path)) return false;
  const auto old = sys::join(tree_, path);
  const auto found = sys::status(old);
  if (!found || found->kind != sys::FileKind::directory)
    return found && found->kind != sys::FileKind::none;
  const auto entries = sys::walk(old);
  return !entries || entries->empty() || std::ranges::any_of(*entries, [&](const auto& entry) {
    return entry.status.kind != sys::FileKind::directory
           && !removed_.contains(sys::join(path, entry.path));
  });
}

Result<std::string> TreeEdit::read(const std::string& path) const {
  if (!exists(path)) return fail(Errc::not_found, "there is no '" + sys::join(tree_, path) + "'");
  return sys::read_file(location(path));
}

Result<void> TreeEdit::write(const std::string& path,
                             std::string_view content,
                             std::uint32_t mode) {
  RS_TRY(check_inside(tree_, path));
  const auto to = sys::join(waiting_, path);
  RS_TRY(sys::remove_file(to));
  return sys::write_file(to, content, mode);
}

Result<void> TreeEdit::copy_in(const std::string& from,
                               const std::string& path,
                               std::uint32_t mode) {
  RS_TRY(check_inside(tree_, path));
  const auto to = sys::join(waiting_, path);
  RS_TRY(sys::remove_file(to));
  return sys::copy_file(from, to, mode);
}

Result<void> TreeEdit::move(const std::string& from, const std::string& to) {
  RS_TRY(check_inside(tree_, from));
  RS_TRY(check_inside(tree_, to));
  const auto source = location(from);
  const auto target = sys::join(waiting_, to);
  RS_TRY(sys::make_directories(sys::parent(target)));
  if (source.starts_with(waiting_ + "/")) return sys::rename_path(source, target);
  RS_TRY_ASSIGN(const auto found, sys::status(source));
  if (!sys::hard_link(source, target)) RS_TRY(sys::copy_file(source, target, found.mode));
  removed_.insert(from);
  return {};
}

Result<void> TreeEdit::remove(const std::string& path) {
  RS_TRY(check_inside(tree_, path));
  RS_TRY(sys::remove_file(sys::join(waiting_, path)));
  if (sys::exists(sys::join(tree_, path))) removed_.insert(path);
  return {};
}

Result<void> TreeEdit::remove_directory(const std::string& directory) {
  RS_TRY(check_inside(tree_, directory));
  RS_TRY(sys::remove_all(sys::join(waiting_, directory)));
  const auto path = sys::join(tree_, directory);
  RS_TRY_ASSIGN(const auto found, sys::status(path));
  if (found.kind == sys::FileKind::none) return {};
  removed_.insert(directory);
  if (found.kind != sys::FileKind::directory) return {};
  RS_TRY_ASSIGN(const auto entries, sys::walk(path));
  for (const auto& entry : entries)
    removed_.insert(sys::join(directory, entry.path));
  return {};
}

}  // namespace rockstage::stage
