#include "cargo/feature_set.hpp"
#include "cargo/lua_feature.hpp"
#include "lint/rules.hpp"
#include "rock/version.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace rockstage::lint {
namespace {

/// The packages that will be compiled; empty when the rock has none, or names libraries that are
/// not there (a build error of its own).
std::vector<const cargo::Package*> packages(const Request& request) {
  if (request.inputs.crate == nullptr || request.inputs.spec->build_type != "rust-mlua") return {};
  const auto found = plan::packages_to_compile(request.inputs, request.options);
  return found ? *found : std::vector<const cargo::Package*>{};
}

std::string shown(const Request& request, const std::string& path) {
  return sys::relative_to(path, request.inputs.directory);
}

void check_lua_feature(const Request& request, const cargo::Package& package, Findings& out) {
  const auto wanted = plan::feature_request(*request.inputs.spec, request.options);
  if (!wanted) return;
  std::set<std::string> said;
  for (const auto lua : request.options.luas) {
    const auto choice =
        cargo::choose_lua_feature(request.inputs.crate->metadata, package, lua, *wanted);
    if (choice || !said.insert(choice.error().message).second) continue;
    const auto* rule = choice.error().rule == rules::rock_vendored_lua ? rules::rock_vendored_lua
                                                                       : rules::rock_lua_feature;
    out.push_back(finding(
        rule, shown(request, package.manifest_path), choice.error().message, choice.error().fix));
  }
}

void check_panic(const Request& request, const cargo::Package& package, Findings& out) {
  const auto& crate = *request.inputs.crate;
  const auto profile = plan::profile_name(*request.inputs.spec, request.options);
  if (!profile) return;
  const auto panic = crate.profile_panic.find(*profile);
  const bool for_luajit = std::ranges::any_of(
      request.options.luas, [](lua::Lua lua) { return lua::version_directory(lua) == "5.1"; });
  if (panic == crate.profile_panic.end() || panic->second != "abort" || !for_luajit) return;
  if (!cargo::FeatureSet(crate.metadata, package).declares_mlua()) return;
  out.push_back(finding(
      rules::rock_panic_abort,
      shown(request, package.manifest_path),
      fmt::format(
          "profile '{}' has panic = \"abort\": the first Lua error ends the process of '{}'",
          *profile,
          package.name),
      fmt::format(
          "remove panic = \"abort\" from [profile.{}]; rockstage builds with \"unwind\" until then",
          *profile)));
}

void check_lock(const Request& request, Findings& out) {
  const auto& crate = *request.inputs.crate;
  if (crate.lock == cargo::LockState::missing)
    out.push_back(finding(rules::rock_lock_file,
                          shown(request, crate.lock_file),
                          "there is no Cargo.lock: the build is not repeatable",
                          "run `cargo generate-lockfile` and commit it"));
  if (crate.lock == cargo::LockState::stale)
    out.push_back(finding(rules::rock_lock_file,
                          shown(request, crate.lock_file),
                          "Cargo.lock is not up to date with Cargo.toml: --locked refuses it",
                          "run `cargo update --workspace` and commit it"));
}

/// The crate of a rock that calls cargo itself.
void check_lock_of_commands(const Request& request, Findings& out) {
  const auto& type = request.inputs.spec->build_type;
  const auto has = [&request](const char* file) {
    return std::ranges::find(request.inputs.files, file) != request.inputs.files.end();
  };
  const bool runs_commands = type == "make" || type == "cmake" || type == "command";
  if (runs_commands && has("Cargo.toml") && !has("Cargo.lock"))
    out.push_back(finding(rules::rock_lock_file,
                          "Cargo.lock",
                          "there is no Cargo.lock: the build is not repeatable",
                          "run `cargo generate-lockfile` and commit it"));
}

/// What a build script's own text, or a build dependency, says of git and the time.
std::string irreproducible(const std::string& text) {
  constexpr std::array<std::string_view, 9> kMarks = {"SystemTime::now",
                                                      "Utc::now",
                                                      "Local::now",
                                                      "OffsetDateTime::now",
                                                      "Command::new(\"git\")",
                                                      "Command::new(\"date\")",
                                                      "vergen",
                                                      "git2::",
                                                      "built::write_built_file"};
  for (const auto mark : kMarks)
    if (text.find(mark) != std::string::npos) return std::string(mark);
  return {};
}

}  // namespace

Finding finding(const char* rule, std::string path, std::string message, std::string fix) {
  Finding out;
  out.rule = rule;
  out.severity = find_rule(rule)->severity;
  out.path = std::move(path);
  out.message = std::move(message);
  out.fix = std::move(fix);
  return out;
}

void check_toolchain(const Request& request, Findings& out) {
  if (!request.toolchain_error.empty()) {
    out.push_back(finding(rules::rock_toolchain,
                          "",
                          request.toolchain_error,
                          "install the toolchain, or build where it is"));
    return;
  }
  if (request.inputs.crate == nullptr) return;
  const auto& crate = *request.inputs.crate;
  for (const auto* package : packages(request)) {
    if (package->rust_version.empty()
        || rock::compare(rock::parse_version(package->rust_version),
                         rock::parse_version(crate.toolchain.release))
               <= 0)
      continue;
    out.push_back(finding(rules::rock_toolchain,
                          shown(request, package->manifest_path),
                          fmt::format("'{}' needs Rust {}, the one here is {}",
                                      package->name,
                                      package->rust_version,
                                      crate.toolchain.release),
                          fmt::format("install Rust {} or newer", package->rust_version)));
  }
  for (const auto& [target, installed] : crate.target_installed)
    if (!installed)
      out.push_back(finding(
          rules::rock_toolchain,
          "",
          fmt::format("Rust's standard library for {} is not installed", target),
          fmt::format("run `rustup target add {}`, or install the distribution's package for it",
                      target)));
}

void check_crate(const Request& request, Findings& out) {
  for (const auto* package : packages(request)) {
    check_lua_feature(request, *package, out);
    check_panic(request, *package, out);
  }
  if (request.inputs.crate != nullptr)
    check_lock(request, out);
  else
    check_lock_of_commands(request, out);
}

void check_build_scripts(const Request& request, Findings& out) {
  if (request.inputs.crate == nullptr) return;
  for (const auto& package : request.inputs.crate->metadata.packages) {
    if (!request.inputs.crate->metadata.is_member(package.id)) continue;
    for (const auto& target : package.targets) {
      if (std::ranges::find(target.kinds, "custom-build") == target.kinds.end()) continue;
      const auto text = sys::read_file(target.src_path);
      const auto mark = text ? irreproducible(*text) : std::string();
      if (mark.empty()) continue;
      auto found = finding(
          rules::rock_build_script,
          shown(request, target.src_path),
          fmt::format("the build script of '{}' uses {}: each build differs", package.name, mark),
          "take the time from SOURCE_DATE_EPOCH, and the version from LUA_ROCKSPEC_VERSION");
      found.evidence = {{"found", mark}};
      out.push_back(std::move(found));
    }
  }
}

}  // namespace rockstage::lint
