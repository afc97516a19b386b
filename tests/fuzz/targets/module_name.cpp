#include "fuzz.hpp"
#include "lua/types.hpp"

using rockstage::fuzz::promise;

// A module name never leads out of the directory that its file is put in.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace lua = rockstage::lua;
  const auto input = rockstage::fuzz::text(data, size);
  static_cast<void>(lua::path_to_module(input));
  const auto path = lua::module_to_path(input);
  if (!path) return 0;
  const auto slashed = "/" + *path + "/";
  promise(slashed.find("//") == std::string::npos && slashed.find("/../") == std::string::npos,
          "a clean path");
  promise(path->find('\0') == std::string::npos, "no NUL");
  for (const auto lua : lua::kAllLuas) {
    const auto names = lua::open_names(input, lua);
    promise(!names.empty() && names.front().starts_with("luaopen_"), "an open function");
  }
  return 0;
}
