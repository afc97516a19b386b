#include "base/text.hpp"
#include "cargo/feature_set.hpp"
#include "cargo/inspect.hpp"
#include "cargo/lua_feature.hpp"
#include "plan/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace rockstage::plan {
namespace {

std::string underscored(const std::string& name) {
  return text::replace_all(name, "-", "_");
}

/// A short text that is the same for the same `text` on every machine (FNV-1a, 64 bits).
std::string fingerprint(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return fmt::format("{:016x}", hash);
}

/// Flags of the user's configuration that make a library which does not load elsewhere, or none at
/// all.
void warn_of_flags(const cargo::UserRustflags& user, Diagnostics& diagnostics) {
  struct Trap {
    const char* part;
    const char* consequence;
  };

  constexpr Trap kTraps[] = {
      {"target-cpu=native", "the library may not run on another processor"},
      {"+crt-static", "no cdylib can be made for a glibc target"},
      {"prefer-dynamic", "the library will need libstd-*.so of this toolchain at run time"},
      {"-rpath", "the library will look for others at a path of this machine"},
      {"incremental", "builds are not repeatable"},
  };
  for (const auto& flag : user.flags)
    for (const auto& [part, consequence] : kTraps)
      if (flag.find(part) != std::string::npos)
        warn_once(
            diagnostics,
            fmt::format(
                "rustflags hold '{}' ({}): {}", flag, text::join(user.origins, ", "), consequence),
            "remove it for this build");
}

/// Finds the package that a module's library belongs to.
class LibraryFinder {
 public:
  LibraryFinder(const Inputs& inputs, const BuildOptions& options, const RustSettings& settings)
      : inputs_(inputs),
        options_(options),
        settings_(settings),
        metadata_(inputs.crate->metadata) {}

  /// The package asked for, or the manifest's own, before others.
  Result<const cargo::Package*> find(const std::string& module, const std::string& library) {
    std::vector<const cargo::Package*> found;
    std::vector<std::string> known;
    for (const auto& package : metadata_.packages) {
      const auto* target = package.library();
      if (target == nullptr || !metadata_.is_member(package.id)) continue;
      if (!settings_.package.empty() && package.name != settings_.package) continue;
      known.push_back(underscored(target->name));
      if (known.back() == underscored(library)) found.push_back(&package);
    }
    const auto field = field_name("build.modules", module);
    RS_TRY_ASSIGN(const auto manifest, manifest_path(*inputs_.spec, inputs_.directory, options_));
    if (known.empty()) return no_library(manifest);
    if (found.empty())
      return fail(Errc::invalid_input,
                  fmt::format("{} names the library '{}', which the crate does not have{}",
                              field,
                              library,
                              text::did_you_mean(underscored(library), known)),
                  "its libraries: " + text::join(known, ", "));
    const auto own = std::ranges::find(
        found, manifest, [](const auto* package) { return package->manifest_path; });
    if (own != found.end()) return *own;
    if (found.size() == 1) return found.front();
    return fail(Errc::usage,
                fmt::format("{}: several packages have the library '{}'", field, library),
                "name the package with --package");
  }

 private:
  /// About the package that would be built.
  Result<const cargo::Package*> no_library(const std::string& manifest) {
    RS_TRY_ASSIGN(const auto* chosen,
                  cargo::choose_package(metadata_, manifest, settings_.package));
    return fail(Errc::invalid_input,
                fmt::format("the package '{}' has no library", chosen->name),
                "add [lib] with crate-type = [\"cdylib\"] to its Cargo.toml");
  }

  const Inputs& inputs_;
  const BuildOptions& options_;
  const RustSettings& settings_;
  const cargo::Metadata& metadata_;
};

cargo::FeatureRequest to_request(const RustSettings& settings) {
  cargo::FeatureRequest request;
  request.features = settings.features;
  request.default_features = settings.default_features;
  request.all_features = settings.all_features;
  return request;
}

class RustPlan {
 public:
  RustPlan(const Context& context, const RustSettings& settings, Plan& plan, Variant& variant)
      : context_(context),
        crate_(*context.inputs.crate),
        settings_(settings),
        plan_(plan),
        variant_(variant) {}

