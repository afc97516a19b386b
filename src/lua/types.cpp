#include "lua/types.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace rockstage::lua {

namespace {

struct Names {
  Lua lua;
  const char* name;
  const char* directory;
};

constexpr Names kNames[] = {
    {Lua::luajit, "luajit", "5.1"},
    {Lua::openresty, "openresty", "5.1"},
    {Lua::lua51, "5.1", "5.1"},
    {Lua::lua52, "5.2", "5.2"},
    {Lua::lua53, "5.3", "5.3"},
    {Lua::lua54, "5.4", "5.4"},
    {Lua::lua55, "5.5", "5.5"},
};

const Names& names_of(Lua lua) {
  return *std::ranges::find(kNames, lua, &Names::lua);
}

}  // namespace

std::string to_string(Lua lua) {
  return names_of(lua).name;
}

Result<Lua> parse_lua(std::string_view text) {
  std::vector<std::string> known;
  for (const Names& entry : kNames) {
    if (text == entry.name) return entry.lua;
    known.emplace_back(entry.name);
  }
  return fail(Errc::usage,
              "unknown Lua '" + std::string(text) + "'" + text::did_you_mean(text, known),
              "one of " + text::join(known, ", "));
}

std::string version_directory(Lua lua) {
  return names_of(lua).directory;
}

bool is_luajit(Lua lua) {
  return lua == Lua::luajit || lua == Lua::openresty;
}

Result<std::string> module_to_path(std::string_view module) {
  std::string path(module);
  std::ranges::replace(path, '.', '/');
  // `..` is two separators in a row, so looking for empty components finds it as well.
  const bool empty_component =
      path.empty() || path.front() == '/' || path.back() == '/' || path.find("//") != path.npos;
  if (empty_component || path.find('\0') != path.npos)
    return fail(Errc::invalid_input,
                "'" + std::string(module) + "' is no module name",
                "write names joined by single dots, such as a.b");
  return path;
}

std::string path_to_module(std::string_view path) {
  std::string module(path);
  for (const std::string_view extension : {".lua", ".so"}) {
    if (!path.ends_with(extension)) continue;
    module.resize(module.size() - extension.size());
    std::ranges::replace(module, '/', '.');
    break;
  }
  const auto first = module.find_first_not_of('.');
  if (first == module.npos) return {};
  return module.substr(first, module.find_last_not_of('.') - first + 1);
}

std::vector<std::string> open_names(std::string_view module, Lua lua) {
  std::string name(module);
  std::ranges::replace(name, '.', '_');
  const auto hyphen = name.find('-');
  if (hyphen == name.npos) return {"luaopen_" + name};
  const std::string after = "luaopen_" + name.substr(hyphen + 1);
  if (version_directory(lua) == "5.1") return {after};
  return {"luaopen_" + name.substr(0, hyphen), after};
}

const Value* Table::find(std::string_view key) const {
  const auto found = std::ranges::find(fields, key, &std::pair<std::string, Value>::first);
  return found == fields.end() ? nullptr : &found->second;
}

Value* Table::find(std::string_view key) {
  return const_cast<Value*>(std::as_const(*this).find(key));
}

void Table::set(std::string key, Value value) {
  const auto found = std::ranges::find(fields, key, &std::pair<std::string, Value>::first);
  if (found == fields.end())
    fields.emplace_back(std::move(key), std::move(value));
  else
    found->second = std::move(value);
}

void Table::erase(std::string_view key) {
  std::erase_if(fields, [&](const auto& field) { return field.first == key; });
}

std::string_view Value::type_name() const {
  constexpr std::string_view kTypes[] = {"nil", "boolean", "number", "string", "table"};
  return kTypes[data.index()];
}

}  // namespace rockstage::lua
