#include "base/text.hpp"
#include "cargo/paths.hpp"
#include "cli/build_options.hpp"
#include "cli/commands/commands.hpp"
#include "cli/dockerfile_options.hpp"
#include "cli/dockerfile_sources.hpp"
#include "cli/resolve.hpp"
#include "report/image_files.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::cli {
namespace {

constexpr const char* kDockerfile = "Dockerfile";
constexpr const char* kIgnoreFile = "Dockerfile.dockerignore";
constexpr const char* kOldIgnoreFile = ".dockerignore";
constexpr std::uint64_t kLargestFile = std::uint64_t{16} << 20;

/// The text of `smoke.script` of the project file.
Result<std::string> smoke_script(const ImageSources& sources) {
  if (!sources.project || sources.project->smoke_script.empty()) return std::string();
  const auto path = sys::join(sys::parent(sources.project->path), sources.project->smoke_script);
  auto text = sys::read_file(path, kLargestFile);
  if (!text) return fail_while(text.error(), "reading smoke.script of " + sources.project->path);
  return text;
}

/// Everything that is written for these SOURCEs.
Result<std::vector<emit::OutputFile>> make_files(const Invocation& invocation,
                                                 const ImageSources& sources,
                                                 ImageOptions& options,
                                                 const Io& io,
                                                 Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto templates, image_templates(invocation));
  RS_TRY_ASSIGN(auto build, build_options(invocation, io));
  auto& request = options.request;
  build.luas = {request.lua};
  build.targets = options.targets;
  for (const auto& source : sources.sources) {
    RS_TRY_ASSIGN(auto rock, plan_for_image(source, sources.context, build, diagnostics));
    request.rocks.push_back(std::move(rock));
  }
  RS_TRY_ASSIGN(request.smoke_script, smoke_script(sources));
  request.profile = &options.profile;
  request.catalogue = &options.catalogue;
  return emit::image_files(request, templates, diagnostics);
}

/// The files that are made, held against the directory that they go into.
class Output {
 public:
  enum class Foreign { refuse, overwrite };

  Output(std::string directory, Foreign foreign)
      : directory_(std::move(directory)), foreign_(foreign) {}

  /// Errc::io for a file that somebody else wrote.
  Result<void> add(const std::string& name, const std::string& text) {
    report::ImageFile file{sys::join(directory_, name), text};
    if (sys::exists(file.path)) {
      RS_TRY_ASSIGN(const auto present, sys::read_file(file.path, kLargestFile));
      file.changed = present != text;
      if (file.changed && foreign_ == Foreign::refuse && !emit::is_ours(name, present))
        return fail(Errc::io,
                    fmt::format("'{}' was not written by rockstage", file.path),
                    "choose another --output, or overwrite it with --force");
    }
    files_.push_back(std::move(file));
    return {};
  }

  /// Readers see each file as it was, or as it is to be.
  [[nodiscard]] Result<void> write() const {
    RS_TRY(sys::make_directories(directory_));
    for (const auto& file : files_)
      if (file.changed) RS_TRY(sys::write_file_atomic(file.path, file.text));
    return {};
  }

  [[nodiscard]] const std::vector<report::ImageFile>& files() const { return files_; }

  [[nodiscard]] bool differs() const {
    return std::ranges::any_of(files_, &report::ImageFile::changed);
  }

 private:
  std::string directory_;
  Foreign foreign_;
  std::vector<report::ImageFile> files_;
};

/// Builders without BuildKit do not know `Dockerfile.dockerignore`: a context that holds the
/// Dockerfile gets the same as `.dockerignore`. Somebody's own stays.
Result<void> add_old_ignore_file(const std::string& directory,
                                 const std::vector<emit::OutputFile>& files,
                                 bool forced,
                                 Output& output,
                                 Diagnostics& diagnostics) {
  const auto ignore = std::ranges::find(files, kIgnoreFile, &emit::OutputFile::name);
  if (ignore == files.end()) return {};
  const auto path = sys::join(directory, kOldIgnoreFile);
  if (sys::exists(path) && !forced) {
    RS_TRY_ASSIGN(const auto present, sys::read_file(path, kLargestFile));
    if (present != ignore->text && !emit::is_ours(kOldIgnoreFile, present)) {
      diagnostics.note(fmt::format("'{}' is kept: rockstage did not write it", path),
                       "builders without BuildKit read it; --force writes it anew");
      return {};
    }
  }
  return output.add(kOldIgnoreFile, ignore->text);
}

/// The command that builds the image.
std::string docker_build(const std::string& directory,
                         const ImageSources& sources,
                         const emit::ImageRequest& request) {
  const auto here = sys::absolute(".");
  std::vector<std::string> words = {"docker", "build", "-f", sys::join(directory, kDockerfile)};
  for (const auto& tag : request.tags)
    words.insert(words.end(), {"-t", tag});
  // Of the rock stage alone there is nothing to run.
  if (request.only_rock) words.insert(words.end(), {"--output", "tree"});
  words.push_back(cargo::is_below(sources.context, here)
                      ? cargo::relative_path(sources.context, here)
                      : sources.context);
  for (auto& word : words)
    word = text::shell_quote(word);
  return text::join(words, " ");
}

}  // namespace

Result<Outcome> command_dockerfile(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  const auto directory = invocation.single("output");
  const bool check = invocation.flag("check");
  if (check && directory.empty())
    return fail(Errc::usage,
                "--check compares with files: --output DIR is missing",
                "name the directory that the files were written to");

  // A mistake in the options should not wait for a clone.
  if (!invocation.single("runtime").empty()) RS_TRY(image_options(invocation));
  RS_TRY_ASSIGN(const auto sources, open_image_sources(invocation, io, diagnostics));
  if (sources.project) RS_TRY(resolve(invocation, io, &*sources.project));
  RS_TRY_ASSIGN(auto options, image_options(invocation));
  if (!directory.empty())
    options.request.context = cargo::relative_path(sources.context, sys::absolute(directory));
  RS_TRY_ASSIGN(const auto files, make_files(invocation, sources, options, io, diagnostics));

  if (directory.empty()) {
    const auto dockerfile = std::ranges::find(files, kDockerfile, &emit::OutputFile::name);
    if (dockerfile == files.end()) return fail(Errc::internal, "no Dockerfile was made");
    return Outcome{
        .data = report::image_files_data(options.profile.name, {{kDockerfile, dockerfile->text}}),
        .text = dockerfile->text};
  }

  const bool forced = invocation.flag("force");
  Output output(directory, forced || check ? Output::Foreign::overwrite : Output::Foreign::refuse);
  for (const auto& file : files)
    RS_TRY(output.add(file.name, file.text));
  if (sys::absolute(directory) == sources.context)
    RS_TRY(add_old_ignore_file(directory, files, forced, output, diagnostics));
  Outcome outcome{.data = report::image_files_data(options.profile.name, output.files())};
  if (check) {
    outcome.exit = output.differs() ? 3 : 0;
    outcome.text = report::image_files_text(output.files(), report::FilesWere::compared);
    return outcome;
  }
  RS_TRY(output.write());
  outcome.text = report::image_files_text(output.files(), report::FilesWere::written)
                 + fmt::format("\nnow: {}\n", docker_build(directory, sources, options.request));
  return outcome;
}

}  // namespace rockstage::cli
