#include "cargo/mirrored_step.hpp"

#include "cargo/inspect.hpp"
#include "cargo/mirror.hpp"
#include "cargo/workspace.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

namespace rockstage::cargo {
namespace {

constexpr std::string_view kRemap = "--remap-path-prefix=";
constexpr std::string_view kFileUrl = "file://";

/// Paths below the mirror get the names that they have outside it.
std::vector<std::string> mirrored_flags(std::vector<std::string> flags,
                                        const std::string& mirror_root) {
  std::vector<std::string> more;
  for (const std::string& flag : flags) {
    if (flag.starts_with(kRemap))
      more.push_back(fmt::format("{}{}{}", kRemap, mirror_root, flag.substr(kRemap.size())));
  }
  flags.insert(flags.end(), more.begin(), more.end());
  return flags;
}

/// Package ids hold the path, encoded: what precedes the real path in the mirror's id is the
/// mirror's root.
std::string id_part(const std::string& mirrored_id, const std::string& id) {
  const auto at = id.find(kFileUrl);
  if (at == std::string::npos) return {};
  const std::string rest = id.substr(at + kFileUrl.size());
  if (!mirrored_id.ends_with(rest) || mirrored_id.size() < id.size()) return {};
  return mirrored_id.substr(at + kFileUrl.size(), mirrored_id.size() - id.size());
}

}  // namespace

std::string MirroredStep::original_id(std::string id) const {
  const auto at = id_part.empty() ? std::string::npos : id.find(std::string(kFileUrl) + id_part);
  if (at != std::string::npos) id.erase(at + kFileUrl.size(), id_part.size());
  return id;
}

Result<MirroredStep> mirror_step(const CompileStep& step, Io& io) {
  MirrorRequest request;
  request.workspace_root = step.workspace_root;
  request.cargo_home =
      child_environment(io.environment, step.environment)
          .get_nonempty("CARGO_HOME")
          .value_or(sys::join(io.environment.get_nonempty("HOME").value_or("/"), ".cargo"));
  request.target_dir = step.target_dir;
  request.mirror_root = sys::join(step.target_dir, "rockstage-mirror");
  RS_TRY_ASSIGN(const auto original, workspace_metadata(step.cargo, step.manifest_path, io));
  RS_TRY_ASSIGN(request.outside_path_dependencies,
                outside_path_dependencies(step.cargo, original, io));
  RS_TRY(mirror_workspace(request));

  CompileStep inside = step;
  inside.directory = request.mirror_root + step.directory;
  inside.manifest_path = request.mirror_root + step.manifest_path;
  inside.rustflags = mirrored_flags(step.rustflags, request.mirror_root);
  RS_TRY_ASSIGN(const auto metadata, workspace_metadata(step.cargo, inside.manifest_path, io));
  RS_TRY_ASSIGN(
      const auto* package,
      choose_package(metadata, inside.manifest_path, step.package + "@" + step.package_version));
  inside.package_id = package->id;
  return MirroredStep{std::move(inside), id_part(package->id, step.package_id)};
}

}  // namespace rockstage::cargo
