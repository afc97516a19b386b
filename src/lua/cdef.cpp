#include "lua/cdef.hpp"

#include "lua/lexical.hpp"

#include <algorithm>
#include <optional>
#include <span>

namespace rockstage::lua {

namespace {

struct CToken {
  enum class Kind { name, string, other };
  Kind kind = Kind::other;
  std::string_view text;

  [[nodiscard]] bool is(std::string_view wanted) const {
    return kind != Kind::string && text == wanted;
  }
};

using Tokens = std::span<const CToken>;

/// Where the blank or comment that starts at `at` ends; `at` when none does.
std::size_t skip_blank(std::string_view text, std::size_t at) {
  if (is_space(text[at])) return at + 1;
  const std::string_view two = text.substr(at, 2);
  if (two == "//") return std::min(text.find('\n', at), text.size());
  if (two != "/*") return at;
  const auto end = text.find("*/", at + 2);
  return end == text.npos ? text.size() : end + 2;
}

std::size_t end_of_literal(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size() && text[at] != quote; ++at)
    if (text[at] == '\\') ++at;
  return std::min(at + 1, text.size());
}

std::vector<CToken> tokenise(std::string_view text) {
  std::vector<CToken> tokens;
  for (std::size_t at = 0; at < text.size();) {
    if (const auto next = skip_blank(text, at); next != at) {
      at = next;
      continue;
    }
    const std::size_t start = at;
    const char c = text[at];
    auto kind = CToken::Kind::other;
    if (c == '"' || c == '\'') {
      kind = CToken::Kind::string;
      at = end_of_literal(text, at);
    } else if (is_name_char(c) || c == '$') {
      kind = is_digit(c) ? CToken::Kind::other : CToken::Kind::name;
      while (at < text.size() && (is_name_char(text[at]) || text[at] == '$'))
        ++at;
    } else {
      ++at;
    }
    tokens.push_back({kind, text.substr(start, at - start)});
  }
  return tokens;
}

bool opens(const CToken& token) {
  return token.is("(") || token.is("[") || token.is("{");
}

bool closes(const CToken& token) {
  return token.is(")") || token.is("]") || token.is("}");
}

/// Behind the bracket that closes the one at `at`; the size when none does.
std::size_t behind_bracket(Tokens tokens, std::size_t at) {
  std::size_t depth = 0;
  for (; at < tokens.size(); ++at) {
    if (opens(tokens[at])) ++depth;
    if (closes(tokens[at]) && --depth == 0) return at + 1;
  }
  return tokens.size();
}

template <std::size_t N>
bool any_of(const CToken& token, const std::string_view (&words)[N]) {
  return token.kind == CToken::Kind::name
         && std::ranges::find(words, token.text) != std::end(words);
}

bool is_asm(const CToken& token) {
  constexpr std::string_view kWords[] = {"asm", "__asm", "__asm__"};
  return any_of(token, kWords);
}

/// Words in front of a parenthesis that is no parameter list.
bool takes_arguments(const CToken& token) {
  constexpr std::string_view kWords[] = {"__attribute__",
                                         "__attribute",
                                         "__declspec",
                                         "_Alignas",
                                         "__alignof__",
                                         "alignas",
                                         "__typeof__",
                                         "typeof"};
  return any_of(token, kWords);
}

bool is_tagged(const CToken& token) {
  constexpr std::string_view kWords[] = {"struct", "union", "enum"};
  return any_of(token, kWords);
}

/// Words that are part of a type or of how it is stored, so never a declared name.
bool is_type_word(const CToken& token) {
  constexpr std::string_view kWords[] = {
      "void",       "char",       "short",      "int",        "long",          "float",
      "double",     "signed",     "unsigned",   "_Bool",      "bool",          "_Complex",
      "complex",    "const",      "volatile",   "restrict",   "__restrict",    "__restrict__",
      "extern",     "static",     "inline",     "__inline",   "__inline__",    "register",
      "__const",    "__const__",  "__volatile", "__signed__", "__extension__", "struct",
      "union",      "enum",       "typedef",    "__int64",    "__cdecl",       "__stdcall",
      "__fastcall", "__thiscall", "__ptr32",    "__ptr64",    "_Noreturn",     "__complex__"};
  return any_of(token, kWords);
}

std::string literal_text(std::string_view literal) {
  return std::string(literal.size() < 2 ? literal : literal.substr(1, literal.size() - 2));
}

/// One declarator: the name it declares, and what `asm` calls it.
struct Declarator {
  std::string_view name;
  std::string symbol;
};

/// Reads a declarator and whatever specifiers precede it. The declared name is the last plain word
/// before the first parameter list, array or end: in `int (*f(int))(char)` it is the one inside.
class DeclaratorReader {
 public:
  explicit DeclaratorReader(Tokens tokens) : tokens_(tokens) {}

  std::optional<Declarator> run() {
    while (at_ < tokens_.size())
      if (!step()) return std::nullopt;
    if (!named() || found_.name.find('$') != found_.name.npos) return std::nullopt;
    return found_;
  }

 private:
  /// False for what no declarator holds.
  bool step() {
    const CToken& token = tokens_[at_];
    if (is_asm(token) && follows("(")) {
      asm_label();
    } else if (takes_arguments(token) && follows("(")) {
      at_ = behind_bracket(tokens_, at_ + 1);
    } else if (is_tagged(token)) {
      tagged_type();
    } else if (token.is("(") && !complete_ && groups()) {
      ++at_;
    } else if (token.is("(") || token.is("[")) {
      complete_ = complete_ || named();
      at_ = behind_bracket(tokens_, at_);
    } else if (token.kind == CToken::Kind::string || token.is("{") || token.is("#")
               || token.is("\\")) {
      return false;
    } else {
      if (token.kind == CToken::Kind::name && !complete_ && !is_type_word(token))
        found_.name = token.text;
      complete_ = complete_ || (token.is(")") && named());
      ++at_;
    }
    return true;
  }

