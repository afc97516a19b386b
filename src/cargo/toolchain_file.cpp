#include "cargo/toolchain_file.hpp"

#include "base/text.hpp"
#include "cargo/toml_file.hpp"
#include "sys/files.hpp"

namespace rockstage::cargo {
namespace {

constexpr std::uint64_t kToolchainFileLimit = 1 << 20;

std::string channel_of(const std::string& file) {
  const auto table = read_toml(file);
  if (table) return (*table)["toolchain"]["channel"].value_or(std::string());
  // The old form of `rust-toolchain`: the channel alone on one line.
  const auto content = sys::read_file(file, kToolchainFileLimit);
  if (!content) return {};
  const std::string_view text = text::trim(*content);
  return text.find('\n') == std::string_view::npos ? std::string(text) : std::string();
}

}  // namespace

ToolchainPin find_toolchain_pin(const std::string& directory) {
  for (std::string folder = directory;; folder = sys::parent(folder)) {
    for (const char* name : {"rust-toolchain", "rust-toolchain.toml"}) {
      std::string file = sys::join(folder, name);
      if (sys::is_file(file)) return {file, channel_of(file)};
    }
    if (sys::parent(folder) == folder) return {};
  }
}

}  // namespace rockstage::cargo
