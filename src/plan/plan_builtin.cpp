#include "base/text.hpp"
#include "plan/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::plan {
namespace {

const std::string& variable(const Variant& variant, const std::string& name) {
  static const std::string kNone;
  const auto found = variant.variables.find(name);
  return found == variant.variables.end() ? kNone : found->second;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

/// `a/b` → `a-b`: objects lie in one directory; `a-b` becomes `a%2Db`, to be another one.
std::string flat(const std::string& path) {
  const auto escaped = text::replace_all(text::replace_all(path, "%", "%25"), "-", "%2D");
  return text::replace_all(escaped, "/", "-");
}

class CModule {
 public:
  CModule(const Context& context, const rock::BuiltinModule& module, Variant& variant)
      : context_(context), module_(module), variant_(variant) {}

  Result<void> add() {
    if (variable(variant_, "LUA_INCDIR").empty()) return no_headers();
    std::vector<std::string> objects;
    for (const auto& source : module_.sources)
      objects.push_back(compile(source));
    const auto library = link(objects);
    CopyStep step;
    step.from = library;
    step.to = "lib/" + rock::module_target(module_);
    step.mode = 0755;
    step.field = field();
    variant_.copies.push_back(std::move(step));
    return {};
  }

 private:
  [[nodiscard]] std::string field() const { return field_name("build.modules", module_.name); }

  [[nodiscard]] tl::unexpected<Error> no_headers() const {
    const auto v = lua::version_directory(variant_.lua);
    return fail(Errc::not_found,
                fmt::format("the C headers of {} (lua.h) are not here; module '{}' needs them",
                            lua::to_string(variant_.lua),
                            module_.name),
                fmt::format("install {}, or name their directory with --var LUA_INCDIR=DIR",
                            lua::is_luajit(variant_.lua) ? "libluajit-5.1-dev"
                            : v == "5.1"                 ? "liblua5.1-0-dev"
                                                         : "liblua" + v + "-dev"));
  }

  /// The module's own directories, else those of the external dependencies (build/builtin.lua,
  /// autoextract).
  [[nodiscard]] std::vector<std::string> search(const std::vector<std::string>& own,
                                                const char* suffix) const {
    std::vector<std::string> out;
    for (const auto& directory : own)
      out.push_back(filled(context_, variant_, directory, field()));
    if (!own.empty()) return out;
    for (const auto& external : context_.inputs.spec->external_dependencies)
      if (const auto& directory = variable(variant_, external.name + suffix); !directory.empty())
        out.push_back(directory);
    return out;
  }

  std::string compile(const std::string& source) {
    RunStep step;
    step.what = fmt::format("compiling {}", source);
    auto& argv = step.argv;
    argv = words(variable(variant_, "CC"));
    append(argv, words(variable(variant_, "CFLAGS")));
    // Where it was compiled must not get into what is compiled.
    argv.emplace_back("-ffile-prefix-map={work}=/src");
    argv.push_back("-I" + variable(variant_, "LUA_INCDIR"));
    auto object = fmt::format("{{objects}}/{}-{}.o", module_.name, flat(source));
    append(argv, {"-c", source, "-o", object});
    for (const auto& define : module_.defines)
      argv.push_back("-D" + filled(context_, variant_, define, field()));
    for (const auto& directory : search(module_.incdirs, "_INCDIR"))
      argv.push_back("-I" + directory);
    variant_.runs.push_back(std::move(step));
    return object;
  }

  std::string link(const std::vector<std::string>& objects) {
    RunStep step;
    step.what = fmt::format("linking {}", module_.name);
    auto library = fmt::format("{{objects}}/{}.so", module_.name);
    auto& argv = step.argv;
    argv = words(variable(variant_, "LD"));
    append(argv, words(variable(variant_, "LDFLAGS")));
    append(argv, words(variable(variant_, "LIBFLAG")));
    append(argv, {"-o", library});
    append(argv, objects);
    for (const auto& directory : search(module_.libdirs, "_LIBDIR"))
      argv.push_back("-L" + directory);
    for (const auto& name : module_.libraries)
      argv.push_back("-l" + filled(context_, variant_, name, field()));
    variant_.runs.push_back(std::move(step));
    return library;
  }

  const Context& context_;
  const rock::BuiltinModule& module_;
  Variant& variant_;
};

}  // namespace

Result<void> add_builtin(const Context& context, Variant& variant) {
  RS_TRY_ASSIGN(const auto modules, rock::builtin_modules(*context.inputs.spec));
  for (const auto& module : modules) {
    if (!module.is_lua()) {
      RS_TRY(CModule(context, module, variant).add());
      continue;
    }
    CopyStep step;
    step.from = "{work}/" + module.sources.front();
    step.to = "lua/" + rock::module_target(module);
    step.field = field_name("build.modules", module.name);
    variant.copies.push_back(std::move(step));
  }
  // LuaRocks copies a directory `lua` whole, whatever the modules say (build/builtin.lua).
  for (const auto& file : context.inputs.files) {
    const auto wanted = [&file](const CopyStep& step) { return step.to == file; };
    if (!file.starts_with("lua/") || std::ranges::any_of(variant.copies, wanted)) continue;
    CopyStep step;
    step.from = "{work}/" + file;
    step.to = file;
    step.field = "the directory 'lua'";
    variant.copies.push_back(std::move(step));
  }
  return {};
}

}  // namespace rockstage::plan
