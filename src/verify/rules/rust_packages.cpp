#include "base/rules.hpp"
#include "base/text.hpp"
#include "verify/collect_text.hpp"
#include "verify/rules/families.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace rockstage::verify {
namespace {

bool is_rust_package(std::string_view name) {
  constexpr std::array<std::string_view, 18> kNames = {"cargo",
                                                       "rustc",
                                                       "rustup",
                                                       "rust",
                                                       "rust-all",
                                                       "rust-src",
                                                       "rust-std",
                                                       "rust-stdlib",
                                                       "rust-gdb",
                                                       "rust-lldb",
                                                       "rust-clippy",
                                                       "rust-llvm",
                                                       "rust-analyzer",
                                                       "rust-toolset",
                                                       "rustfmt",
                                                       "rust-wasm",
                                                       "rust-web",
                                                       "rust-doc"};
  if (std::ranges::find(kNames, name) != kNames.end()) return true;
  for (const std::string_view prefix : {"cargo-", "rustc-", "rustup-", "libstd-rust-", "rust-std-"})
    if (name.starts_with(prefix)) return true;
  return name.starts_with("librust-") && name.ends_with("-dev");
}

void check_database(const Context& context, tree::PathId path, Sink& sink) {
  const auto origin = context.platform.view.at(path);
  const auto* facts = context.facts(origin);
  if (facts == nullptr) return;
  std::vector<std::string> found;
  for (auto& name : text::split(facts->text, '\n'))
    if (is_rust_package(name)) found.push_back(std::move(name));
  if (found.empty()) return;
  auto finding = context.finding(rules::rust_package, path, origin);
  finding.message = "'" + finding.path + "' lists " + text::join(found, ", ") + " as installed";
  finding.evidence["packages"] = found;
  finding.fix = "install the packages in the builder stage only";
  sink.add(std::move(finding));
}

/// An rpm database, of any age.
tree::PathId rpm_database(const Context& context) {
  for (const char* directory : {"var/lib/rpm/", "usr/lib/sysimage/rpm/"}) {
    for (const char* name : {"rpmdb.sqlite", "Packages.db", "Packages"}) {
      const auto path = context.resolver.resolve(std::string(directory) + name);
      if (path != tree::kNoPath) return path;
    }
  }
  return tree::kNoPath;
}

bool is_cargo_path(const std::string& directory) {
  return directory.ends_with("/.cargo/bin") || directory.ends_with("/cargo/bin");
}

}  // namespace

void check_rust_packages(const Context& context, Sink& sink) {
  if (!context.is_image()) return;
  std::vector<tree::PathId> seen;
  for (const char* name :
       {"var/lib/dpkg/status", "lib/apk/db/installed", "usr/lib/apk/db/installed"}) {
    const auto path = context.resolver.resolve(name);
    if (path == tree::kNoPath || std::ranges::count(seen, path) != 0) continue;
    seen.push_back(path);
    check_database(context, path, sink);
  }
  const auto each = context.resolver.resolve("var/lib/dpkg/status.d");
  for (const auto& node : context.platform.view.nodes())
    if (each != tree::kNoPath && context.subject.paths->parent(node.path) == each)
      check_database(context, node.path, sink);
  if (const auto rpm = rpm_database(context); rpm != tree::kNoPath)
    sink.not_judged(rules::rust_package,
                    context.path(rpm),
                    "databases of rpm are not read; `rpm -qa 'rust*' 'cargo*'` in the image tells");
}

void check_rust_environment(const Context& context, Sink& sink) {
  if (!context.platform.config) return;
  for (const auto& assignment : context.platform.config->env) {
    const auto equals = assignment.find('=');
    const auto name = assignment.substr(0, equals);
    const auto value = equals == std::string::npos ? std::string() : assignment.substr(equals + 1);
    const auto parts = text::split(value, ':');
    const bool tells = name == "CARGO_HOME" || name == "RUSTUP_HOME" || name == "RUSTUP_TOOLCHAIN"
                       || (name == "PATH" && std::ranges::any_of(parts, is_cargo_path));
    if (!tells) continue;
    auto finding = context.finding(rules::rust_environment, tree::kRoot, {});
    finding.message = "the image's environment sets " + assignment;
    finding.evidence = {{"symbol", name}, {"value", value}};
    finding.fix = "start the final stage from the runtime image and not from the builder";
    sink.add(std::move(finding));
  }
}

namespace {

/// "gcc" for "x86_64-linux-gnu-gcc-12".
std::string_view plain_tool_name(std::string_view name) {
  if (const auto at = name.rfind("-linux-"); at != std::string_view::npos) {
    const auto rest = name.substr(at + 1);
    const auto dash = rest.find('-', rest.find('-') + 1);
    if (dash != std::string_view::npos) name = rest.substr(dash + 1);
  }
  const auto dash = name.rfind('-');
  if (dash != std::string_view::npos
      && name.find_first_not_of("0123456789.", dash + 1) == std::string_view::npos)
    name = name.substr(0, dash);
  return name;
}

bool is_c_tool(std::string_view name) {
  constexpr std::array<std::string_view, 14> kTools = {"cc",
                                                       "gcc",
                                                       "g++",
                                                       "c++",
                                                       "cc1",
                                                       "ld",
                                                       "ld.bfd",
                                                       "ld.gold",
                                                       "lld",
                                                       "tcc",
                                                       "make",
                                                       "clang",
                                                       "clang++",
                                                       "ld.lld"};
  return std::ranges::find(kTools, plain_tool_name(name)) != kTools.end();
}

}  // namespace

void check_c_toolchain(const Context& context, Sink& sink) {
  std::map<std::uint32_t, std::vector<const tree::View::Node*>> by_layer;
  for (const auto& node : context.platform.view.nodes()) {
    if (!is_c_tool(context.subject.paths->name(node.path)) || node.origin.implied()) continue;
    const auto& entry = context.entry(node.origin);
    const auto* facts = context.facts(node.origin);
    const bool runs =
        facts != nullptr && (facts->content == Content::elf || facts->content == Content::script);
    if (entry.kind == tree::EntryKind::file && (entry.mode & 0111) != 0 && runs)
      by_layer[node.origin.layer].push_back(&node);
  }
  for (const auto& [layer, nodes] : by_layer) {
    std::vector<std::string> tools;
    for (const auto* node : nodes)
      tools.push_back(context.path(node->path));
    auto finding = context.finding(rules::c_toolchain, nodes.front()->path, nodes.front()->origin);
    finding.message = "a C toolchain is in it: " + text::join(tools, ", ");
    finding.evidence["files"] = tools;
    finding.fix = "install it in the builder stage only";
    sink.add(std::move(finding));
  }
}

}  // namespace rockstage::verify
