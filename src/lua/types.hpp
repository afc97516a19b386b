#pragma once
#include "base/result.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rockstage::lua {

/// A Lua that rocks are built for.
enum class Lua { luajit, openresty, lua51, lua52, lua53, lua54, lua55 };

inline constexpr std::array<Lua, 7> kAllLuas = {
    Lua::luajit, Lua::openresty, Lua::lua51, Lua::lua52, Lua::lua53, Lua::lua54, Lua::lua55};

/// `luajit`, `openresty`, `5.1` … `5.5`.
std::string to_string(Lua lua);
/// The reverse. Errc::usage with the nearest name.
Result<Lua> parse_lua(std::string_view text);
/// The version directory of trees: "5.1" for luajit, openresty and 5.1, else "5.2" … "5.5".
std::string version_directory(Lua lua);
bool is_luajit(Lua lua);  ///< luajit and openresty

/// `a.b` → `a/b`. Errc::invalid_input for empty names and components, `..`, NUL; `/` is taken like
/// `.`.
Result<std::string> module_to_path(std::string_view module);
/// A deployed file (`a/b.lua`, `a/b.so`) → its module name, as LuaRocks writes it (core/path.tl);
/// `a/init.lua` → `a.init`.
std::string path_to_module(std::string_view path);
/// The function that `require(module)` looks up in a native module: `luaopen_a_b`. With a
/// hyphen, 5.1 and LuaJIT use what follows the first `-`; 5.2 and later first try what precedes it
/// (both are returned, first choice first).
std::vector<std::string> open_names(std::string_view module, Lua lua);

struct Value;

/// Array part by position, then the other keys in order of insertion; numeric keys beyond a gap are
/// kept as text keys.
struct Table {
  Table();
  Table(const Table&);
  Table(Table&&) noexcept;
  Table& operator=(const Table&);
  Table& operator=(Table&&) noexcept;
  ~Table();
  std::vector<Value> items;                                     ///< [1], [2], …
  std::vector<std::pair<std::string, Value>> fields;            ///< string keys
  [[nodiscard]] const Value* find(std::string_view key) const;  ///< nullptr when absent
  [[nodiscard]] Value* find(std::string_view key);
  void set(std::string key, Value value);  ///< replaces, else appends
  void erase(std::string_view key);

  [[nodiscard]] bool empty() const;
};

/// A Lua value without functions. Tables are values: a cycle is an error where they are made.
struct Value {
  std::variant<std::monostate, bool, double, std::string, Table> data;

  [[nodiscard]] bool is_nil() const { return data.index() == 0; }

  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&data); }

  [[nodiscard]] const double* number() const { return std::get_if<double>(&data); }

  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&data); }

  [[nodiscard]] const Table* table() const { return std::get_if<Table>(&data); }

  [[nodiscard]] Table* table() { return std::get_if<Table>(&data); }

  [[nodiscard]] std::string_view type_name()
      const;  ///< "nil", "boolean", "number", "string", "table"
};

inline Table::Table() = default;
inline Table::Table(const Table&) = default;
inline Table::Table(Table&&) noexcept = default;
inline Table& Table::operator=(const Table&) = default;
inline Table& Table::operator=(Table&&) noexcept = default;
inline Table::~Table() = default;

inline bool Table::empty() const {
  return items.empty() && fields.empty();
}

}  // namespace rockstage::lua