  Result<void> add(const rock::RustMluaFields& fields) {
    RS_TRY(check_lock());
    RS_TRY(check_target());
    for (const auto& [module, library] : fields.modules)
      RS_TRY(add_module(module, library));
    for (std::size_t i = 0; i < fields.include.size(); ++i)
      add_include(fields.include[i], i);
    return {};
  }

 private:
  Result<void> check_lock() {
    if (crate_.lock == cargo::LockState::stale)
      return fail(Errc::invalid_input,
                  fmt::format("'{}' is not up to date with Cargo.toml{}",
                              crate_.lock_file,
                              crate_.lock_message.empty() ? "" : ": " + crate_.lock_message),
                  "run `cargo update --workspace` and commit Cargo.lock");
    if (crate_.lock == cargo::LockState::fresh) return {};
    if (settings_.locked)
      return fail(Errc::invalid_input,
                  fmt::format("there is no '{}', and --locked was given", crate_.lock_file),
                  "run `cargo generate-lockfile` and commit Cargo.lock");
    warn_once(context_.diagnostics,
              "no Cargo.lock: this build is not repeatable",
              "run `cargo generate-lockfile` and commit Cargo.lock");
    return {};
  }

  Result<void> check_target() {
    const auto found = crate_.target_installed.find(variant_.target);
    if (found == crate_.target_installed.end() || found->second) return {};
    return fail(Errc::not_found,
                fmt::format("Rust's standard library for {} is not installed", variant_.target),
                fmt::format("run `rustup target add {0}`, or install the distribution's package "
                            "for it (Debian: libstd-rust-web-dev:ARCH)",
                            variant_.target));
  }

  Result<void> add_module(const std::string& module, const std::string& library) {
    RS_TRY_ASSIGN(
        const auto* package,
        LibraryFinder(context_.inputs, context_.options, settings_).find(module, library));
    const auto compiled =
        std::ranges::find(variant_.compiles, package->id, &cargo::CompileStep::package_id);
    if (compiled == variant_.compiles.end()) {
      RS_TRY_ASSIGN(auto step, compile_step(*package));
      variant_.compiles.push_back(std::move(step));
    }
    RS_TRY_ASSIGN(const auto path, lua::module_to_path(module));
    variant_.libraries.push_back(
        {module, underscored(library), "lib/" + path + ".so", field_name("build.modules", module)});
    return {};
  }

  Result<cargo::CompileStep> compile_step(const cargo::Package& package) {
    const auto choice =
        cargo::choose_lua_feature(crate_.metadata, package, variant_.lua, to_request(settings_));
    if (!choice) return fail(Errc::invalid_input, choice.error().message, choice.error().fix);
    plan_.notes.insert(plan_.notes.end(), choice->notes.begin(), choice->notes.end());

    cargo::CompileStep step;
    step.cargo = crate_.toolchain.cargo;
    step.directory = package.directory();
    step.manifest_path = package.manifest_path;
    step.package = package.name;
    step.package_id = package.id;
    step.package_version = package.version;
    step.library = package.library()->name;
    step.profile = settings_.profile;
    step.target = variant_.target;
    step.features = choice->features;
    step.default_features = choice->default_features;
    step.all_features = settings_.all_features;
    step.locked = crate_.lock == cargo::LockState::fresh;
    step.lock_missing = !step.locked;
    step.offline = settings_.offline;
    step.jobs = settings_.jobs;
    step.target_dir = target_directory();
    step.workspace_root = crate_.metadata.workspace_root;
    step.crates = cargo::crates_to_build(crate_.metadata, package.id);
    step.environment = {{"LUA_ROCKSPEC_PACKAGE", context_.inputs.spec->package},
                        {"LUA_ROCKSPEC_VERSION", context_.inputs.spec->version}};
    set_rustflags(step);
    set_profile_values(package, step);
    return step;
  }

  [[nodiscard]] std::string target_directory() const {
    if (!context_.options.target_dir.empty()) return context_.options.target_dir;
    const auto lua = lua::to_string(variant_.lua);
    const auto key = fingerprint(text::join(
        std::vector<std::string>{
            context_.inputs.directory, lua, variant_.target, settings_.profile},
        "\n"));
    return fmt::format(
        "{}/target/{}-{}-{}", context_.options.cache_dir, context_.inputs.spec->name, lua, key);
  }

