#include "cargo/compile.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <map>

namespace rockstage::cargo {

std::vector<std::string> remap_flags(const RemapPaths& paths) {
  std::vector<std::string> flags;
  const auto add = [&](const std::string& from, const std::string& to) {
    if (!from.empty() && from != "/")
      flags.push_back(fmt::format("--remap-path-prefix={}={}", from, to));
  };
  add(paths.home, "/home");
  add(paths.cargo_home, "/cargo");
  add(paths.rustup_home, "/rustup");
  const std::string library = sys::join(paths.sysroot, "lib/rustlib/src/rust");
  if (!paths.sysroot.empty() && !paths.commit_hash.empty() && sys::is_directory(library))
    add(library, "/rustc/" + paths.commit_hash);
  // Each by its own name: their common parent can be anything, up to the root.
  std::map<std::string, int> uses;
  for (const std::string& directory : paths.outside_path_dependencies) {
    const std::string name = sys::base_name(directory);
    const int use = ++uses[name];
    add(directory, use == 1 ? "/deps/" + name : fmt::format("/deps/{}-{}", name, use));
  }
  add(paths.workspace_root, "/src");
  add(paths.target_dir, "/build");
  return flags;
}

}  // namespace rockstage::cargo
