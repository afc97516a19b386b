#pragma once
#include "lua/types.hpp"

#include <string>

namespace rockstage::rock {

/// Where things lie in a LuaRocks tree, relative to its root, for one version directory V ("5.1").
struct Layout {
  std::string v;

  [[nodiscard]] std::string lua_dir() const { return "share/lua/" + v; }

  [[nodiscard]] std::string lib_dir() const { return "lib/lua/" + v; }

  [[nodiscard]] std::string rocks_dir() const { return "lib/luarocks/rocks-" + v; }

  [[nodiscard]] std::string manifest() const { return rocks_dir() + "/manifest"; }

  [[nodiscard]] std::string rock_dir(const std::string& name, const std::string& version) const {
    return rocks_dir() + "/" + name + "/" + version;
  }
};

inline constexpr const char* kBinDir = "bin";

/// The name under which a file of a rock that does not own its module is deployed:
/// `zed_1_0_1-shared/c.so` (path.tl, versioned_name).
std::string versioned_name(const std::string& file,
                           const std::string& name,
                           const std::string& version);

}  // namespace rockstage::rock
