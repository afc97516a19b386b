#pragma once
#include "lua/types.hpp"

#include <map>
#include <string>

namespace rockstage::lua {

/// Makes a Table from entries in any order, by the rules of a Lua constructor: positions are
/// counted, integer keys that continue the array join it, numeric keys beyond a gap become text
/// keys, of two equal keys the later wins. Adding is constant (numeric keys: logarithmic) in the
/// number of entries.
class TableBuilder {
 public:
  void add_item(Value value);  ///< the next position; a nil leaves a gap
  void add_number_key(double key, Value value);
  void add_field(std::string key, Value value);
  Table finish() &&;

 private:
  Table table_;
  double next_position_ = 1;
  std::map<double, Value> numbered_;
};

/// `%.14g`, as Lua 5.1 prints a number.
std::string number_text(double number);

}  // namespace rockstage::lua
