#pragma once
#include "base/diagnostics.hpp"
#include "emit/instruction.hpp"
#include "emit/template.hpp"
#include "plan/types.hpp"
#include "runtime/catalogue.hpp"

#include <string>
#include <utility>
#include <vector>

// From rocks and a runtime to the files of an image: Dockerfile, ignore file, bake file, tests.
namespace rockstage::emit {

/// A rock that an image builds.
struct ImageRock {
  std::string name, version;
  std::string summary, license, homepage;  ///< empty when unknown
  std::string directory;  ///< below the build context, relative; empty: the context itself
  /// Of a SOURCE that is a git URL: the builder clones it, and nothing comes from the context.
  std::string git_url, git_commit;
  std::string revision;  ///< of the checkout; empty when unknown or dirty
  /// One variant for each platform, in the request's order; its paths begin with `plan.source`.
  plan::Plan plan;
  std::vector<std::string> files;  ///< the rock's sources, relative to its directory, sorted
  bool has_lock_file = false;
  std::string rockspec;  ///< relative to its directory; empty when it has none
  /// `library` of the rockspec's external_dependencies, as written ("z", "libz.so.1"): what the
  /// native modules may need at run time.
  std::vector<std::string> libraries;
  /// Names of the crates of Cargo.lock that end in "-sys".
  std::vector<std::string> sys_crates;
};

enum class BuilderKind { plain, rockstage };

/// What `dockerfile` was asked for.
struct ImageRequest {
  const runtime::Profile* profile = nullptr;
  const runtime::Catalogue* catalogue = nullptr;  ///< builders
  lua::Lua lua = lua::Lua::luajit;
  Style style = Style::portable;
  BuilderKind builder = BuilderKind::plain;
  std::string builder_image, base, destination;          ///< empty: chosen
  std::vector<std::string> platforms = {"linux/amd64"};  ///< at least one
  std::vector<std::string> tags;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<ImageRock> rocks;  ///< at least one
  std::string smoke_script;      ///< text of the project's own; empty for none
  std::string context = ".";     ///< the build context, relative to where the files are written
  bool only_rock = false;
  std::string tool_version;  ///< rockstage's
};

/// A module that the image will hold.
struct ImageModule {
  enum class Kind { lua, native, ffi_library };
  std::string name;  ///< "textkit.core"
  std::string file;  ///< in the staged tree: "lib/lua/5.1/textkit/core.so"
  Kind kind = Kind::lua;
};

/// A request with everything decided; what the files are made from.
struct Image {
  const ImageRequest* request = nullptr;
  std::string base;                  ///< reference of the runtime image
  std::string builder_image;         ///< reference
  std::string builder_reason;        ///< one sentence for a comment: why this builder
  runtime::Destination place;        ///< version directory filled in
  std::string version_directory;     ///< "5.1"
  std::string interpreter;           ///< absolute path of the Lua in the runtime image
  std::vector<ImageModule> modules;  ///< sorted by name
  std::vector<std::string> staged;   ///< files of the tree below share/lua and lib/lua, sorted
};

/// A file to be written.
struct OutputFile {
  std::string name;  ///< "Dockerfile.dockerignore"
  std::string text;
};

/// Decides base, builder and destination. Errc::usage where the request contradicts the runtime (no
/// public image: `--base`; a destination that it does not have; `--builder rockstage` below glibc
/// 2.36: `plain`), Errc::invalid_input for a rock that stages nothing. Notes what the base image
/// may lack (`libraries`, external dependencies, -sys crates), with the package's name.
Result<Image> decide(const ImageRequest& request, Diagnostics& diagnostics);

Result<std::string> dockerfile(const Image& image, const Templates& templates);
/// The builder and rock stages, and the COPY lines as a comment (`--only rock`).
Result<std::string> dockerfile_of_rock(const Image& image, const Templates& templates);

/// An allow list of what the Dockerfile copies from the context.
Result<std::string> dockerignore(const Image& image);
/// docker-bake.json: a target for the image and one for the staged tree, for each platform.
Result<std::string> bake(const Image& image);
/// smoke.lua: requires each module with only the staged tree on the search path, then runs the
/// project's own script.
Result<std::string> smoke_script(const Image& image, const Templates& templates);
/// The same as one text for `-e` in the RUN of the smoke stage: no newline, only printable ASCII.
Result<std::string> smoke_code(const Image& image, const Templates& templates);
/// container-structure-test 1.19 files: command and metadata tests; file tests.
Result<std::string> smoke_cst(const Image& image, const Templates& templates);
Result<std::string> files_cst(const Image& image, const Templates& templates);
/// What the gateway's configuration needs for this destination; empty where nothing.
Result<std::vector<OutputFile>> snippets(const Image& image, const Templates& templates);

/// Everything that `dockerfile --output` writes, sorted by name.
Result<std::vector<OutputFile>> image_files(const ImageRequest& request,
                                            const Templates& templates,
                                            Diagnostics& diagnostics);

/// Whether `text` was written by rockstage, so that it may be written again.
bool is_ours(std::string_view name, std::string_view text);

}  // namespace rockstage::emit