  [[nodiscard]] bool named() const { return !found_.name.empty(); }

  [[nodiscard]] bool follows(std::string_view symbol) const {
    return at_ + 1 < tokens_.size() && tokens_[at_ + 1].is(symbol);
  }

  /// Whether the parenthesis here holds a part of the declarator, and no parameters.
  [[nodiscard]] bool groups() const {
    return !named() || follows("*") || follows("(") || follows("__cdecl") || follows("__stdcall");
  }

  /// `asm("name")`.
  void asm_label() {
    const std::size_t end = behind_bracket(tokens_, at_ + 1);
    found_.symbol.clear();
    for (std::size_t i = at_ + 2; i < end; ++i)
      if (tokens_[i].kind == CToken::Kind::string) found_.symbol += literal_text(tokens_[i].text);
    at_ = end;
  }

  /// `struct __attribute__((packed)) name { … }`.
  void tagged_type() {
    ++at_;
    while (at_ < tokens_.size() && takes_arguments(tokens_[at_]) && follows("("))
      at_ = behind_bracket(tokens_, at_ + 1);
    if (at_ < tokens_.size() && tokens_[at_].kind == CToken::Kind::name) ++at_;
    if (at_ < tokens_.size() && tokens_[at_].is("{")) at_ = behind_bracket(tokens_, at_);
  }

  Tokens tokens_;
  std::size_t at_ = 0;
  Declarator found_;
  bool complete_ = false;  ///< no further word can be the name
};

class Reader {
 public:
  explicit Reader(std::string_view text) : tokens_(tokenise(text)) {}

  CDefinitions run() {
    std::size_t start = 0;
    std::size_t depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      if (opens(tokens_[i])) ++depth;
      if (closes(tokens_[i])) {
        if (depth == 0) return stop(start);
        --depth;
      }
      if (depth != 0 || !tokens_[i].is(";")) continue;
      declaration(Tokens(tokens_).subspan(start, i - start));
      start = i + 1;
    }
    if (start < tokens_.size()) return stop(start);
    return std::move(result_);
  }

 private:
  CDefinitions stop(std::size_t start) {
    problem(Tokens(tokens_).subspan(start));
    return std::move(result_);
  }

  void problem(Tokens tokens) {
    std::string text;
    for (const CToken& token : tokens.first(std::min<std::size_t>(tokens.size(), 8)))
      text += (text.empty() ? "" : " ") + std::string(token.text.substr(0, 40));
    result_.problems.push_back(std::move(text));
  }

  /// What stands between two `;` outside of brackets.
  void declaration(Tokens tokens) {
    if (tokens.empty()) return;
    const bool type = std::ranges::any_of(tokens, [](const CToken& t) { return t.is("typedef"); });
    if (type || tokens[0].is("_Static_assert") || is_only_type(tokens)) return;
    if (is_constant(tokens)) return;
    std::size_t depth = 0;
    std::size_t start = 0;
    bool plain = true;
    for (std::size_t i = 0; i <= tokens.size(); ++i) {
      const bool end = i == tokens.size();
      if (!end && opens(tokens[i])) ++depth;
      if (!end && closes(tokens[i])) --depth;
      if (!end && (depth != 0 || !tokens[i].is(","))) continue;
      plain = declared(tokens.subspan(start, i - start)) && plain;
      start = i + 1;
    }
    if (!plain) problem(tokens);
  }

  bool declared(Tokens tokens) {
    const bool assigns = std::ranges::any_of(tokens, [](const CToken& t) { return t.is("="); });
    const auto declarator = assigns ? std::nullopt : DeclaratorReader(tokens).run();
    if (!declarator) return false;
    const std::string name(declarator->name);
    result_.symbols.push_back({name, declarator->symbol.empty() ? name : declarator->symbol});
    return true;
  }

  /// `struct x { … }`, `enum { … }`, `struct x`: no declarator follows.
  static bool is_only_type(Tokens tokens) {
    std::size_t i = 0;
    while (i < tokens.size() && tokens[i].is("__extension__"))
      ++i;
    if (i == tokens.size() || !is_tagged(tokens[i])) return false;
    for (++i; i < tokens.size();) {
      if (takes_arguments(tokens[i])) {
        i = behind_bracket(tokens, std::min(i + 1, tokens.size() - 1));
      } else if (tokens[i].is("{")) {
        i = behind_bracket(tokens, i);
      } else if (tokens[i].kind == CToken::Kind::name && is_tagged(tokens[i - 1])) {
        ++i;
      } else if (tokens[i].kind == CToken::Kind::name && tokens[i - 1].is(")")) {
        ++i;
      } else {
        return false;
      }
    }
    return true;
  }

  /// `static const int X = 1`
  static bool is_constant(Tokens tokens) {
    const auto has = [&](std::string_view word) {
      return std::ranges::any_of(tokens, [&](const CToken& t) { return t.is(word); });
    };
    return has("static") && has("const") && has("=");
  }

  std::vector<CToken> tokens_;
  CDefinitions result_;
};

}  // namespace

CDefinitions read_cdef(std::string_view text) {
  return Reader(text).run();
}

}  // namespace rockstage::lua
