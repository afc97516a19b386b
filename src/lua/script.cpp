#include "lua/script.hpp"

#include "lua/cdef.hpp"
#include "lua/lexer.hpp"
#include "lua/lexical.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace rockstage::lua {

namespace {

bool could_name_library(std::string_view text, bool uses_ffi) {
  if (text.empty() || text.size() > 255) return false;
  const bool plain = std::ranges::all_of(text, [](char c) {
    return is_name_char(c) || std::string_view(".-+/?").find(c) != std::string_view::npos;
  });
  if (!plain) return false;
  return uses_ffi || text.ends_with(".so") || text.find(".so.") != text.npos
         || text.starts_with("lib");
}

struct Literal {
  std::string value;
  int line = 0;          ///< where it begins
  std::size_t next = 0;  ///< the token behind it
};

/// Finds by their tokens the calls that say what a script needs. Names are taken for what they
/// were made anywhere in the file: scopes do not matter.
class Scanner {
 public:
  Scanner(std::string_view source, Dialect dialect, ScriptFacts& facts) : facts_(facts) {
    Lexer lexer(without_first_line(source, dialect), dialect);
    for (Token t = lexer.next(); t.kind != Token::Kind::end; t = lexer.next())
      tokens_.push_back(t);
  }

  void run() {
    collect_names();
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      track_protection(i);
      lookup(i);
      package_use(i);
      require(i);
      ffi(i);
    }
    finish();
  }

 private:
  struct Block {
    bool guarded = false;  ///< runs inside pcall
    bool branch = false;   ///< of `if`, behind its `then`
  };

  struct Lookups {
    bool inside = false, outside = false;
  };

  [[nodiscard]] const Token& at(std::size_t i) const {
    static const Token kEnd;
    return i < tokens_.size() ? tokens_[i] : kEnd;
  }

  [[nodiscard]] bool is_name(std::size_t i, std::string_view name) const {
    return at(i).kind == Token::Kind::name && at(i).text == name;
  }

  /// A name that stands for itself, not a field or method.
  [[nodiscard]] bool is_variable(std::size_t i) const {
    if (at(i).kind != Token::Kind::name) return false;
    return i == 0 || (!at(i - 1).is(".") && !at(i - 1).is(":") && !at(i - 1).is("function"));
  }

  [[nodiscard]] bool is_protecting(std::size_t i) const {
    return is_variable(i) && (at(i).text == "pcall" || at(i).text == "xpcall");
  }

  [[nodiscard]] bool is_require(std::size_t i) const {
    return is_variable(i) && requires_.contains(at(i).text);
  }

  /// Literals joined by `..`, when nothing else is joined to them.
  [[nodiscard]] std::optional<Literal> literal(std::size_t i) const {
    if (at(i).kind != Token::Kind::string) return std::nullopt;
    const auto lines = std::ranges::count(at(i).text, '\n');
    Literal found{string_value(at(i).text), at(i).line - static_cast<int>(lines), i + 1};
    while (at(found.next).is("..")) {
      if (at(found.next + 1).kind != Token::Kind::string) return std::nullopt;
      found.value += string_value(at(found.next + 1).text);
      found.next += 2;
    }
    return found;
  }

  /// The literal first argument of the call whose function ends before `i`; also of
  /// `pcall(f, "x")`, where a comma follows the function.
  [[nodiscard]] std::optional<Literal> argument(std::size_t i, std::size_t function) const {
    if (at(i).kind == Token::Kind::string) {
      const Literal direct{string_value(at(i).text),
                           at(i).line - static_cast<int>(std::ranges::count(at(i).text, '\n')),
                           i + 1};
      return direct;
    }
    std::size_t first = i + 1;
    if (at(i).is(",")) {
      if (function < 2 || !at(function - 1).is("(") || !is_protecting(function - 2))
        return std::nullopt;
      // xpcall's second argument is its handler.
      if (at(function - 2).text == "xpcall") first = at(i + 2).is(",") ? i + 3 : tokens_.size();
    } else if (!at(i).is("(")) {
      return std::nullopt;
    }
    auto found = literal(first);
    if (found && !at(found->next).is(")") && !at(found->next).is(",")) return std::nullopt;
    return found;
  }

