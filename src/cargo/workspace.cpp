#include "cargo/workspace.hpp"

#include "base/text.hpp"
#include "cargo/config.hpp"
#include "cargo/failure.hpp"
#include "cargo/inspect.hpp"
#include "cargo/paths.hpp"
#include "cargo/query.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <deque>
#include <set>

namespace rockstage::cargo {
namespace {

/// `error: A` and the first line below each `Caused by:`, joined.
std::string causes(const std::string& output) {
  std::string message = first_error(output);
  bool next = false;
  for (const std::string& line : text::split(output, '\n')) {
    const auto trimmed = text::trim(line);
    if (next && !trimmed.empty()) {
      message += fmt::format(": {}", trimmed);
      next = false;
    }
    if (trimmed == "Caused by:") next = true;
  }
  return text::escape_for_terminal(message);
}

/// Looks for packages outside the workspace, following paths from package to package.
class OutsideSearch {
 public:
  OutsideSearch(const std::string& cargo, const Metadata& metadata, Io& io)
      : cargo_(cargo), metadata_(metadata), io_(io) {}

  Result<std::vector<std::string>> run() {
    for (const Package& package : metadata_.packages) {
      if (!package.source.empty()) continue;
      known_.insert(package.directory());
      add(package.directory());
      add_dependencies(package);
    }
    const std::string manifest = sys::join(metadata_.workspace_root, "Cargo.toml");
    RS_TRY_ASSIGN(const auto patches, load_patch_paths(manifest));
    for (const std::string& path : patches)
      add(path);
    while (!open_.empty()) {
      const std::string directory = open_.front();
      open_.pop_front();
      if (known_.count(directory) == 0) visit(directory);
    }
    return std::vector<std::string>(outside_.begin(), outside_.end());
  }

 private:
  void add(const std::string& directory) {
    if (is_below(directory, metadata_.workspace_root)) return;
    if (outside_.insert(directory).second) open_.push_back(directory);
  }

  void add_dependencies(const Package& package) {
    for (const Declaration& declaration : package.dependencies) {
      const bool used = metadata_.is_member(package.id) || declaration.kind != "dev";
      if (!declaration.path.empty() && used) add(declaration.path);
    }
  }

  /// A package that cannot be read is cargo's to complain about, when it is really needed.
  void visit(const std::string& directory) {
    const auto metadata = workspace_metadata(cargo_, sys::join(directory, "Cargo.toml"), io_);
    if (!metadata) return;
    for (const Package& package : metadata->packages) {
      if (package.directory() == directory) add_dependencies(package);
    }
  }

  const std::string& cargo_;
  const Metadata& metadata_;
  Io& io_;
  std::set<std::string> outside_;
  std::set<std::string> known_;
  std::deque<std::string> open_;
};

}  // namespace

Result<sys::ProcessResult> run_metadata(const MetadataCall& call, Io& io) {
  std::vector<std::string> argv = {
      call.cargo, "metadata", "--format-version", "1", "--manifest-path", call.manifest_path};
  argv.insert(argv.end(), call.options.begin(), call.options.end());
  return ask(std::move(argv), sys::parent(call.manifest_path), io);
}

Result<Metadata> workspace_metadata(const std::string& cargo,
                                    const std::string& manifest_path,
                                    Io& io) {
  RS_TRY_ASSIGN(const auto result, run_metadata({cargo, manifest_path, {"--no-deps"}}, io));
  if (!result.status.ok())
    return tl::unexpected<Error>(metadata_failure(manifest_path, {}, result.err));
  return parse_metadata(result.out);
}

Error metadata_failure(const std::string& manifest_path,
                       const std::string& target,
                       const std::string& output) {
  if (auto error = explain_failure({{}, target}, output)) return *error;
  return {Errc::invalid_input,
          fmt::format("cargo cannot read '{}': {}", manifest_path, causes(output)),
          "`cargo metadata` there says the same",
          {}};
}

Result<std::vector<std::string>> outside_path_dependencies(const std::string& cargo,
                                                           const Metadata& metadata,
                                                           Io& io) {
  return OutsideSearch(cargo, metadata, io).run();
}

}  // namespace rockstage::cargo
