#pragma once
#include "lua/script.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rockstage::lua {

/// Where the Luas differ for who reads their source. LuaJIT is meant without
/// LUAJIT_ENABLE_LUA52COMPAT.
enum class Dialect { lua51, luajit, lua52, lua53, lua54, lua55 };

Dialect dialect_of(Lua lua);

/// What luaL_loadfile leaves of a file: without a byte order mark (not in 5.1) and a first line
/// that starts with `#`; the line's end stays, so lines count as in the file.
std::string_view without_first_line(std::string_view source, Dialect dialect);

struct Token {
  enum class Kind : std::uint8_t { end, name, number, string, symbol };
  Kind kind = Kind::end;
  std::string_view text;  ///< as in the source; keywords are symbols
  int line = 0;           ///< where it ends

  /// Whether it is the symbol or keyword.
  [[nodiscard]] bool is(std::string_view symbol) const {
    return kind == Kind::symbol && text == symbol;
  }
};

/// Splits Lua source into tokens as one Lua's llex.c (LuaJIT: lj_lex.c) does. After an error every
/// token is `end`.
class Lexer {
 public:
  Lexer(std::string_view source, Dialect dialect) : source_(source), dialect_(dialect) {}

  Token next();
  /// Ends the reading with an error at the line that was reached; the first one stays.
  void fail(std::string message);

  [[nodiscard]] int line() const { return line_; }

  /// What passed is near a limit, or holds what another Lua may read otherwise.
  void note_peculiar() { peculiar_ = true; }

  /// Of LuaJIT's lexer: whether anything that the Luas may read differently has passed.
  [[nodiscard]] bool peculiar() const { return peculiar_; }

  [[nodiscard]] const std::optional<SyntaxError>& error() const { return error_; }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const;

  [[nodiscard]] bool at_end() const { return at_ >= source_.size(); }

  [[nodiscard]] bool take_if(std::string_view set);
  [[nodiscard]] bool at_name_char() const;
  Token token(Token::Kind kind, std::size_t start) const;
  Token name_or_keyword();
  bool skip_blank();
  void skip_comment();
  void skip_newline();
  void long_bracket(std::size_t level);
  void quoted(char quote);
  void escape();
  void hex_escape();
  void unicode_escape();
  void decimal_escape();
  void number(std::size_t start);
  void number_extent(bool hex);
  void number_extent_51();
  void number_extent_luajit(char exponent);
  void number_extent_later(bool hex);
  void symbol();

  std::string_view source_;
  Dialect dialect_;
  std::size_t at_ = 0;
  int line_ = 1;
  bool peculiar_ = false;
  std::optional<SyntaxError> error_;
};

/// Whether the text between two blanks is a numeral of the dialect; it starts with a digit or `.`.
bool is_numeral(std::string_view text, Dialect dialect);

/// The bytes that a string token stands for; escapes that no Lua knows stay as they are.
std::string string_value(std::string_view literal);

}  // namespace rockstage::lua
