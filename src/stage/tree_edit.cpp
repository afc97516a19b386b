#include "stage/tree_edit.hpp"

#include "sys/files.hpp"

namespace rockstage::stage {

std::string TreeEdit::location(const std::string& path) const {
  auto waiting = sys::join(waiting_, path);
  return sys::exists(waiting) ? waiting : sys::join(tree_, path);
}

bool TreeEdit::exists(const std::string& path) const {
  if (sys::exists(sys::join(waiting_, path))) return true;
  return !removed_.contains(path) && sys::exists(sys::join(tree_, path));
}

Result<std::string> TreeEdit::read(const std::string& path) const {
  if (!exists(path)) return fail(Errc::not_found, "there is no '" + sys::join(tree_, path) + "'");
  return sys::read_file(location(path));
}

Result<void> TreeEdit::write(const std::string& path,
                             std::string_view content,
                             std::uint32_t mode) {
  const auto to = sys::join(waiting_, path);
  RS_TRY(sys::remove_file(to));
  return sys::write_file(to, content, mode);
}

Result<void> TreeEdit::copy_in(const std::string& from,
                               const std::string& path,
                               std::uint32_t mode) {
  const auto to = sys::join(waiting_, path);
  RS_TRY(sys::remove_file(to));
  return sys::copy_file(from, to, mode);
}

Result<void> TreeEdit::move(const std::string& from, const std::string& to) {
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
  RS_TRY(sys::remove_file(sys::join(waiting_, path)));
  if (sys::exists(sys::join(tree_, path))) removed_.insert(path);
  return {};
}

Result<void> TreeEdit::remove_directory(const std::string& directory) {
  RS_TRY(sys::remove_all(sys::join(waiting_, directory)));
  const auto path = sys::join(tree_, directory);
  if (!sys::is_directory(path)) return {};
  RS_TRY_ASSIGN(const auto entries, sys::walk(path));
  for (const auto& entry : entries)
    if (entry.status.kind != sys::FileKind::directory)
      removed_.insert(sys::join(directory, entry.path));
  return {};
}

}  // namespace rockstage::stage
