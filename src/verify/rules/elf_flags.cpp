#include "base/text.hpp"
#include "verify/rules/elf_rules.hpp"

#include <algorithm>

namespace rockstage::verify {
namespace {

/// "12 kB", rounded up.
std::string kilobytes(std::uint64_t bytes) {
  return std::to_string((bytes + 999) / 1000) + " kB";
}

void check_memory(const ElfCase& judged) {
  const auto& elf = judged.elf();
  const auto basis = judged.out.own_basis();
  if (elf.text_relocations)
    judged.out.add(rules::elf_text_relocation,
                   Severity::warning,
                   "has text relocations, which SELinux refuses",
                   "compile assembly and C with -fPIC",
                   basis);
  if (elf.executable_stack && !judged.out.has(rules::elf_executable_stack))
    judged.out.add(rules::elf_executable_stack,
                   Severity::warning,
                   "asks for an executable stack, which glibc 2.41 and later refuse",
                   "add .section .note.GNU-stack,\"\",@progbits to the assembly",
                   basis);
  if (elf.static_tls) {
    auto& finding = judged.out.add(
        rules::elf_static_tls,
        Severity::warning,
        "uses " + std::to_string(elf.tls_size)
            + " bytes of initial-exec TLS; the loader has about 1.6 kB for all modules",
        "switch it off in the allocator (jemalloc: disable_initial_exec_tls)",
        basis);
    finding.evidence["bytes"] = static_cast<std::int64_t>(elf.tls_size);
  }
  if (elf.writable_code)
    judged.out.add(rules::elf_writable_code,
                   Severity::warning,
                   "has a segment that is writable and executable, which hardened kernels refuse",
                   "drop -Wl,-N and linker scripts of your own",
                   basis);
}

/// "linux/amd64/v3" → 3; 0 for the baseline.
int platform_level(std::string_view platform) {
  const auto at = platform.rfind("/v");
  if (at == std::string_view::npos || at + 3 != platform.size()) return 0;
  const char digit = platform.back();
  return digit >= '2' && digit <= '4' ? digit - '0' : 0;
}

void check_level(const ElfCase& judged) {
  const int level = judged.elf().x86_isa_level;
  const int allowed = platform_level(judged.context.target.platform());
  if (level <= allowed) return;
  const auto name = "x86-64-v" + std::to_string(level);
  auto& finding = judged.out.add(rules::elf_cpu_level,
                                 Severity::error,
                                 "needs a processor of level " + name + " (property note)",
                                 "drop -C target-cpu and -march: the baseline runs everywhere",
                                 judged.out.own_basis());
  finding.evidence["level"] = name;
}

/// Empty where no rustc made it.
std::string rust_compiler(const elf::ElfFacts& elf) {
  const auto found = std::ranges::find_if(
      elf.comments, [](const auto& comment) { return comment.starts_with("rustc version"); });
  return found == elf.comments.end() ? std::string() : *found;
}

void check_size(const ElfCase& judged) {
  const auto& elf = judged.elf();
  const auto basis = judged.out.own_basis();
  const bool is_rust = !rust_compiler(elf).empty();
  if (elf.symtab_bytes > 0) {
    auto& finding = judged.out.add(rules::elf_unstripped,
                                   Severity::note,
                                   "carries " + kilobytes(elf.symtab_bytes) + " of symbols",
                                   is_rust ? "set strip = \"symbols\" in the profile"
                                           : "link it with -s, or run strip --strip-unneeded",
                                   basis);
    finding.evidence["bytes"] = static_cast<std::int64_t>(elf.symtab_bytes);
  }
  if (elf.debug_bytes > 0) {
    auto& finding =
        judged.out.add(rules::elf_debug_info,
                       Severity::note,
                       "carries " + kilobytes(elf.debug_bytes) + " of debugging information",
                       is_rust ? "set strip = \"debuginfo\" or \"symbols\" in the profile"
                               : "compile it without -g, or run strip --strip-debug",
                       basis);
    finding.evidence["bytes"] = static_cast<std::int64_t>(elf.debug_bytes);
  }
}

void check_provenance(const ElfCase& judged) {
  const auto& elf = judged.elf();
  const auto compiler = rust_compiler(elf);
  if (compiler.empty() && !elf.has_dep_v0) return;
  auto message = "comes from " + (compiler.empty() ? std::string("Rust") : compiler);
  if (!elf.crates.empty()) message += ", with " + std::to_string(elf.crates.size()) + " crates";
  auto& finding = judged.out.add(rules::rust_provenance,
                                 Severity::note,
                                 message,
                                 "nothing to do: this is for your records",
                                 judged.out.own_basis());
  if (!compiler.empty()) finding.evidence["compiler"] = compiler;
  if (elf.crates.empty()) return;
  std::vector<std::string> crates;
  for (const auto& crate : elf.crates)
    crates.push_back(crate.name + " " + crate.version);
  finding.evidence["crates"] = std::move(crates);
}

}  // namespace

void check_elf_flags(const ElfCase& judged) {
  check_memory(judged);
  check_level(judged);
  check_size(judged);
  check_provenance(judged);
}

void check_recorded_flags(const Context& context, Sink& sink) {
  constexpr std::string_view kFlag = "target-cpu=";
  for (const auto& node : context.platform.view.nodes()) {
    if (context.subject.paths->name(node.path) != "rockstage.json") continue;
    const auto* facts = context.facts(node.origin);
    if (facts == nullptr) continue;
    const auto at = facts->text.find(kFlag);
    if (at == std::string::npos) continue;
    const auto rest = std::string_view(facts->text).substr(at + kFlag.size());
    const std::string cpu(rest.substr(0, rest.find_first_of("\" ,\\\n")));
    if (cpu == "generic" || cpu == "x86-64") continue;
    auto finding = context.finding(rules::elf_cpu_level, node.path, node.origin);
    finding.severity = Severity::warning;
    finding.message = finding.path + " records a build with target-cpu=" + cpu
                      + ": what it built may not run on another processor";
    finding.fix = "build without target-cpu";
    finding.evidence["basis"] =
        std::string(to_string(context.is_image() ? Basis::image : context.target.libc_basis()));
    finding.evidence["target_cpu"] = cpu;
    sink.add(std::move(finding));
  }
}

}  // namespace rockstage::verify
