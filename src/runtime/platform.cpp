#include "runtime/profiles.hpp"

#include <array>

namespace rockstage::runtime {
namespace {

struct PlatformNames {
  std::string_view platform;  ///< GOOS/GOARCH[/variant], as image-spec writes it
  std::string_view machine;
  std::string_view triplet;  ///< Debian's multiarch triplet
};

constexpr auto kPlatforms = std::to_array<PlatformNames>({
    {"linux/amd64", "x86_64", "x86_64-linux-gnu"},
    {"linux/arm64", "aarch64", "aarch64-linux-gnu"},
    {"linux/386", "i686", "i386-linux-gnu"},
    {"linux/arm/v5", "arm", "arm-linux-gnueabi"},
    {"linux/arm", "arm", "arm-linux-gnueabihf"},
    {"linux/riscv64", "riscv64", "riscv64-linux-gnu"},
    {"linux/s390x", "s390x", "s390x-linux-gnu"},
    {"linux/ppc64le", "powerpc64le", "powerpc64le-linux-gnu"},
    {"linux/loong64", "loongarch64", "loongarch64-linux-gnu"},
});

/// The row of a platform; a variant without a row is that of the architecture: linux/arm64/v8.
const PlatformNames* find(std::string_view platform) {
  for (const auto& row : kPlatforms)
    if (row.platform == platform) return &row;
  const auto variant = platform.rfind('/');
  if (variant == std::string_view::npos || platform.find('/') == variant) return nullptr;
  return find(platform.substr(0, variant));
}

}  // namespace

std::string triplet(std::string_view platform) {
  const auto* names = find(platform);
  return names == nullptr ? std::string() : std::string(names->triplet);
}

std::string machine(std::string_view platform) {
  const auto* names = find(platform);
  return names == nullptr ? std::string() : std::string(names->machine);
}

std::string host_platform() {
#if defined(__x86_64__)
  return "linux/amd64";
#elif defined(__aarch64__)
  return "linux/arm64";
#elif defined(__i386__)
  return "linux/386";
#elif defined(__arm__)
  return "linux/arm/v7";
#elif defined(__riscv) && __riscv_xlen == 64
  return "linux/riscv64";
#elif defined(__s390x__)
  return "linux/s390x";
#elif defined(__powerpc64__)
  return "linux/ppc64le";
#else
  return "linux/amd64";
#endif
}

std::string generic_profile(lua::Lua lua) {
  return "generic-" + (lua::is_luajit(lua) ? std::string("luajit") : lua::to_string(lua));
}

}  // namespace rockstage::runtime
