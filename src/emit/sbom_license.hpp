#pragma once
#include <string>
#include <string_view>

namespace rockstage::emit {

enum class LicenseForm { id, expression, name };

/// A licence as CycloneDX wants it: one SPDX identifier, an SPDX expression, or a name that is
/// neither.
struct License {
  LicenseForm form = LicenseForm::name;
  std::string text;
};

/// What a rockspec or a Cargo.toml says (`MIT/Apache-2.0`, cargo's old form, means OR). Only
/// identifiers that are usual for rocks and crates are known; a text with any other is a name.
License classify_license(std::string_view text);

}  // namespace rockstage::emit
