#include "base/text.hpp"
#include "lint/doctor_probe.hpp"
#include "rock/version.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::lint {
namespace {

constexpr const char* kOldestRust = "1.85";
constexpr const char* kBuilds = "build, install, make, lint";

/// "1.95.0" of "cargo 1.95.0 (…)".
std::string release_of(const std::string& line) {
  const auto words = text::split(line, ' ');
  return words.size() > 1 ? words[1] : std::string();
}

Result<Tool> examine_rust_program(const Prober& prober,
                                  const std::string& name,
                                  const char* variable,
                                  const std::string& package) {
  const auto program = prober.environment().get_nonempty(variable).value_or(name);
  RS_TRY_ASSIGN(const auto answer, prober.ask({program, "--version"}));
  Tool tool{.name = name, .path = answer.path, .needed_for = kBuilds, .for_every_build = true};
  const auto install = fmt::format("install Debian's {}, or Rust by rustup", package);
  if (answer.path.empty()) {
    tool.hint = install;
    return tool;
  }
  if (!answer.ok) {
    tool.hint = fmt::format("{}; {}", answer.problem, install);
    return tool;
  }
  tool.version = release_of(first_line(answer.text));
  tool.ok = rock::compare(rock::parse_version(tool.version), rock::parse_version(kOldestRust)) >= 0;
  if (!tool.ok) tool.hint = fmt::format("older than {}; {}", kOldestRust, install);
  return tool;
}

/// The targets whose standard library is in the sysroot, sorted.
std::vector<std::string> installed_targets(const std::string& sysroot) {
  std::vector<std::string> out;
  const auto root = sys::join(sysroot, "lib/rustlib");
  const auto names = sys::list_directory(root);
  if (!names) return out;
  for (const auto& name : *names) {
    const auto files = sys::list_directory(sys::join(root, name + "/lib"));
    const auto is_std = [](const std::string& file) { return file.starts_with("libstd-"); };
    if (files && std::ranges::any_of(*files, is_std)) out.push_back(name);
  }
  return out;
}

/// "x86_64-unknown-linux-gnu" of the line `host: …` of `rustc -vV`.
std::string host_of(const std::string& verbose) {
  for (const auto& line : text::split(verbose, '\n'))
    if (line.starts_with("host: ")) return std::string(text::trim(line.substr(6)));
  return {};
}

Result<void> examine_targets(const Prober& prober,
                             const std::string& rustc,
                             std::vector<Tool>& tools) {
  RS_TRY_ASSIGN(const auto verbose, prober.ask({rustc, "-vV"}));
  RS_TRY_ASSIGN(const auto sysroot, prober.ask({rustc, "--print", "sysroot"}));
  if (!verbose.ok || !sysroot.ok) return {};
  const auto host = host_of(verbose.text);
  const auto root = first_line(sysroot.text);
  const auto targets = installed_targets(root);
  const auto add = [&](const std::string& target, bool ok) {
    Tool tool{.name = "rust-std " + target, .ok = ok, .for_every_build = target == host};
    tool.needed_for = target == host ? kBuilds : "build --target " + target;
    if (ok)
      tool.path = sys::join(root, "lib/rustlib/" + target);
    else
      tool.hint =
          fmt::format("install Debian's libstd-rust-web-dev, or: rustup target add {}", target);
    tools.push_back(std::move(tool));
  };
  if (std::ranges::find(targets, host) == targets.end()) add(host, false);
  for (const auto& target : targets)
    add(target, true);
  return {};
}

/// A C compiler that finds what every link begins with: rustc links through it.
Result<Tool> examine_compiler(const Prober& prober) {
  Tool tool{.name = "cc", .needed_for = kBuilds, .for_every_build = true};
  const auto given = prober.environment().get_nonempty("CC");
  std::vector<std::string> programs = {"cc", "gcc", "clang"};
  if (given) programs = {*given};
  for (const auto& program : programs) {
    RS_TRY_ASSIGN(const auto answer, prober.ask({program, "--version"}));
    if (answer.path.empty()) continue;
    tool.path = answer.path;
    tool.version = version_in(first_line(answer.text));
    if (!answer.ok) {
      tool.hint = answer.problem + "; install Debian's gcc and libc6-dev";
      return tool;
    }
    RS_TRY_ASSIGN(const auto start, prober.ask({program, "-print-file-name=Scrt1.o"}));
    tool.ok = start.ok && first_line(start.text).find('/') != std::string::npos;
    if (!tool.ok) tool.hint = "it finds no C library to link with; install Debian's libc6-dev";
    return tool;
  }
  tool.hint = given ? fmt::format("CC is '{}', which is no program here", *given)
                    : "install Debian's gcc and libc6-dev";
  return tool;
}

}  // namespace

Result<void> examine_rust(const Prober& prober, std::vector<Tool>& tools) {
  RS_TRY_ASSIGN(auto cargo, examine_rust_program(prober, "cargo", "CARGO", "cargo-web"));
  RS_TRY_ASSIGN(auto rustc, examine_rust_program(prober, "rustc", "RUSTC", "rustc-web"));
  const auto program = rustc.path;
  tools.push_back(std::move(cargo));
  tools.push_back(std::move(rustc));
  if (!program.empty()) RS_TRY(examine_targets(prober, program, tools));
  RS_TRY_ASSIGN(auto compiler, examine_compiler(prober));
  tools.push_back(std::move(compiler));
  return {};
}

}  // namespace rockstage::lint
