#include "smoke/explain.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "lua/script.hpp"
#include "rock/layout.hpp"
#include "runtime/catalogue.hpp"
#include "smoke/smoke.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

namespace rockstage::smoke {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Modules that a gateway brings, by the sets of the profiles; "resty.*" is all below resty.
bool is_host_module(std::string_view name) {
  const auto fits = [name](const std::string& pattern) {
    if (!pattern.ends_with(".*")) return name == pattern;
    return name.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
  };
  return std::ranges::any_of(
      runtime::builtin_catalogue().module_sets,
      [&](const runtime::ModuleSet& set) { return std::ranges::any_of(set.modules, fits); });
}

Verdict host_needed(const std::string& what, const Scene& scene) {
  return {rules::smoke_skipped,
          fmt::format("{} needs {}, which a plain Lua does not have", scene.subject, what),
          "load it where its host is: rockstage smoke --nginx, or --image REF"};
}

/// Files of the tree that `require(name)` would take.
std::vector<std::string> files_of(const std::string& name, const Scene& scene) {
  const auto path = lua::module_to_path(name);
  if (!path || scene.where.tree.empty()) return {};
  const rock::Layout layout{lua::version_directory(scene.where.lua)};
  std::vector<std::string> out;
  for (const auto& file : {layout.lua_dir() + "/" + *path + ".lua",
                           layout.lua_dir() + "/" + *path + "/init.lua",
                           layout.lib_dir() + "/" + *path + ".so"})
    if (sys::exists(sys::join(scene.where.tree, file))) out.push_back(file);
  return out;
}

/// The name in `module 'NAME' not found` of any Lua; empty where that is not what it says.
std::string missing_module(std::string_view error) {
  constexpr std::string_view kModule = "module '";
  for (auto at = error.find(kModule); at != std::string_view::npos; at = error.find(kModule, at)) {
    at += kModule.size();
    const auto end = error.find('\'', at);
    if (end != std::string_view::npos && error.substr(end).starts_with("' not found"))
      return std::string(error.substr(at, end - at));
  }
  return {};
}

std::optional<Verdict> explain_host(std::string_view error, const Scene& scene) {
  if (scene.where.paths == SearchPaths::tree_first) return std::nullopt;
  // LuaJIT and 5.1, then 5.2 and later.
  for (const std::string_view text : {"global 'ngx' (a nil value)", "a nil value (global 'ngx')"})
    if (has(error, text)) return host_needed("nginx's `ngx`", scene);
  return std::nullopt;
}

std::optional<Verdict> explain_bytecode(std::string_view error, const Scene& scene) {
  // 5.1 to 5.3, LuaJIT, 5.4 and later.
  const bool refused = has(error, "precompiled chunk") || has(error, "incompatible bytecode")
                       || has(error, "bad binary format");
  if (!refused) return std::nullopt;
  std::string made_for = "another Lua";
  if (const auto text = sys::read_file(sys::join(scene.where.tree, scene.module.file));
      text && !lua::bytecode(*text).empty())
    made_for = lua::bytecode(*text);
  return Verdict{rules::smoke_load,
                 fmt::format("{} is bytecode for {}", scene.subject, made_for),
                 "stage the source text, or precompile it for the runtime's Lua"};
}

std::optional<Verdict> explain_core_mismatch(std::string_view error, const Scene& scene) {
  for (const std::string_view text : {"version mismatch: app",
                                      "core and library have incompatible numeric types",
                                      "multiple Lua VMs detected"})
    if (has(error, text))
      return Verdict{rules::smoke_load,
                     fmt::format("{} was built for another Lua than the runtime's", scene.subject),
                     fmt::format("build it with `--lua {}`", lua::to_string(scene.where.lua))};
  return std::nullopt;
}

/// The last line of what Lua said that is no search path, without the tree's own path.
std::string essence(std::string_view error, const Scene& scene) {
  std::string out;
  for (const auto& raw : text::split(error, '\n')) {
    const auto line = text::trim(raw);
    const bool noise = line.empty() || line.starts_with("no f") || line.starts_with("stack ");
    if (!noise && !(line.starts_with("error loading module") && line.ends_with(":"))) {
      out = std::string(line);
      break;
    }
  }
  if (!scene.where.tree.empty())
    out = text::replace_all(std::move(out), scene.where.tree + "/", "");
  constexpr std::size_t kLongest = 400;
  if (out.size() > kLongest) out = out.substr(0, kLongest) + "…";
  return out;
}

Verdict explain_error(const std::string& error, const Scene& scene) {
  if (auto verdict = explain_host(error, scene)) return *std::move(verdict);
  if (const auto name = missing_module(error); !name.empty()) return explain_not_found(name, scene);
  if (auto verdict = explain_bytecode(error, scene)) return *std::move(verdict);
  if (auto verdict = explain_core_mismatch(error, scene)) return *std::move(verdict);
  if (auto verdict = explain_loader(error, scene)) return *std::move(verdict);
  const auto said = essence(error, scene);
  if (has(error, "missing declaration for symbol"))
    return {rules::smoke_load,
            fmt::format("{} uses a C function that no ffi.cdef declares: {}", scene.subject, said),
            "declare it with ffi.cdef, as the library has it"};
  if (has(error, "error loading module") && scene.module.kind == Module::Kind::lua)
    return {rules::smoke_load,
            fmt::format("{} does not compile: {}", scene.subject, said),
            "write it for the runtime's Lua"};
  return {rules::smoke_load, fmt::format("{} fails: {}", scene.subject, said), {}};
}

/// Lines of the standard error in which Rust says why it ends the process.
std::string rust_panic(std::string_view err) {
  std::string out;
  bool message_follows = false;
  for (const auto& line : text::split(err, '\n')) {
    const bool tells = has(line, "panicked at") || has(line, "non-unwinding panic")
                       || line.starts_with("fatal runtime error");
    if (!tells && !message_follows) continue;
    if (!out.empty()) out += " ";
    out += text::trim(line);
    // Since Rust 1.73 the message is in the line behind the place.
    message_follows = has(line, "panicked at") && line.ends_with(":");
    if (out.size() > 400) break;
  }
  return out;
}

Verdict explain_signal(int signal, const Attempt& attempt, const Scene& scene) {
  Verdict verdict{rules::smoke_crash, {}, {}};
  const auto ended = sys::to_string(sys::ExitStatus{0, signal});
  verdict.message = fmt::format("{} ends the whole process: {}", scene.subject, ended);
  if (signal == SIGABRT) {
    if (const auto panic = rust_panic(attempt.err); !panic.empty()) {
      verdict.message = fmt::format(
          "{} aborts the whole process: a Rust panic left a C function: {}", scene.subject, panic);
      verdict.fix =
          "catch the panic at the boundary (std::panic::catch_unwind), use extern \"C-unwind\" "
          "where Lua errors pass through, and do not set panic = \"abort\"";
      return verdict;
    }
    verdict.fix = "look at what it wrote: " + essence(attempt.err, scene);
    if (attempt.err.empty()) verdict.fix = "find who calls abort(), e.g. with gdb";
  } else if (signal == SIGILL) {
    verdict.message += ", an instruction that this processor lacks";
    verdict.fix = "build it without target-cpu=native (rockstage verify: elf-cpu-level)";
  } else if (signal == SIGKILL) {
    verdict.fix = "it was killed from outside: is there enough memory?";
  } else if (signal == SIGSEGV || signal == SIGBUS) {
    auto object =
        scene.module.file.ends_with(".so") ? judge_object(scene.module.file, scene) : std::nullopt;
    verdict.message += object ? fmt::format("; {}", object->message) : std::string();
    verdict.fix = object ? object->fix
                         : "often a module for another Lua, or with a Lua of its own: rockstage "
                           "verify (lua-abi, lua-embedded-vm)";
  }
  return verdict;
}

/// The process ended without a report.
Verdict explain_end(const Attempt& attempt, const Scene& scene) {
  constexpr int kSignalBase = 128;  // as shells and engines pass a signal on
  const auto signal = attempt.status.signal != 0          ? attempt.status.signal
                      : attempt.status.code > kSignalBase ? attempt.status.code - kSignalBase
                                                          : 0;
  if (attempt.timed_out)
    return {rules::smoke_crash,
            fmt::format("{} did not come back within {:g} s", scene.subject, attempt.seconds),
            "do nothing at load that waits (sockets, locks, loops), or raise --timeout"};
  if (signal != 0 && attempt.reported)
    return {rules::smoke_crash,
            fmt::format("{} loads, and the process then ends as the Lua is closed: {}",
                        scene.subject,
                        sys::to_string(sys::ExitStatus{0, signal})),
            "a destructor or a thread outlives the module: end it in __gc"};
  if (signal != 0) return explain_signal(signal, attempt, scene);
  Verdict verdict{
      rules::smoke_crash,
      fmt::format("{} ended the process: {}", scene.subject, sys::to_string(attempt.status)),
      "a module must raise an error and never call exit"};
  if (const auto said = essence(attempt.err, scene); !said.empty())
    verdict.message += fmt::format(" ({})", said);
  return verdict;
}

}  // namespace