  /// Behind an expression that is the ffi module; nullopt when none stands at `i`.
  [[nodiscard]] std::optional<std::size_t> ffi_end(std::size_t i) const {
    if (is_variable(i) && ffis_.contains(at(i).text)) return i + 1;
    if (!is_require(i)) return std::nullopt;
    const auto module = argument(i + 1, i);
    if (!module || module->value != "ffi") return std::nullopt;
    return at(i + 1).is("(") ? module->next + 1 : module->next;
  }

  /// `ffi.FIELD` at `i`: the token behind it.
  [[nodiscard]] std::optional<std::size_t> ffi_field(std::size_t i, std::string_view field) const {
    const auto end = ffi_end(i);
    if (!end || !at(*end).is(".") || !is_name(*end + 1, field)) return std::nullopt;
    return *end + 2;
  }

  [[nodiscard]] bool starts_call(std::size_t i) const {
    return at(i).is("(") || at(i).is("{") || at(i).kind == Token::Kind::string;
  }

  void collect_names() {
    for (std::size_t i = 0; i + 2 < tokens_.size(); ++i) {
      if (is_protecting(i) && at(i + 1).is("(") && is_variable(i + 2))
        protected_functions_.insert(at(i + 2).text);
      if (!at(i + 1).is("=") || !is_variable(i)) continue;
      const std::size_t value = i + 2;
      const std::string_view name = at(i).text;
      if (is_require(value) && !starts_call(value + 1) && !at(value + 1).is("."))
        requires_.insert(name);
      const bool guarded = is_protecting(value) && at(value + 1).is("(");
      const std::size_t callee = guarded ? value + 2 : value;
      const auto module = is_require(callee) ? argument(callee + 1, callee) : std::nullopt;
      const std::size_t end = module ? module->next + (at(module->next).is(")") ? 1U : 0U) : 0;
      if (module && module->value == "ffi" && !at(end).is(".")) ffis_.insert(name);
      if (const auto load = ffi_field(value, "load"); load && !starts_call(*load))
        loads_.insert(name);
      if (const auto cdef = ffi_field(value, "cdef"); cdef && !starts_call(*cdef))
        cdefs_.insert(name);
    }
  }

  /// Whether what stands at `i` runs inside pcall: in its parentheses, or in the body of a function
  /// that is handed to it by name.
  void track_protection(std::size_t i) {
    const Token& token = at(i);
    if (token.kind != Token::Kind::symbol) return;
    const bool opens_block =
        token.is("function") || token.is("do") || token.is("if") || token.is("repeat");
    if (token.is("(")) {
      open(i > 0 && is_protecting(i - 1));
    } else if (opens_block) {
      const bool named = token.is("function") && at(i + 1).kind == Token::Kind::name;
      const bool assigned =
          token.is("function") && i > 1 && at(i - 1).is("=") && is_variable(i - 2);
      const std::string_view name = named ? at(i + 1).text : assigned ? at(i - 2).text : "";
      open(protected_functions_.contains(name));
    } else if (token.is("then") && !open_.empty() && !open_.back().branch) {
      open_.back().branch = true;
      ++branches_;
    } else if ((token.is(")") || token.is("end") || token.is("until")) && !open_.empty()) {
      if (open_.back().guarded) --protected_;
      if (open_.back().branch) --branches_;
      open_.pop_back();
    }
  }

  void open(bool is_protected) {
    open_.push_back({is_protected, false});
    if (is_protected) ++protected_;
  }

  /// Notes every field that is read, and strings in protected code, as lookups of C names.
  void lookup(std::size_t i) {
    const bool field = i > 0 && at(i).kind == Token::Kind::name && at(i - 1).is(".");
    if (field) {
      Lookups& lookups = lookups_[std::string(at(i).text)];
      (protected_ > 0 ? lookups.inside : lookups.outside) = true;
    }
    if (at(i).kind != Token::Kind::string) return;
    std::string value = string_value(at(i).text);
    const bool index = i > 0 && at(i - 1).is("[");
    if (value.size() <= 255 && (index || protected_ > 0))
      (protected_ > 0 ? lookups_[value].inside : lookups_[value].outside) = true;
    if (could_name_library(value, true)) strings_.insert(std::move(value));
  }

