#pragma once
#include "base/result.hpp"
#include "sys/environment.hpp"
#include "tree/reader.hpp"

#include <memory>
#include <string>

namespace rockstage::image {

/// An engine whose command line saves images.
enum class Engine { docker, podman };

/// The archive that `docker save` or `podman save` writes of the image `reference`, as it is
/// written. When this returns, the first bytes are there. Errc::not_found when the engine is not
/// here or has no such image, Errc::usage when `reference` cannot be the name of one,
/// Errc::subprocess when it cannot save it, Errc::interrupted. The source ends with
/// Errc::invalid_input when the engine fails later on.
Result<std::unique_ptr<tree::ByteSource>> save_image(Engine engine,
                                                     const std::string& reference,
                                                     const sys::Environment& environment);

/// The same from the first engine that has the image. Errc::unsupported when none has it, with the
/// commands that get it from a registry.
Result<std::unique_ptr<tree::ByteSource>> save_from_any_engine(const std::string& reference,
                                                               const sys::Environment& environment);

}  // namespace rockstage::image
