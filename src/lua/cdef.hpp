#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::lua {

/// What one text for `ffi.cdef` declares.
struct CDefinitions {
  struct Symbol {
    std::string c_name;  ///< what the script says behind `C.`
    std::string symbol;  ///< what the library must export: `asm("…")`, else the C name
  };

  std::vector<Symbol> symbols;        ///< functions and variables, in order
  std::vector<std::string> problems;  ///< beginnings of declarations that could not be read
};

/// Reads C declarations as LuaJIT's cdef takes them (no preprocessor; `$` and `?` as parameters).
/// Types, their members, and constants declare no symbol. What is not understood is a problem,
/// never a guess.
CDefinitions read_cdef(std::string_view text);

}  // namespace rockstage::lua
