#pragma once
#include "smoke/engine.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace rockstage::smoke {

/// What a run is for: a probe finds out whether the image has the interpreter, and needs no tree.
enum class Purpose { probe, program };

/// Runs programs inside an image.
class ImageRunner {
 public:
  virtual ~ImageRunner() = default;

  /// Runs `interpreter -e CODE`. A program that ended is a value, whatever its status;
  /// Errc::not_found when a probe finds no such interpreter, Errc::subprocess when the engine
  /// failed.
  virtual Result<Attempt> run(const std::string& interpreter,
                              const std::string& code,
                              double timeout,
                              Purpose purpose) = 0;
};

/// docker and podman give each program a container of its own, with a copy of the tree (a daemon on
/// another machine could not mount it) and no network. buildah, which has no such thing as a
/// container for one command, takes one container for them all, gone when the runner goes.
Result<std::unique_ptr<ImageRunner>> make_image_runner(Engine engine,
                                                       const ImageRunRequest& request,
                                                       Io& io);

/// An exit code of 128 + N where N is a signal with which programs crash or are killed: that is how
/// engines hand a signal on. Any other code is the program's own.
sys::ExitStatus status_of_code(int code);

/// How a program ended under `buildah run`, which says so on stderr and itself exits with 1 for a
/// signal. What buildah said is taken from `err`.
sys::ExitStatus take_buildah_status(int code, std::string& err);

/// Whether it was the engine that failed, not the program: its own sentence on the container.
bool is_engine_failure(std::string_view err, std::string_view container);

}  // namespace rockstage::smoke
