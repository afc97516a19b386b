#include "build/classify.hpp"

#include "base/text.hpp"
#include "build/library.hpp"
#include "lua/evaluator.hpp"
#include "rock/layout.hpp"
#include "sys/files.hpp"

namespace rockstage::build {
namespace {

Result<FileClass> class_of_module_file(const std::string& file) {
  if (file.ends_with(".lua")) return FileClass::lua_module;
  RS_TRY_ASSIGN(const auto facts, read_library(file));
  if (!facts) return FileClass::document;
  return elf::luaopen_names(*facts).empty() ? FileClass::ffi_library : FileClass::native_module;
}

bool is_licence(const std::string& path) {
  const std::string name = text::to_lower(sys::base_name(path));
  for (const char* prefix : {"license", "licence", "copying", "notice", "unlicense"}) {
    if (name.starts_with(prefix)) return true;
  }
  return false;
}

Result<FileClass> class_of(const std::string& rock, const std::string& path) {
  if (path.ends_with(".rockspec") || path == "rockstage.json") return FileClass::metadata;
  const auto slash = path.find('/');
  const std::string top = slash == std::string::npos ? std::string() : path.substr(0, slash);
  const std::string file = sys::join(rock, path);
  if (top == "lua" || top == "lib") return class_of_module_file(file);
  if (top == "bin") {
    RS_TRY_ASSIGN(const auto text, sys::read_file(file));
    return lua::is_lua_script(text, sys::base_name(path)) ? FileClass::script : FileClass::program;
  }
  if (top == "conf") return FileClass::metadata;
  return is_licence(path) ? FileClass::licence : FileClass::document;
}

}  // namespace

std::string to_string(FileClass value) {
  switch (value) {
    case FileClass::lua_module:
      return "lua-module";
    case FileClass::native_module:
      return "native-module";
    case FileClass::ffi_library:
      return "ffi-library";
    case FileClass::script:
    case FileClass::program:
      return "script";
    case FileClass::metadata:
      return "metadata";
    case FileClass::document:
      return "document";
    case FileClass::licence:
      return "licence";
  }
  return {};
}

Result<std::map<std::string, FileClass>> classify(const std::string& rock) {
  std::map<std::string, FileClass> files;
  RS_TRY_ASSIGN(const auto entries, sys::walk(rock));
  for (const sys::WalkEntry& entry : entries) {
    if (entry.status.kind != sys::FileKind::file) continue;
    RS_TRY_ASSIGN(files[entry.path], class_of(rock, entry.path));
  }
  return files;
}

std::map<std::string, std::string> modules_of(const std::map<std::string, FileClass>& files,
                                              lua::Lua lua) {
  const rock::Layout layout{lua::version_directory(lua)};
  std::map<std::string, std::string> modules;
  for (const auto& [path, file_class] : files) {
    const bool native = path.starts_with("lib/");
    if (!native && !path.starts_with("lua/")) continue;
    const std::string rest = path.substr(4);
    if (!rest.ends_with(native ? ".so" : ".lua")) continue;
    // `require` looks for Lua files first.
    const std::string file = (native ? layout.lib_dir() : layout.lua_dir()) + "/" + rest;
    modules.insert_or_assign(lua::path_to_module(rest), file);
  }
  return modules;
}

}  // namespace rockstage::build
