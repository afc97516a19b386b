#include "base/text.hpp"
#include "verify/rules/elf_rules.hpp"
#include "verify/rules/lua_rules.hpp"

#include <algorithm>
#include <array>
#include <deque>

namespace rockstage::verify {
namespace {

constexpr std::size_t kMostLibraries = 1000;  // of one closure

/// Which package has a library, where rocks often meet it.
struct Provider {
  std::string_view soname, debian, alpine, rpm;
};

constexpr std::array kProviders = {
    Provider{"libgcc_s.so.1", "libgcc-s1", "libgcc", "libgcc"},
    Provider{"libstdc++.so.6", "libstdc++6", "libstdc++", "libstdc++"},
    Provider{"libssl.so.3", "libssl3", "libssl3", "openssl-libs"},
    Provider{"libcrypto.so.3", "libssl3", "libcrypto3", "openssl-libs"},
    Provider{"libssl.so.1.1", "libssl1.1", "openssl1.1-compat", "openssl11-libs"},
    Provider{"libcrypto.so.1.1", "libssl1.1", "openssl1.1-compat", "openssl11-libs"},
    Provider{"libz.so.1", "zlib1g", "zlib", "zlib"},
    Provider{"libzstd.so.1", "libzstd1", "zstd-libs", "libzstd"},
    Provider{"libpcre.so.3", "libpcre3", "pcre", "pcre"},
    Provider{"libpcre2-8.so.0", "libpcre2-8-0", "pcre2", "pcre2"},
    Provider{"libsqlite3.so.0", "libsqlite3-0", "sqlite-libs", "sqlite-libs"},
    Provider{"libpq.so.5", "libpq5", "libpq", "libpq"},
    Provider{"libcurl.so.4", "libcurl4", "libcurl", "libcurl"},
    Provider{"libyaml-0.so.2", "libyaml-0-2", "yaml", "libyaml"},
    Provider{"libxml2.so.2", "libxml2", "libxml2", "libxml2"},
    Provider{"libexpat.so.1", "libexpat1", "libexpat", "expat"},
    Provider{"libffi.so.8", "libffi8", "libffi", "libffi"},
    Provider{"libbrotlidec.so.1", "libbrotli1", "brotli-libs", "libbrotli"},
    Provider{"libuv.so.1", "libuv1", "libuv", "libuv"},
    Provider{"libev.so.4", "libev4", "libev", "libev"},
    Provider{"libmaxminddb.so.0", "libmaxminddb0", "libmaxminddb", "libmaxminddb"},
};

/// "install libssl3 in the runtime stage, …".
std::string install_fix(const Target& target, std::string_view soname) {
  const auto* known = std::ranges::find(kProviders, soname, &Provider::soname);
  const std::string other = ", or link it statically";
  if (known == kProviders.end())
    return "install the package that has " + std::string(soname) + " in the runtime stage" + other;
  const auto& id = target.profile().distro_id;
  std::string_view package = known->debian;
  if (id == "alpine" || target.libc_family() == "musl") package = known->alpine;
  for (const char* rpm : {"rhel", "centos", "rocky", "almalinux", "amzn", "fedora", "ubi"})
    if (id == rpm) package = known->rpm;
  return "install " + std::string(package) + " in the runtime stage" + other;
}

std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

void report_missing(const ElfCase& judged, const Closure::Missing& missing) {
  const auto& target = judged.context.target;
  const auto& name = missing.soname;
  const auto near = missing.near;
  std::string message = "needs " + name + ", which the runtime lacks";
  std::string fix = install_fix(target, name);
  const bool is_path = name.find('/') != std::string::npos;
  if (is_path && (name.front() == '/' || name.front() == '$')) {
    message = "needs " + name + ", a path that is not there";
    fix = "give that library a soname and link again";
  } else if (is_path) {
    message = "needs " + name + ", a path from the directory in which the process was started";
    fix = "give that library a soname and link again";
  } else if (near && near->wrong_machine) {
    message = "needs " + name + ", which is there for another machine only";
    fix = "install the package for " + target.machine();
  } else if (near && near->not_in_cache) {
    message = "needs " + name + ", which is in /" + directory_of(near->path)
              + ", but ld.so.cache does not list it";
    fix = "run ldconfig in the image, or link with the run path $ORIGIN";
  }
  if (!missing.requester.empty()) message += " (through " + missing.requester + ")";
  auto& finding = judged.out.refuse(
      rules::elf_needed, message, std::move(fix), near ? near->basis : target.libc_basis());
  finding.evidence["library"] = name;
  if (near) finding.evidence["candidate"] = near->path;
  if (!missing.requester.empty()) finding.evidence["required_by"] = missing.requester;
}

/// A library that lies only where newer processors look.
void report_level(const ElfCase& judged, const Closure::Library& library) {
  const auto& found = library.found;
  auto& finding = judged.out.add(rules::elf_needed,
                                 Severity::note,
                                 "needs " + library.soname + ", which only processors of the level "
                                     + found.cpu_level + " find, in " + found.directory,
                                 "put a build for every processor into the directory above it",
                                 found.basis);
  finding.evidence["library"] = library.soname;
  finding.evidence["candidate"] = found.path;
}

/// Everything that the process has loaded already: the interpreter's own libraries.
std::vector<const ElfRecord*> host_libraries(const Context& context, const elf::ElfFacts& elf) {
  std::vector<const ElfRecord*> host;
  for (const char* soname : {"libc.so.6",
                             "libm.so.6",
                             "libdl.so.2",
                             "libpthread.so.0",
                             "libgcc_s.so.1",
                             "ld-linux-x86-64.so.2",
                             "ld-linux-aarch64.so.1"}) {
    const auto found = context.target.find_library(soname, {.facts = &elf, .directory = "/"});
    if (found && found->usable() && found->record != nullptr) host.push_back(found->record);
  }
  return host;
}

bool is_host_name(std::string_view name) {
  // Names of gateways that hold the VM: nginx's own API for modules and FFI.
  return name.starts_with("ngx_") || name.starts_with("lua") || name.starts_with("_Z");
}

void check_undefined(const ElfCase& judged) {
  const auto& context = judged.context;
  const auto& closure = judged.closure;
  const auto* exports = context.target.lua_exports();
  if (!closure.complete || !context.target.has_root() || exports == nullptr) return;
  if (!judged.file.scanned || context.target.libc_family() != "glibc") return;
  auto records = host_libraries(context, judged.elf());
  for (const auto& library : closure.libraries)
    if (library.found.record != nullptr) records.push_back(library.found.record);
  std::vector<std::string> missing;
  for (const auto& symbol : judged.elf().undefined) {
    if (symbol.weak || is_host_name(symbol.name)) continue;
    if (judged.record().symbols.contains(symbol.name) || exports->names.contains(symbol.name))
      continue;
    const auto has = [&](const ElfRecord* r) { return r->symbols.contains(symbol.name); };
    if (std::ranges::none_of(records, has)) missing.push_back(symbol.name);
  }
  if (missing.empty()) return;
  auto& finding = judged.out.refuse(
      rules::elf_undefined_symbol,
      "needs the symbol " + missing.front()
          + (missing.size() > 1 ? " (+" + std::to_string(missing.size() - 1) + ")" : "")
          + ", which is in no library that it or the Lua program loads",
      "link the library that defines " + missing.front(),
      context.target.libc_basis());
  finding.evidence["symbols"] = std::move(missing);
}

}  // namespace

bool knows_libraries(const Target& target) {
  const auto& profile = target.profile();
  return target.has_root() || !profile.libraries.empty() || !profile.assumed_libraries.empty();
}

bool is_glibc_name(std::string_view soname) {
  return soname.starts_with("ld-linux") || soname.starts_with("ld64.so") || soname == "libc.so.6";
}

bool is_musl_name(std::string_view soname) {
  return soname.starts_with("libc.musl-") || soname.starts_with("ld-musl-") || soname == "libc.so";
}

const FoundLibrary* Closure::find(std::string_view soname) const {
  const auto at = std::ranges::find(libraries, soname, &Library::soname);
  return at == libraries.end() ? nullptr : &at->found;
}

bool Closure::lacks(std::string_view soname) const {
  return std::ranges::find(missing, soname, &Missing::soname) != missing.end();
}

Requester requester_of(const Context& context, const ModuleFile& file) {
  return {.facts = &file.facts->elf->facts,
          .directory = context.target.directory_there(file.directory)};
}

Closure needed_closure(const Context& context, const ModuleFile& file) {
  struct Step {
    Requester requester;
    std::string name;
  };

  Closure closure;
  if (!file.has_elf()) return closure;
  std::set<std::string> seen;
  std::deque<Step> steps = {{requester_of(context, file), ""}};  // its elements stay where they are
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const auto& step = steps[i];
    for (const auto& soname : step.requester.facts->needed) {
      if (seen.size() == kMostLibraries || !seen.insert(soname).second) continue;
      auto found = context.target.find_library(soname, step.requester);
      if (!found || !found->usable()) {
        closure.missing.push_back({soname, step.name, std::move(found)});
        closure.complete = false;
        continue;
      }
      if (found->record == nullptr)
        closure.complete = false;
      else
        steps.push_back({{.facts = &found->record->facts,
                          .directory = found->directory,
                          .loader = &step.requester},
                         soname});
      closure.libraries.push_back({soname, *std::move(found)});
    }
  }
  return closure;
}

void check_elf_libraries(const ElfCase& judged) {
  // The names of a foreign libc, and of another machine's libraries, say nothing more.
  if (judged.out.has(rules::elf_machine)) return;
  for (const auto& missing : judged.closure.missing) {
    const bool of_libc = is_glibc_name(missing.soname) || is_musl_name(missing.soname);
    if (of_libc && judged.out.has(rules::elf_libc)) continue;
    if (lua::is_vm_library(missing.soname)) continue;  // lua-linked-vm
    if (missing.near && missing.near->open) {
      judged.sink.not_judged(rules::elf_needed,
                             judged.file.path,
                             "only the loader knows what the `$` in the run path that leads to "
                                 + missing.soname + " stands for");
      continue;
    }
    if (!knows_libraries(judged.context.target)) {
      judged.sink.not_judged(rules::elf_needed,
                             judged.file.path,
                             "the profile does not say which libraries the runtime has");
      break;
    }
    report_missing(judged, missing);
  }
  for (const auto& library : judged.closure.libraries)
    if (!library.found.cpu_level.empty()) report_level(judged, library);
  check_undefined(judged);
}

}  // namespace rockstage::verify
