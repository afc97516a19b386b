#pragma once
#include "tree/types.hpp"

namespace rockstage::tree {

/// Fills `platform.view` from `platform.layers`, and `platform.anomalies` with what engines would
/// show differently (image-layer-order, image-engine-difference) or what leads out of the root
/// (archive-path). The rules are those of image-spec layer.md; see docs/formats/images.md.
void merge(const Subject& subject, Platform& platform);

}  // namespace rockstage::tree
