#include "cargo/cfg_expression.hpp"
#include "cargo/config.hpp"
#include "fuzz.hpp"
#include "scratch_file.hpp"

// The first line is a cfg() expression, the rest a Cargo.toml.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace cargo = rockstage::cargo;
  static const rockstage::fuzz::ScratchFile file("Cargo.toml");
  auto rest = rockstage::fuzz::text(data, size);
  const auto expression = rockstage::fuzz::next_line(rest);
  static_cast<void>(cargo::target_key_applies(
      expression, "x86_64-unknown-linux-gnu", {"unix", "target_os=\"linux\""}));

  const auto path = file.holding(rest);
  static_cast<void>(cargo::load_patch_paths(path));
  if (const auto profiles = cargo::load_manifest_profiles(path)) {
    const auto panic =
        cargo::profile_panic("release", *profiles, {}, rockstage::sys::Environment());
    rockstage::fuzz::promise(!panic.empty(), "every profile panics in some way");
  }
  return 0;
}
