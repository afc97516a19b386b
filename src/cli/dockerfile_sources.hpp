#pragma once
#include "cli/dockerfile_options.hpp"
#include "plan/plan.hpp"
#include "source/types.hpp"
#include "sys/temp_dir.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rockstage::cli {

/// A SOURCE of `dockerfile` whose rock was read.
struct ImageSource {
  source::Rock rock;
  std::string git_url, git_commit;  ///< of a git URL; empty for a directory
};

/// All of them, and the directory that the image is built from.
struct ImageSources {
  std::optional<sys::TempDir> clones;  ///< holds the git repositories
  std::vector<ImageSource> sources;
  std::string
      context;  ///< absolute: the directory of the only rock, or what several have in common
  std::optional<config::ProjectFile> project;  ///< of the context
};

/// Opens the SOURCE arguments; git URLs are fetched, and a branch or tag is pinned to its commit,
/// which is said. Errors as source::open() and source::fetch_commit(); Errc::usage for two SOURCEs
/// of one rock, or with nothing in common.
Result<ImageSources> open_image_sources(const Invocation& invocation,
                                        Io& io,
                                        Diagnostics& diagnostics);

/// What one rock needs for its builder stage: planned for a machine that is not this one, so that
/// no cargo, compiler or Lua is needed here. Errc::usage for what the build context cannot hold;
/// errors as plan::make().
Result<emit::ImageRock> plan_for_image(const ImageSource& source,
                                       const std::string& context,
                                       const plan::BuildOptions& options,
                                       Diagnostics& diagnostics);

}  // namespace rockstage::cli
