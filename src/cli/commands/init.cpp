#include "base/text.hpp"
#include "cli/commands/commands.hpp"
#include "cli/init_facts.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace rockstage::cli {
namespace {

constexpr const char* kProjectFile = "rockstage.yaml";
constexpr const char* kGithubFile = ".github/workflows/rockstage.yml";
constexpr const char* kGitlabFile = ".gitlab-ci.yml";

struct File {
  std::string path;  ///< below the current directory
  std::string text;
  bool changed = false;
};

Result<std::optional<emit::Ci>> wanted_ci(const Invocation& invocation) {
  const auto name = invocation.single("ci");
  if (!invocation.flags.contains("ci")) return std::optional<emit::Ci>();
  if (name == "github") return std::optional(emit::Ci::github);
  if (name == "gitlab") return std::optional(emit::Ci::gitlab);
  const std::vector<std::string> known = {"github", "gitlab"};
  return fail(
      Errc::usage,
      fmt::format("--ci takes github or gitlab, not '{}'{}", name, text::did_you_mean(name, known)),
      "rockstage init --ci github");
}

/// Why a file is not overwritten.
tl::unexpected<Error> is_there(const std::string& path) {
  if (path == kGitlabFile)
    return fail(Errc::io,
                fmt::format("'{}' is there already", path),
                "write it in a copy of the project, keep it here as .gitlab/rockstage.yml, and add "
                "to yours `include: [{local: .gitlab/rockstage.yml}]`; or overwrite it: --force");
  return fail(Errc::io, fmt::format("'{}' is there already", path), "overwrite it: --force");
}

enum class Overwrite { no, yes };

/// Nothing is written before it is sure that every file can be.
Result<void> write_files(std::vector<File>& files, Overwrite overwrite) {
  for (auto& file : files) {
    file.changed = true;
    if (!sys::exists(file.path)) continue;
    const auto present = sys::read_file(file.path);
    file.changed = !present || *present != file.text;
    if (file.changed && overwrite == Overwrite::no) return is_there(file.path);
  }
  for (const auto& file : files) {
    if (!file.changed) continue;
    RS_TRY(sys::make_directories(sys::parent(file.path)));
    RS_TRY(sys::write_file_atomic(file.path, file.text));
  }
  return {};
}

Outcome outcome_of(const std::vector<File>& files) {
  Outcome outcome{.data = {{"files", nlohmann::json::array()}}};
  for (const auto& file : files) {
    outcome.data["files"].push_back(
        {{"path", file.path}, {"bytes", file.text.size()}, {"changed", file.changed}});
    outcome.text += fmt::format("{} {}\n", file.changed ? "wrote" : "is up to date:", file.path);
  }
  return outcome;
}

}  // namespace

Result<Outcome> command_init(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto ci, wanted_ci(invocation));
  const auto overwrite = invocation.flag("force") ? Overwrite::yes : Overwrite::no;
  // With --ci alone is what is wanted where the project is described already.
  const bool keeps = ci && overwrite == Overwrite::no && sys::exists(kProjectFile);
  RS_TRY_ASSIGN(const auto facts,
                find_project_facts(keeps ? OwnProjectFile::read : OwnProjectFile::ignore,
                                   invocation.single("runtime"),
                                   io,
                                   diagnostics));
  const emit::Templates templates;
  std::vector<File> files;
  if (ci) {
    RS_TRY_ASSIGN(auto text, emit::ci_file(facts, *ci, templates));
    files.push_back({*ci == emit::Ci::github ? kGithubFile : kGitlabFile, std::move(text)});
    if (facts.required.empty())
      diagnostics.warning("no module is known that the rock must hold",
                          "add --require=MODULE to the line with `rockstage verify`");
  }
  if (keeps) {
    RS_TRY_ASSIGN(auto text, sys::read_file(kProjectFile));
    files.push_back({kProjectFile, std::move(text)});
  } else {
    RS_TRY_ASSIGN(auto text, emit::project_file(facts, templates));
    files.push_back({kProjectFile, std::move(text)});
  }
  RS_TRY(write_files(files, overwrite));
  return outcome_of(files);
}

}  // namespace rockstage::cli
