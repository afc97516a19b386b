#include "build/work_copy.hpp"

#include "base/text.hpp"
#include "build/patch.hpp"
#include "build/places.hpp"
#include "cargo/mirror.hpp"
#include "cargo/query.hpp"
#include "cargo/workspace.hpp"
#include "digest/digest.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::build {
namespace {

using sys::FileKind;

constexpr const char* kManifest = "Cargo.toml";
/// LuaRocks leaves it in a checkout that it has patched (build.tl, apply_patches).
constexpr const char* kPatched = ".luarocks.patches.applied";

/// The root of the cargo workspace that `manifest` is a part of, when the sources lie in it; else
/// `directory` itself, the sources'.
Result<std::string> root_to_copy(const std::string& directory,
                                 const std::string& manifest,
                                 const cargo::Toolchain& toolchain,
                                 Io& io) {
  RS_TRY_ASSIGN(
      const auto answer,
      cargo::ask({toolchain.cargo, "locate-project", "--workspace", "--message-format", "plain"},
                 sys::parent(manifest),
                 io));
  const std::string root = sys::parent(text::trim(answer.out));
  return answer.status.ok() && is_below(directory, root) ? root : directory;
}

/// What an earlier build left: cargo's outputs, by its own marks or by where they lie, and
/// LuaRocks' for cmake.
bool is_build_output(const std::string& path) {
  const std::string name = sys::base_name(path);
  if (name == "build.luarocks" || sys::is_file(sys::join(path, ".rustc_info.json"))) return true;
  return name == "target" && sys::is_file(sys::join(sys::parent(path), kManifest));
}

Result<void> remove_build_outputs(const std::string& work) {
  std::vector<std::string> found;
  RS_TRY(sys::walk(work, [&](const sys::WalkEntry& entry) {
    const std::string path = sys::join(work, entry.path);
    if (!is_build_output(path)) return true;
    found.push_back(path);
    return false;
  }));
  for (const std::string& path : found)
    RS_TRY(sys::remove_all(path));
  return {};
}

/// An inline `build.cmake` takes the place of CMakeLists.txt (build/cmake.lua).
Result<void> write_inline_cmake(const rock::Rockspec& spec, const std::string& work) {
  const lua::Value* inline_text = spec.build.find("cmake");
  if (spec.build_type != "cmake" || inline_text == nullptr || inline_text->string() == nullptr)
    return {};
  const std::string file = sys::join(work, "CMakeLists.txt");
  RS_TRY(sys::remove_file(file));
  return sys::write_file(file, *inline_text->string());
}

Result<void> change_sources(const rock::Rockspec& spec,
                            const std::string& work,
                            Io& io,
                            Diagnostics& diagnostics) {
  if (spec.patches.empty() && spec.extra_files.empty()) return {};
  if (sys::exists(sys::join(work, kPatched))) {
    diagnostics.note(fmt::format(
        "the sources hold '{}': LuaRocks has patched them, patches are not applied again",
        kPatched));
    return {};
  }
  for (const auto& [path, text] : spec.extra_files) {
    RS_TRY_ASSIGN(const auto file, writable_target(work, path, "build.extra_files"));
    RS_TRY(sys::remove_file(file));
    RS_TRY(sys::write_file(file, text));
  }
  for (const auto& [name, diff] : spec.patches) {
    io.progress.step("applying patch " + name);
    RS_TRY(apply_patch(name, diff, work));
  }
  return {};
}

}  // namespace

bool has_crate(const source::Rock& rock) {
  return std::any_of(rock.files.begin(), rock.files.end(), [](const std::string& file) {
    return sys::base_name(file) == kManifest;
  });
}

Result<WorkCopy> copy_sources(const WorkCopyRequest& wanted, Io& io) {
  WorkCopy copy;
  copy.root = sys::join(wanted.scratch, "copy");
  const std::string& directory = wanted.rock.directory;
  const cargo::Toolchain* toolchain = wanted.toolchain;
  cargo::MirrorRequest request;
  request.workspace_root = directory;
  request.mirror_root = copy.root;
  request.target_dir = wanted.tree;
  request.cargo_home = sys::join(io.environment.get_nonempty("HOME").value_or("/"), ".cargo");
  const std::string manifest =
      wanted.manifest.empty() ? sys::join(directory, kManifest) : wanted.manifest;
  if (toolchain != nullptr) {
    request.cargo_home = toolchain->cargo_home;
    if (sys::is_file(manifest)) {
      RS_TRY_ASSIGN(request.workspace_root, root_to_copy(directory, manifest, *toolchain, io));
      RS_TRY_ASSIGN(const auto metadata, cargo::workspace_metadata(toolchain->cargo, manifest, io));
      RS_TRY_ASSIGN(request.outside_path_dependencies,
                    cargo::outside_path_dependencies(toolchain->cargo, metadata, io));
    }
  }
  auto made = cargo::mirror_workspace(request);
  if (!made) {
    Error error = std::move(made).error();
    if (error.code == Errc::invalid_input)
      error.hint =
          "the sources are copied before they are built: put the file itself there, or remove the "
          "link";
    return tl::unexpected<Error>(std::move(error));
  }
  copy.work = copy.root + directory;
  copy.workspace = *std::move(made);
  for (const std::string& outside : request.outside_path_dependencies)
    copy.outside.push_back(copy.root + outside);
  return copy;
}

Result<WorkCopy> make_work_copy(const WorkCopyRequest& request, Io& io, Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(auto copy, copy_sources(request, io));
  RS_TRY(remove_build_outputs(copy.work));
  RS_TRY(change_sources(request.rock.spec, copy.work, io, diagnostics));
  RS_TRY(write_inline_cmake(request.rock.spec, copy.work));
  return copy;
}

Result<std::map<std::string, FoundObject>> find_shared_objects(const std::string& work) {
  std::map<std::string, FoundObject> found;
  RS_TRY_ASSIGN(const auto entries, sys::walk(work));
  for (const sys::WalkEntry& entry : entries) {
    if (entry.status.kind != FileKind::file || entry.path.find(".so") == std::string::npos)
      continue;
    RS_TRY_ASSIGN(auto digest,
                  digest::hex_of_file(digest::Algorithm::sha256, sys::join(work, entry.path)));
    found.emplace(std::move(digest),
                  FoundObject{entry.path, entry.status.mtime_ns, entry.status.inode});
  }
  return found;
}

}  // namespace rockstage::build
