#include "cargo/inspect.hpp"
#include "cargo/lua_feature.hpp"
#include "fuzz.hpp"

#include <string>

// Whatever stands where `cargo metadata` should be: an answer or an error, for every package and
// every Lua.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace cargo = rockstage::cargo;
  const auto metadata = cargo::parse_metadata(std::string(rockstage::fuzz::text(data, size)));
  if (!metadata) return 0;
  static_cast<void>(cargo::choose_package(*metadata, metadata->workspace_root + "/Cargo.toml", ""));
  for (const auto& package : metadata->packages) {
    static_cast<void>(cargo::choose_package(*metadata, package.manifest_path, package.name));
    static_cast<void>(cargo::crates_to_build(*metadata, package.id));
    static_cast<void>(package.directory());
    for (const auto lua : rockstage::lua::kAllLuas)
      static_cast<void>(cargo::choose_lua_feature(*metadata, package, lua, {}));
  }
  return 0;
}