  void package_use(std::size_t i) {
    if (!is_variable(i) || at(i).text != "package" || !at(i + 1).is(".")) return;
    const bool reads = is_name(i + 2, "cpath") && !at(i + 3).is("=");
    if (reads || is_name(i + 2, "searchpath")) facts_.walks_cpath = true;
  }

  void require(std::size_t i) {
    if (!is_require(i)) return;
    const auto module = argument(i + 1, i);
    if (!module) return;
    if (module->value == "ffi") facts_.uses_ffi = true;
    const bool fallback = i > 0 && (at(i - 1).is("or") || at(i - 1).is("and"));
    const bool optional = protected_ > 0 || branches_ > 0 || fallback;
    facts_.requires_.push_back({module->value, at(i).line, optional});
  }

  void ffi(std::size_t i) {
    const auto alias = [&](const auto& names) {
      return is_variable(i) && names.contains(at(i).text) ? std::optional(i + 1) : std::nullopt;
    };
    auto load = ffi_field(i, "load");
    if (!load) load = alias(loads_);
    if (load) {
      facts_.uses_ffi = true;
      if (auto name = argument(*load, i))
        facts_.ffi_loads.push_back({std::move(name->value), at(i).line});
    }
    auto cdef = ffi_field(i, "cdef");
    if (!cdef) cdef = alias(cdefs_);
    if (!cdef) return;
    facts_.uses_ffi = true;
    const auto text = argument(*cdef, i);
    if (!text) return;
    CDefinitions read = read_cdef(text->value);
    for (auto& symbol : read.symbols) {
      c_names_.push_back(std::move(symbol.c_name));
      facts_.cdefs.push_back({std::move(symbol.symbol), text->line, false});
    }
    std::ranges::move(read.problems, std::back_inserter(facts_.cdef_problems));
  }

  void finish() {
    for (std::size_t i = 0; i < c_names_.size(); ++i) {
      const auto found = lookups_.find(c_names_[i]);
      if (found != lookups_.end())
        facts_.cdefs[i].optional = found->second.inside && !found->second.outside;
    }
    for (const std::string& text : strings_)
      if (could_name_library(text, facts_.uses_ffi)) facts_.strings.push_back(text);
  }

  ScriptFacts& facts_;
  std::vector<Token> tokens_;
  std::set<std::string_view> requires_ = {"require"}, ffis_ = {"ffi"}, loads_, cdefs_;
  std::set<std::string_view> protected_functions_;
  std::vector<Block> open_;
  std::size_t protected_ = 0, branches_ = 0;
  std::map<std::string, Lookups> lookups_;
  std::set<std::string> strings_;
  std::vector<std::string> c_names_;  ///< of facts_.cdefs, by position
};

}  // namespace

std::string bytecode(std::string_view source) {
  if (source.starts_with("#")) source.remove_prefix(std::min(source.find('\n'), source.size()));
  if (source.starts_with("\n")) source.remove_prefix(1);
  if (source.starts_with("\x1BLJ")) return "LuaJIT";
  if (!source.starts_with("\x1BLua") || source.size() < 5) return {};
  const auto version = static_cast<unsigned char>(source[4]);
  return "Lua " + std::to_string(version >> 4U) + "." + std::to_string(version & 15U);
}

ScriptFacts scan_script(std::string_view source) {
  ScriptFacts facts;
  facts.bytecode = bytecode(source);
  if (!facts.bytecode.empty()) return facts;
  facts.syntax = check_syntax(source);
  std::optional<Dialect> readable;
  for (std::size_t i = 0; i < kAllLuas.size() && !readable; ++i)
    if (!facts.syntax[i]) readable = dialect_of(kAllLuas[i]);
  Scanner(source, readable.value_or(Dialect::luajit), facts).run();
  return facts;
}

}  // namespace rockstage::lua
