#include "lua/lexical.hpp"
#include "lua/literal.hpp"
#include "lua/table_builder.hpp"

#include <algorithm>

namespace rockstage::lua {

namespace {

bool is_plain_key(std::string_view key) {
  return !key.empty() && is_name_start(key.front()) && std::ranges::all_of(key, is_name_char)
         && !is_keyword(key);
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 32 || byte == 127) {
      std::string digits = std::to_string(byte);
      if (i + 1 < text.size() && is_digit(text[i + 1])) digits.insert(0, 3 - digits.size(), '0');
      out += "\\" + digits;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string long_bracketed(const std::string& text) {
  const std::string with_bracket = text + "]";
  std::string equals;
  while (with_bracket.find("]" + equals + "]") != std::string::npos)
    equals += '=';
  return "[" + equals + "[\n" + text + "]" + equals + "]";
}

std::string string_text(const std::string& text) {
  return text.find_first_of("\r\n") == text.npos ? quoted(text) : long_bracketed(text);
}

/// LuaRocks writes a key with a line end as `[[[`, which no Lua reads back; here it stays a quoted
/// string.
std::string key_text(const std::string& key) {
  return is_plain_key(key) ? key : "[" + quoted(key) + "]";
}

using FieldList = std::vector<const std::pair<std::string, Value>*>;

FieldList sorted_fields(const Table& table) {
  FieldList fields;
  for (const auto& field : table.fields)
    fields.push_back(&field);
  std::ranges::sort(
      fields, {}, [](const auto* field) -> const std::string& { return field->first; });
  return fields;
}

void write_value(std::string& out, const Value& value, std::size_t level);

void write_table(std::string& out, const Table& table, std::size_t level) {
  if (table.empty()) {
    out += "{}";
    return;
  }
  out += '{';
  bool after_number = false;
  bool first = true;
  const auto begin_entry = [&] {
    if (!first) out += ',';
    first = false;
    out += after_number ? " " : "\n" + std::string(level * 3, ' ');
  };
  const auto end_entry = [&](const Value& value) {
    write_value(out, value, level);
    after_number = value.number() != nullptr;
  };
  for (const Value& item : table.items) {
    begin_entry();
    end_entry(item);
  }
  for (const auto* field : sorted_fields(table)) {
    begin_entry();
    out += key_text(field->first) + " = ";
    end_entry(field->second);
  }
  out += "\n" + std::string((level - 1) * 3, ' ') + "}";
}

void write_value(std::string& out, const Value& value, std::size_t level) {
  if (const Table* table = value.table())
    write_table(out, *table, level + 1);
  else if (const std::string* text = value.string())
    out += string_text(*text);
  else if (const double* number = value.number())
    out += number_text(*number);
  else if (const bool* boolean = value.boolean())
    out += *boolean ? "true" : "false";
  else
    out += "nil";
}

}  // namespace

std::string write_assignments(const Table& table) {
  std::string out;
  for (const auto* field : sorted_fields(table)) {
    out += field->first + " = ";
    write_value(out, field->second, 0);
    out += '\n';
  }
  return out;
}

std::string write_return(const Table& table) {
  std::string out = "return {\n";
  for (const auto* field : sorted_fields(table)) {
    out += "   " + key_text(field->first) + " = ";
    write_value(out, field->second, 1);
    out += ",\n";
  }
  return out + "}\n";
}

}  // namespace rockstage::lua