  void set_rustflags(cargo::CompileStep& step) {
    if (const auto user = crate_.rustflags.find(variant_.target); user != crate_.rustflags.end()) {
      step.rustflags = user->second.flags;
      step.rustflags_origins = user->second.origins;
      warn_of_flags(user->second, context_.diagnostics);
    }
    cargo::RemapPaths paths;
    paths.home = context_.inputs.home;
    paths.cargo_home = crate_.toolchain.cargo_home;
    paths.rustup_home = crate_.toolchain.rustup_home;
    paths.sysroot = crate_.toolchain.sysroot;
    paths.commit_hash = crate_.toolchain.commit_hash;
    paths.workspace_root = step.workspace_root;
    paths.target_dir = step.target_dir;
    paths.outside_path_dependencies = crate_.outside_path_dependencies;
    for (auto& flag : cargo::remap_flags(paths))
      step.rustflags.push_back(std::move(flag));
    // A musl target links the C library statically unless told otherwise, and then makes no cdylib
    // (rust#44991).
    if (variant_.target.ends_with("-musl")) {
      step.rustflags.insert(step.rustflags.end(), {"-C", "target-feature=-crt-static"});
      plan_.notes.push_back(fmt::format(
          "{} gets -C target-feature=-crt-static: without it the target makes no cdylib",
          variant_.target));
    }
  }

  void set_profile_values(const cargo::Package& package, cargo::CompileStep& step) {
    step.profile_values = {{"incremental", "false"}, {"strip", "\"symbols\""}};
    const auto panic = crate_.profile_panic.find(settings_.profile);
    const bool aborts = panic != crate_.profile_panic.end() && panic->second == "abort";
    // LuaJIT raises errors by unwinding; a module for Lua 5.1 is loaded by LuaJIT, too.
    const bool unwinds = lua::version_directory(variant_.lua) == "5.1";
    if (!aborts || !unwinds || !cargo::FeatureSet(crate_.metadata, package).declares_mlua()) return;
    step.profile_values.emplace_back("panic", "\"unwind\"");
    warn_once(
        context_.diagnostics,
        fmt::format("panic = \"abort\" of profile '{}' ends the process at the first Lua error: "
                    "'{}' is built with panic = \"unwind\"",
                    settings_.profile,
                    package.name),
        fmt::format("remove panic = \"abort\" from [profile.{}]", settings_.profile));
  }

  /// `include`: files of the crate that are staged as Lua modules.
  void add_include(const rock::InstallEntry& entry, std::size_t position) {
    CopyStep step;
    step.from = "{work}/" + entry.path;
    step.to = "lua/" + (entry.key.empty() ? entry.path : entry.key);
    step.field = entry.key.empty() ? fmt::format("build.include[{}]", position + 1)
                                   : field_name("build.include", entry.path);
    variant_.copies.push_back(std::move(step));
  }

  const Context& context_;
  const cargo::CrateFacts& crate_;
  const RustSettings& settings_;
  Plan& plan_;
  Variant& variant_;
};

}  // namespace

Result<std::vector<const cargo::Package*>> packages_to_compile(const Inputs& inputs,
                                                               const BuildOptions& options) {
  RS_TRY_ASSIGN(const auto settings, rust_settings(*inputs.spec, options));
  RS_TRY_ASSIGN(const auto fields, rock::rust_mlua_fields(*inputs.spec));
  std::vector<const cargo::Package*> out;
  for (const auto& [module, library] : fields.modules) {
    RS_TRY_ASSIGN(const auto* package,
                  LibraryFinder(inputs, options, settings).find(module, library));
    if (std::ranges::find(out, package) == out.end()) out.push_back(package);
  }
  return out;
}

Result<cargo::FeatureRequest> feature_request(const rock::Rockspec& spec,
                                              const BuildOptions& options) {
  RS_TRY_ASSIGN(const auto settings, rust_settings(spec, options));
  return to_request(settings);
}

Result<void> add_rust(const Context& context, Plan& plan, Variant& variant) {
  RS_TRY_ASSIGN(const auto settings, rust_settings(*context.inputs.spec, context.options));
  RS_TRY_ASSIGN(const auto fields, rock::rust_mlua_fields(*context.inputs.spec));
  if (context.inputs.crate == nullptr)
    return fail(Errc::internal, "a rust-mlua rock was planned without its crate");
  return RustPlan(context, settings, plan, variant).add(fields);
}

}  // namespace rockstage::plan
