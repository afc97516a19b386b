#pragma once
#include "verify/context.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace rockstage::verify {

/// A member of any layer, visible or not, that belongs to the Rust toolchain or to a build with it.
struct RustMember {
  const char* rule = nullptr;
  tree::PathId path = tree::kNoPath;  ///< of the member, or of the toolchain's directory
  tree::Origin origin;                ///< the first member, where a directory stands for many
  std::string what;                   ///< "is cargo, the package manager of Rust"
  std::uint64_t files = 0, bytes = 0;
  const tree::Hidden* hidden = nullptr;  ///< how it was deleted; nullptr where it can be seen
};

/// Everything of that kind in every layer. Members of a directory of the toolchain are one.
std::vector<RustMember> rust_members(const Context& context);

}  // namespace rockstage::verify
