#pragma once
#include <string>

namespace rockstage::cargo {

/// A rust-toolchain file and what it asks for (rustup book, "Overrides").
struct ToolchainPin {
  std::string file;     ///< empty when there is none
  std::string channel;  ///< "stable", "1.80.0", "nightly-2026-01-01"; empty when it names none, or
                        ///< cannot be read
};

/// The `rust-toolchain` or `rust-toolchain.toml` nearest to `directory`, itself included.
ToolchainPin find_toolchain_pin(const std::string& directory);

}  // namespace rockstage::cargo
