#include "stage/stage.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::stage {

Result<void> check_tree(const std::string& path) {
  if (path.find_first_of("?;\n") != std::string::npos)
    return fail(Errc::invalid_input,
                fmt::format("the tree '{}' has a '?', ';' or newline in its path, which cannot "
                            "work in a Lua search path",
                            path),
                "name another directory");
  const auto tree = sys::absolute(path);
  RS_TRY_ASSIGN(const auto found, sys::status(tree));
  if (found.kind == sys::FileKind::directory) {
    if (sys::is_writable(tree)) return {};
    return fail(Errc::io,
                fmt::format("cannot write to the tree '{}'", tree),
                "run as a user who may, or name another --tree");
  }
  if (found.kind == sys::FileKind::link)
    return fail(Errc::io,
                fmt::format("the tree '{}' is a link that leads nowhere", tree),
                "make the directory that it names, or remove the link");
  if (found.kind != sys::FileKind::none)
    return fail(
        Errc::io, fmt::format("'{}' is no directory", tree), "name a directory with --tree");
  auto parent = sys::parent(tree);
  while (!sys::exists(parent) && parent != "/")
    parent = sys::parent(parent);
  if (!sys::is_directory(parent))
    return fail(Errc::io,
                fmt::format("cannot make the tree '{}': '{}' is no directory", tree, parent),
                "name another --tree");
  if (sys::is_writable(parent)) return {};
  return fail(Errc::io,
              fmt::format("cannot make the tree '{}': '{}' cannot be written", tree, parent),
              "run as a user who may, or name another --tree");
}

}  // namespace rockstage::stage