std::string in_tree(std::string_view path, const Scene& scene) {
  const auto root = scene.where.tree + "/";
  if (!scene.where.tree.empty() && path.starts_with(root)) path.remove_prefix(root.size());
  return std::string(path);
}

std::string unreadable_part(const std::string& path, const Scene& scene) {
  constexpr std::uint32_t kRead = 04, kPass = 01;
  std::string part;
  for (auto at = path; !at.empty() && at != "/" && at != "."; at = sys::parent(at)) {
    const auto status = sys::status_followed(at);
    if (!status || status->kind == sys::FileKind::none) continue;
    const bool owner = scene.where.uid && *scene.where.uid == status->owner;
    const auto bits = (status->mode >> (owner ? 6 : 0)) & 07;
    const auto wanted = status->kind == sys::FileKind::directory ? kPass : kRead;
    if ((bits & wanted) == 0)
      part = fmt::format("{} (mode {:04o})", in_tree(at, scene), status->mode);
  }
  return part;
}

Verdict explain_not_found(const std::string& name, const Scene& scene) {
  for (const auto& file : files_of(name, scene))
    if (const auto part = unreadable_part(sys::join(scene.where.tree, file), scene);
        !part.empty()) {
      const auto user = scene.where.uid ? fmt::format("user {}", *scene.where.uid)
                                        : std::string("the user who loads it");
      return {rules::smoke_load,
              fmt::format("{} is there, and {} cannot read {}", file, user, part),
              "chmod 0644 for files, 0755 for directories"};
    }
  if (name == "ffi")
    return {rules::smoke_load,
            fmt::format("{} needs LuaJIT: it requires ffi, which Lua {} does not have",
                        scene.subject,
                        lua::version_directory(scene.where.lua)),
            "run it in LuaJIT: --lua luajit"};
  if (name == scene.module.name)
    return {
        rules::smoke_load,
        fmt::format("module {} is not found{}",
                    name,
                    scene.module.file.empty() ? "" : ", though " + scene.module.file + " is there"),
        "its place must be its name: a.b is a/b.lua, a/b/init.lua or a/b.so"};
  if (scene.where.paths == SearchPaths::tree_only && is_host_module(name))
    return host_needed(name, scene);
  return {rules::smoke_load,
          fmt::format("{} requires {}, which is not in the tree", scene.subject, name),
          "stage the rock that has it into the same tree, and declare it as a dependency"};
}

