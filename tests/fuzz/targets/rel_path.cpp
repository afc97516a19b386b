#include "base/rel_path.hpp"

#include "fuzz.hpp"

using rockstage::RelPath;
using rockstage::fuzz::promise;

// A RelPath stays below its root, and its text names the same path again.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto path = RelPath::parse(rockstage::fuzz::text(data, size));
  if (!path) return 0;
  const std::string slashed = "/" + path->str() + "/";
  promise(path->empty() || (slashed.find("//") == std::string::npos), "no empty component");
  promise(slashed.find("/../") == std::string::npos && slashed.find("/./") == std::string::npos,
          "no dots");
  promise(slashed.find('\0') == std::string::npos, "no NUL");
  promise(path->is_below(path->parent()), "a path is below its parent");
  const auto again = RelPath::parse(path->str());
  promise(path->empty() || (again && *again == *path), "the text is the path");
  return 0;
}
