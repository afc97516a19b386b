#include "base/rules.hpp"
#include "verify/rules/elf_rules.hpp"
#include "verify/rules/families_elf_lua.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace rockstage::verify {

Finding& FileFindings::add(
    const char* rule, Severity severity, std::string_view message, std::string fix, Basis basis) {
  auto finding = context_.finding(rule, file_.id, file_.origin);
  finding.severity = severity;
  finding.message = file_.path + " " + std::string(message);
  finding.fix = std::move(fix);
  finding.evidence["basis"] = std::string(to_string(basis));
  return findings_.emplace_back(std::move(finding));
}

Finding& FileFindings::refuse(const char* rule,
                              std::string_view message,
                              std::string fix,
                              Basis basis) {
  auto& finding = add(rule, Severity::error, message, std::move(fix), basis);
  if (!refused_) finding.evidence["first"] = true;
  refused_ = true;
  return finding;
}

bool FileFindings::has(std::string_view rule) const {
  return std::ranges::any_of(findings_, [rule](const Finding& f) { return f.rule == rule; });
}

Basis FileFindings::own_basis() const {
  return context_.is_image() ? Basis::image : context_.target.libc_basis();
}

namespace {

/// Libraries that modules of the subject bring with them. What those need in turn is looked for by
/// the run paths of the modules, and is judged with each.
std::set<const ElfRecord*> brought_by_others(const Modules& modules,
                                             const std::vector<Closure>& closures) {
  std::set<const ElfRecord*> brought;
  for (std::size_t i = 0; i < closures.size(); ++i)
    for (const auto& library : closures[i].libraries)
      if (library.found.record != modules.libraries[i].facts->elf.get())
        brought.insert(library.found.record);
  return brought;
}

}  // namespace

void check_libraries(const Context& context, Sink& sink) {
  const auto modules = find_modules(context);
  const auto manifests = read_manifests(context);
  const auto listed = listed_modules(manifests);
  std::vector<Closure> closures;
  for (const auto& file : modules.libraries)
    closures.push_back(needed_closure(context, file));
  const auto brought = brought_by_others(modules, closures);
  for (std::size_t i = 0; i < closures.size(); ++i) {
    const auto& file = modules.libraries[i];
    FileFindings out(context, file);
    const ElfCase judged{context, file, closures[i], out, sink};
    if (check_elf_form(judged)) {
      check_elf_header(judged);
      check_elf_libc(judged);
      if (!brought.contains(&judged.record()) || !elf::luaopen_names(judged.elf()).empty()) {
        check_elf_libraries(judged);
        check_elf_versions(judged);
      }
      if (is_for_target(file, context)) {
        check_lua_module(judged);
        check_lua_open_symbol(judged, listed);
      }
      check_elf_runpath(judged);
      check_elf_flags(judged);
    }
    for (auto& finding : out.take())
      sink.add(std::move(finding));
  }
}

std::span<const RuleFamily> elf_lua_families() {
  static const std::vector<RuleFamily> kFamilies = {
      {{rules::elf_malformed,
        rules::elf_machine,
        rules::elf_no_dlopen,
        rules::elf_libc,
        rules::elf_needed,
        rules::elf_undefined_symbol,
        rules::elf_glibc_version,
        rules::elf_runpath,
        rules::elf_text_relocation,
        rules::elf_executable_stack,
        rules::elf_static_tls,
        rules::elf_writable_code,
        rules::elf_cpu_level,
        rules::elf_unstripped,
        rules::elf_debug_info,
        rules::rust_provenance,
        rules::lua_abi,
        rules::lua_linked_vm,
        rules::lua_embedded_vm,
        rules::lua_panic_abort,
        rules::lua_open_symbol},
       check_libraries},
      {{rules::elf_cpu_level}, check_recorded_flags},
      {{rules::ffi_library_unused, rules::ffi_symbol}, check_ffi_libraries},
      {{rules::lua_syntax, rules::lua_require}, check_scripts},
      {{rules::lua_module_unreachable, rules::lua_module_shadowed}, check_module_paths},
  };
  return kFamilies;
}

}  // namespace rockstage::verify