Finding explain(const Module& module, const Attempt& attempt, const Launcher& where) {
  const Scene scene{module, where, module.file.empty() ? "module " + module.name : module.file};
  const bool ended_well = attempt.status.ok() && !attempt.timed_out;
  const bool lua_error = attempt.reported && (ended_well || !attempt.error.empty());
  const auto verdict =
      lua_error ? explain_error(attempt.error, scene) : explain_end(attempt, scene);
  Finding finding;
  finding.rule = verdict.rule;
  finding.severity = find_rule(verdict.rule)->severity;
  finding.path = module.file;
  finding.message = verdict.message;
  finding.fix = verdict.fix;
  finding.evidence["module"] = module.name;
  finding.evidence["runtime"] = where.runtime;
  if (!attempt.error.empty()) finding.evidence["error"] = attempt.error;
  if (!attempt.err.empty()) {
    constexpr std::size_t kLongest = 4000;
    finding.evidence["stderr"] =
        attempt.err.substr(attempt.err.size() - std::min(attempt.err.size(), kLongest));
  }
  if (attempt.status.signal != 0)
    finding.evidence["signal"] = std::int64_t{attempt.status.signal};
  else if (attempt.status.code != 0)
    finding.evidence["exit_code"] = std::int64_t{attempt.status.code};
  return finding;
}

}  // namespace rockstage::smoke
