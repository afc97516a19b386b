#pragma once
#include "smoke/launch.hpp"

#include <map>
#include <string>
#include <vector>

// Container engines, through their command lines.
namespace rockstage::smoke {

/// What one command of an engine came to. Errors of the engine are values: `status`, `err`.
Result<sys::ProcessResult> run_engine(Engine engine,
                                      const std::vector<std::string>& arguments,
                                      double timeout,
                                      Io& io);

/// An image that an engine has.
struct EngineImage {
  Engine engine = Engine::docker;
  std::map<std::string, std::string> labels;
};

/// Looks for `image` in `engine`, else in each that is here and answers: docker, podman, buildah.
/// Nothing is pulled. Errc::not_found with the command that gets the image, or the package that has
/// an engine.
Result<EngineImage> find_image(const std::string& image, std::optional<Engine> engine, Io& io);

/// The labels in what `inspect` prints for an image: docker's and podman's list, or buildah's
/// record. Errc::invalid_input when it is neither.
Result<std::map<std::string, std::string>> read_labels(std::string_view inspected);

}  // namespace rockstage::smoke
