#include "build/rust.hpp"

#include "base/text.hpp"
#include "build/library.hpp"
#include "build/listed_compile.hpp"
#include "cargo/config.hpp"
#include "cargo/inspect.hpp"
#include "cargo/workspace.hpp"
#include "digest/digest.hpp"
#include "sys/files.hpp"
#include "sys/lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace rockstage::build {
namespace {

/// cargo's name of a library target: what a rockspec calls `my-lib` is `my_lib` for rustc.
std::string target_name(const std::string& library) {
  return text::replace_all(library, "-", "_");
}

const std::string* find_profile_value(const cargo::CompileStep& step, const std::string& name) {
  for (const auto& [key, value] : step.profile_values) {
    if (key == name) return &value;
  }
  return nullptr;
}

/// Whether `panic = "abort"` is in force, by the step, the environment, cargo's configuration or
/// the manifest.
Result<bool> aborts_on_panic(const cargo::CompileStep& step, const sys::Environment& environment) {
  if (const auto* value = find_profile_value(step, "panic"))
    return value->find("abort") != std::string::npos;
  const std::string root =
      step.workspace_root.empty() ? sys::parent(step.manifest_path) : step.workspace_root;
  RS_TRY_ASSIGN(const auto manifest, cargo::load_manifest_profiles(sys::join(root, "Cargo.toml")));
  const std::string home = sys::join(environment.get_nonempty("HOME").value_or("/"), ".cargo");
  RS_TRY_ASSIGN(
      const auto config,
      cargo::load_config(step.directory, environment.get_nonempty("CARGO_HOME").value_or(home)));
  return cargo::profile_panic(step.profile, manifest, config, environment) == "abort";
}

void set_profile_value(cargo::CompileStep& step,
                       const std::string& name,
                       const std::string& value) {
  std::erase_if(step.profile_values, [&](const auto& item) { return item.first == name; });
  step.profile_values.emplace_back(name, value);
}

/// The same step in a copy of the sources.
Result<cargo::CompileStep> moved(cargo::CompileStep step, const RustJob& job, Io& io) {
  const auto move = [&](std::string& path) {
    path = fill(job.places, path);
    const bool copied = is_below(job.copy->root + path, job.copy->workspace);
    if (copied) path = job.copy->root + path;
  };
  move(step.directory);
  move(step.manifest_path);
  move(step.workspace_root);
  step.rustflags.push_back(fmt::format("--remap-path-prefix={}=/src", job.copy->workspace));
  RS_TRY_ASSIGN(const auto metadata, cargo::workspace_metadata(step.cargo, step.manifest_path, io));
  RS_TRY_ASSIGN(const auto* package,
                cargo::choose_package(
                    metadata, step.manifest_path, step.package + "@" + step.package_version));
  step.package_id = package->id;
  return step;
}

class LibraryBuilder {
 public:
  LibraryBuilder(const RustJob& job, RunContext& context) : job_(job), context_(context) {}

  Result<RustOutcome> build() {
    for (const cargo::CompileStep& planned : job_.variant.compiles) {
      cargo::CompileStep step = planned;
      if (job_.copy != nullptr) {
        RS_TRY_ASSIGN(step, moved(planned, job_, context_.io));
      }
      RS_TRY(compile(step));
    }
    for (const plan::LibraryStep& library : job_.variant.libraries) {
      if (std::find(staged_.begin(), staged_.end(), library.to) == staged_.end())
        return no_library(library);
    }
    std::sort(outcome_.linked_libraries.begin(), outcome_.linked_libraries.end());
    return std::move(outcome_);
  }

 private:
  Result<void> compile(cargo::CompileStep& step) {
    // Until the library is copied, nobody else may build another one in its place.
    RS_TRY_ASSIGN(const auto lock, lock_target_directory(step.target_dir));
    RS_TRY_ASSIGN(auto compiled, run(step));
    RS_TRY_ASSIGN(const bool abort, must_unwind(step, compiled));
    if (abort) {
      context_.diagnostics.warning(
          fmt::format("panic = \"abort\" of profile '{}' ends the process at the first Lua error: "
                      "'{}' is built with "
                      "panic = \"unwind\"",
                      step.profile,
                      step.package),
          fmt::format("set panic = \"unwind\" in [profile.{}] of Cargo.toml", step.profile));
      set_profile_value(step, "panic", "\"unwind\"");
      RS_TRY_ASSIGN(compiled, run(step));
    }
    for (const cargo::Artifact& artifact : compiled.cdylibs)
      RS_TRY(stage(artifact, compiled));
    keep(compiled);
    return {};
  }

