#pragma once
#include "image/plan.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>

namespace rockstage::image {

/// A layer that was read.
struct ReadLayer {
  std::size_t listing = 0;
  std::optional<Error> failure;  ///< why it was not read to its end
};

/// By the file that holds them.
using ReadLayers = std::map<std::string, ReadLayer>;

/// Puts the images of `plan` together from the layers that were read, into `subject`, and compares
/// sizes and digests with what the image says (image-digest). What was not read to its end makes
/// the subject incomplete.
void assemble(Plan plan, const ReadLayers& layers, tree::Subject& subject);

}  // namespace rockstage::image
