#pragma once
#include "cli/types.hpp"
#include "emit/image.hpp"

#include <string>
#include <vector>

namespace rockstage::cli {

/// What the options of `dockerfile` say about the image, before a rock is looked at.
struct ImageOptions {
  runtime::Profile profile;
  runtime::Catalogue catalogue;      ///< that of --runtime-file before what is built in
  emit::ImageRequest request;        ///< without profile, catalogue, rocks and script
  std::vector<std::string> targets;  ///< the Rust triple of each platform
};

/// Errc::usage names the option whose value cannot be taken, with the nearest name; without a
/// runtime it lists them.
Result<ImageOptions> image_options(const Invocation& invocation);

/// The templates, with those of --templates DIR before those built in. Errors as
/// emit::Templates::with().
Result<emit::Templates> image_templates(const Invocation& invocation);

}  // namespace rockstage::cli