  /// Not by a file in it: cargo marks a target directory as such only when it makes it itself.
  Result<sys::FileLock> lock_target_directory(const std::string& target_dir) {
    const std::string locks = sys::join(context_.options.cache_dir, "locks");
    RS_TRY(sys::make_directories(locks));
    return sys::FileLock::acquire(
        sys::join(locks, digest::hex(digest::Algorithm::sha256, target_dir)), [&] {
          context_.io.progress.say("waiting for another rockstage that builds the same crate\n");
        });
  }

  Result<cargo::CompileOutcome> run(const cargo::CompileStep& step) {
    context_.io.progress.step(fmt::format("compiling {} {} for {}",
                                          job_.plan.name,
                                          job_.plan.version,
                                          lua::to_string(job_.variant.lua)));
    return compile_listed(step, context_.io, context_.diagnostics);
  }

  /// A native module for Lua 5.1's ABI whose panics abort: a Lua error passes Rust frames there by
  /// unwinding.
  Result<bool> must_unwind(const cargo::CompileStep& step, const cargo::CompileOutcome& compiled) {
    if (lua::version_directory(job_.variant.lua) != "5.1") return false;
    for (const cargo::Artifact& artifact : compiled.cdylibs) {
      RS_TRY_ASSIGN(const auto facts, read_library(artifact.file));
      if (facts && !elf::luaopen_names(*facts).empty())
        return aborts_on_panic(step, context_.io.environment);
    }
    return false;
  }

  Result<void> stage(const cargo::Artifact& artifact, const cargo::CompileOutcome& compiled) {
    const std::string name = target_name(artifact.target_name);
    if (std::find(built_.begin(), built_.end(), name) == built_.end()) built_.push_back(name);
    for (const plan::LibraryStep& library : job_.variant.libraries) {
      if (target_name(library.library) != name) continue;
      RS_TRY(check(library, artifact.file));
      const std::string to = sys::join(job_.places.rock, library.to);
      RS_TRY(sys::remove_file(to));
      RS_TRY(sys::copy_file(artifact.file, to, 0755));
      staged_.push_back(library.to);
      outcome_.libraries.push_back({library.module, library.to, linked_crates(compiled)});
    }
    return {};
  }

  static std::vector<std::string> linked_crates(const cargo::CompileOutcome& compiled) {
    std::vector<std::string> ids;
    for (const cargo::CompiledCrate& crate : compiled.crates)
      if (!crate.build_only) ids.push_back(crate.package_id);
    return ids;
  }

  Result<void> check(const plan::LibraryStep& library, const std::string& file) const {
    RS_TRY_ASSIGN(const auto facts, read_library(file));
    const std::string& target = job_.variant.target;
    if (!facts || !fits_machine(*facts, target))
      return fail(
          Errc::invalid_input,
          fmt::format("the library '{}' that cargo made is {}, the target is {}",
                      library.library,
                      facts ? "for " + elf::machine_name(*facts) : std::string("no ELF file"),
                      target),
          "is a linker for another machine set for this target?");
    const std::string complaint = open_complaint(*facts, library.module, job_.variant.lua);
    if (complaint.empty()) return {};
    return fail(
        Errc::invalid_input,
        fmt::format("{}: {}", library.field, complaint),
        fmt::format(
            "with mlua: #[mlua::lua_module(name = \"{}\")] on the function that makes the module",
            lua::open_names(library.module, job_.variant.lua).front().substr(8)));
  }

  [[nodiscard]] tl::unexpected<Error> no_library(const plan::LibraryStep& library) const {
    return fail(Errc::invalid_input,
                fmt::format("{} needs the library '{}', which cargo did not build{}",
                            library.field,
                            library.library,
                            text::did_you_mean(library.library, built_)),
                built_.empty() ? "" : fmt::format("built: {}", text::join(built_, ", ")));
  }

  void keep(const cargo::CompileOutcome& compiled) {
    outcome_.crates.insert(outcome_.crates.end(), compiled.crates.begin(), compiled.crates.end());
    for (const std::string& name : compiled.linked_libraries) {
      auto& all = outcome_.linked_libraries;
      if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
    }
  }

  const RustJob& job_;
  RunContext& context_;
  RustOutcome outcome_;
  std::vector<std::string> built_, staged_;
};

}  // namespace

Result<RustOutcome> build_libraries(const RustJob& job, RunContext& context) {
  return LibraryBuilder(job, context).build();
}

}  // namespace rockstage::build
