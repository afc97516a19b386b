#include "lua/script.hpp"
#include "lua/syntax_scope.hpp"

#include <algorithm>

namespace rockstage::lua {

namespace {

/// LUAI_MAXCCALLS (LJ_MAX_XLEVEL) without what runs around the compiler, as measured by loadfile.
std::size_t max_levels(Dialect dialect) {
  if (dialect == Dialect::luajit) return 199;
  return dialect == Dialect::lua54 || dialect == Dialect::lua55 ? 197 : 198;
}

/// Below this no Lua minds.
constexpr std::size_t kUnlikeLevels = 150;

/// A recursive-descent parser that builds nothing. It follows lparser.c (LuaJIT: lj_parse.c) in
/// what it takes and in how deep it may nest. An error turns every further token into the end.
class Parser {
 public:
  Parser(std::string_view source, Dialect dialect)
      : lexer_(source, dialect), scope_(lexer_, dialect), dialect_(dialect) {}

  std::optional<SyntaxError> run() {
    advance();
    scope_.open_function();
    scope_.set_vararg();
    block_statements();
    if (token_.kind != Token::Kind::end) expected("<eof>");
    scope_.close_function();
    return lexer_.error();
  }

  /// After run() by LuaJIT: whether other Luas may read the source in another way.
  [[nodiscard]] bool peculiar() const { return lexer_.peculiar(); }

 private:
  enum class Expression { call, variable, constant, other };

  [[nodiscard]] bool is51() const {
    return dialect_ == Dialect::lua51 || dialect_ == Dialect::luajit;
  }

  [[nodiscard]] bool has_attributes() const {
    return dialect_ == Dialect::lua54 || dialect_ == Dialect::lua55;
  }

  [[nodiscard]] bool has_bits() const { return has_attributes() || dialect_ == Dialect::lua53; }

  // --- tokens

  void advance() {
    last_line_ = lexer_.line();
    if (ahead_) {
      token_ = *ahead_;
      ahead_.reset();
    } else {
      token_ = lexer_.next();
    }
  }

  const Token& look_ahead() {
    if (!ahead_) ahead_ = lexer_.next();
    return *ahead_;
  }

  void fail(std::string message) {
    lexer_.fail(std::move(message));
    token_ = Token{};
    ahead_ = Token{};
  }

  void expected(std::string_view what) {
    const std::string near = token_.kind == Token::Kind::end ? "<eof>" : std::string(token_.text);
    fail("'" + std::string(what) + "' expected near '" + near.substr(0, 40) + "'");
  }

  bool take(std::string_view symbol) {
    if (!token_.is(symbol)) return false;
    advance();
    return true;
  }

  void need(std::string_view symbol) {
    if (!take(symbol)) expected(symbol);
  }

  std::string_view name() {
    if (token_.kind != Token::Kind::name) {
      expected("<name>");
      return {};
    }
    const std::string_view text = token_.text;
    advance();
    return text;
  }

  /// Counts a level of nesting as long as it lives.
  class Level {
   public:
    explicit Level(Parser& parser) : parser_(parser) {
      if (++parser_.level_ > kUnlikeLevels) parser_.lexer_.note_peculiar();
      if (parser_.level_ > max_levels(parser_.dialect_))
        parser_.fail("chunk has too many syntax levels");
    }

    ~Level() { --parser_.level_; }

    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Parser& parser_;
  };

  // --- blocks and statements

  [[nodiscard]] bool at_block_end() const {
    return token_.kind == Token::Kind::end || token_.is("end") || token_.is("else")
           || token_.is("elseif") || token_.is("until");
  }

  void block_statements() {
    const Level level(*this);
    for (bool last = false; !last && !at_block_end();) {
      last = statement();
      if (is51()) take(";");
    }
  }

  void block(BlockKind kind = BlockKind::plain) {
    scope_.open_block(kind);
    block_statements();
    scope_.close_block();
  }

  /// True when nothing may follow in the block.
  bool statement() {
    if (token_.is("return")) return return_statement();
    if (token_.is("break")) {
      advance();
      scope_.break_loop();
      return is51();
    }
    if (token_.is("if")) {
      if_statement();
    } else if (take("while")) {
      expression();
      need("do");
      block(BlockKind::loop);
      need("end");
    } else if (take("do")) {
      block();
      need("end");
    } else if (take("for")) {
      for_statement();
    } else if (take("repeat")) {
      repeat_statement();
    } else if (take("function")) {
      function_statement();
    } else if (take("local")) {
      if (take("function"))
        local_function(VariableKind::regular);
      else
        variables(VariableKind::regular);
    } else if (!statement_of_later_luas()) {
      expression_statement();
    }
    return false;
  }

  bool statement_of_later_luas() {
    if (dialect_ == Dialect::lua51) return false;
    if (token_.is("::")) {
      label_statement();
    } else if (!is51() && token_.is(";")) {
      advance();
    } else if (at_goto()) {
      advance();
      const std::string_view target = name();
      scope_.go_to(target);
    } else if (at_global()) {
      global_statement();
    } else {
      return false;
    }
    return true;
  }

  bool at_goto() {
    if (dialect_ != Dialect::luajit) return token_.is("goto");
    return token_.kind == Token::Kind::name && token_.text == "goto"
           && look_ahead().kind == Token::Kind::name && look_ahead().text != "goto";
  }

  /// 5.5 reserves `global` no more than LuaJIT does `goto` (LUA_COMPAT_GLOBAL, on by default).
  bool at_global() {
    if (dialect_ != Dialect::lua55 || token_.kind != Token::Kind::name || token_.text != "global")
      return false;
    const Token& next = look_ahead();
    return next.kind == Token::Kind::name || next.is("<") || next.is("*") || next.is("function");
  }

  bool return_statement() {
    advance();
    if (!at_block_end() && !token_.is(";")) expression_list();
    if (!is51()) take(";");
    return true;
  }

  void if_statement() {
    do {
      advance();
      expression();
      need("then");
      block();
    } while (token_.is("elseif"));
    if (take("else")) block();
    need("end");
  }

  void repeat_statement() {
    scope_.open_block(BlockKind::loop);
    scope_.open_block(BlockKind::plain);
    block_statements();
    need("until");
    expression();
    scope_.close_block();
    scope_.close_block();
  }

  void for_statement() {
    std::vector<std::string_view> names = {name()};
    scope_.open_block(BlockKind::loop);
    const bool numeric = token_.is("=");
    scope_.announce(dialect_ == Dialect::lua54 && !numeric ? 4 : 3);
    for (int i = 0; i < (dialect_ == Dialect::lua54 && !numeric ? 4 : 3); ++i)
      scope_.declare("(for state)");
    scope_.announce();
    if (numeric) {
      advance();
      expression();
      need(",");
      expression();
      if (take(",")) expression();
    } else {
      while (take(",")) {
        names.push_back(name());
        scope_.announce();
      }
      need("in");
      expression_list();
    }
    need("do");
    scope_.open_block(BlockKind::plain);
    for (std::size_t i = 0; i < names.size(); ++i)
      scope_.declare(
          names[i],
          i == 0 && dialect_ == Dialect::lua55 ? VariableKind::constant : VariableKind::regular);
    block_statements();
    scope_.close_block();
    scope_.close_block();
    need("end");
  }

  void function_statement() {
    const std::string_view first = name();
    const VariableKind kind = scope_.use(first);
    const bool member = token_.is(".") || token_.is(":");
    while (take("."))
      name();
    const bool method = take(":");
    if (method) name();
    if (!member) check_assignable(kind, first);
    function_body(method);
  }

  void local_function(VariableKind kind) {
    const std::string_view text = name();
    if (kind == VariableKind::regular) scope_.announce();
    scope_.declare(text, kind);
    function_body(false);
  }

  /// `<const>` or `<close>`, if one stands here.
  std::optional<std::string_view> attribute() {
    if (!has_attributes() || !take("<")) return std::nullopt;
    const std::string_view word = name();
    need(">");
    if (word != "const" && word != "close") fail("unknown attribute '" + std::string(word) + "'");
    return word;
  }

  /// The names and values of `local` and `global`, `kind` being regular or global.
  void variables(VariableKind kind) {
    const bool global = kind == VariableKind::global;
    const auto constant = global ? VariableKind::global_constant : VariableKind::constant;
    std::vector<std::pair<std::string_view, VariableKind>> names;
    std::optional<std::string_view> common;
    if (dialect_ == Dialect::lua55) common = attribute();
    int closing = 0;
    do {
      const std::string_view text = name();
      if (!global) scope_.announce();
      auto word = attribute();
      if (!word) word = common;
      names.emplace_back(text, word ? constant : kind);
      if (word == "close" && global) fail("global variables cannot be to-be-closed");
      if (word == "close" && ++closing > 1) fail("multiple to-be-closed variables in local list");
    } while (take(","));
    if (take("=")) expression_list();
    for (const auto& [text, its_kind] : names)
      scope_.declare(text, its_kind);
  }

  void global_statement() {
    advance();
    if (take("function")) return local_function(VariableKind::global);
    if (token_.is("<")) {
      const auto word = attribute();
      if (word == "close") fail("global variables cannot be to-be-closed");
      if (take("*")) return scope_.declare_all_globals(VariableKind::global_constant);
      return variables_with_common();
    }
    if (take("*")) return scope_.declare_all_globals(VariableKind::global);
    variables(VariableKind::global);
  }

  /// `global <const> a, b`: the attribute is read already.
  void variables_with_common() {
    std::vector<std::string_view> names;
    do {
      names.push_back(name());
      attribute();
    } while (take(","));
    if (take("=")) expression_list();
    for (const std::string_view text : names)
      scope_.declare(text, VariableKind::global_constant);
  }

  void label_statement() {
    const Level level(*this);
    advance();
    const std::string_view text = name();
    scope_.label(text);
    need("::");
    while (token_.is("::") || (!is51() && token_.is(";"))) {
      if (token_.is("::"))
        label_statement();
      else
        advance();
    }
    const bool ends = at_block_end() && !token_.is("until");
    scope_.settle_label(text, ends ? Scope::LabelPlace::at_block_end : Scope::LabelPlace::inside);
  }

  void check_assignable(VariableKind kind, std::string_view text) {
    if (kind == VariableKind::constant || kind == VariableKind::global_constant)
      fail("attempt to assign to const variable '" + std::string(text) + "'");
  }

  void expression_statement() {
    const Expression first = suffixed();
    if (first == Expression::call && !token_.is("=") && !token_.is(",")) return;
    assignable(first);
    std::size_t targets = 1;
    while (take(",")) {
      assignable(suffixed());
      if (level_ + ++targets > kUnlikeLevels) lexer_.note_peculiar();
      if (level_ + targets > max_levels(dialect_)) fail("too many variables in assignment");
    }
    need("=");
    expression_list();
  }

  void assignable(Expression target) {
    if (target == Expression::constant) fail("attempt to assign to const variable");
    if (target != Expression::variable)
      fail("syntax error near '" + std::string(token_.text) + "'");
  }

  // --- expressions

  void expression_list() {
    do
      expression();
    while (take(","));
  }

  Expression primary() {
    if (token_.kind == Token::Kind::name) {
      const VariableKind kind = scope_.use(name());
      return kind == VariableKind::constant || kind == VariableKind::global_constant
                 ? Expression::constant
                 : Expression::variable;
    }
    if (take("(")) {
      expression();
      need(")");
    } else {
      fail("unexpected symbol near '" + std::string(token_.text.substr(0, 40)) + "'");
    }
    return Expression::other;
  }

  Expression suffixed() {
    Expression result = primary();
    while (true) {
      if (take(".")) {
        name();
        result = Expression::variable;
      } else if (take("[")) {
        expression();
        need("]");
        result = Expression::variable;
      } else if (take(":")) {
        name();
        arguments();
        result = Expression::call;
      } else if (token_.is("(") || token_.is("{") || token_.kind == Token::Kind::string) {
        arguments();
        result = Expression::call;
      } else {
        return result;
      }
    }
  }

  void arguments() {
    if (token_.kind == Token::Kind::string) return advance();
    if (token_.is("{")) return table();
    if (is51() && token_.is("(") && lexer_.line() != last_line_)
      return fail("ambiguous syntax (function call x new statement) near '('");
    if (!take("(")) return expected("(");
    if (!token_.is(")")) expression_list();
    need(")");
  }

  void table() {
    need("{");
    while (token_.kind != Token::Kind::end && !token_.is("}")) {
      if (take("[")) {
        expression();
        need("]");
        need("=");
      } else if (token_.kind == Token::Kind::name && look_ahead().is("=")) {
        advance();
        advance();
      }
      expression();
      if (!take(",") && !take(";")) break;
    }
    need("}");
  }

  void function_body(bool method) {
    need("(");
    scope_.open_function();
    if (method) {
      scope_.announce();
      scope_.declare("self");
    }
    std::vector<std::string_view> names;
    if (!token_.is(")")) {
      do {
        if (take("...")) {
          scope_.set_vararg();
          if (dialect_ == Dialect::lua51) names.emplace_back("arg");
          if (dialect_ == Dialect::lua55 && token_.kind == Token::Kind::name)
            named_vararg_ = name();
          break;
        }
        names.push_back(name());
        scope_.announce();
      } while (take(","));
    }
    if (dialect_ == Dialect::lua51 && scope_.is_vararg()) scope_.announce();
    for (const std::string_view text : names)
      scope_.declare(text);
    if (!named_vararg_.empty()) {
      scope_.announce();
      scope_.declare(named_vararg_, VariableKind::constant);
      named_vararg_ = {};
    }
    need(")");
    block_statements();
    need("end");
    scope_.close_function();
  }

  void simple() {
    if (token_.kind == Token::Kind::number || token_.kind == Token::Kind::string || token_.is("nil")
        || token_.is("true") || token_.is("false"))
      return advance();
    if (token_.is("...")) {
      if (!scope_.is_vararg()) return fail("cannot use '...' outside a vararg function");
      return advance();
    }
    if (token_.is("{")) return table();
    if (take("function")) return function_body(false);
    suffixed();
  }

  struct Priority {
    int left, right;
  };

  /// Of a binary operator; left is 0 for what is none.
  [[nodiscard]] Priority priority() const {
    if (token_.kind != Token::Kind::symbol) return {0, 0};
    const std::string_view op = token_.text;
    if (op == "or") return {1, 1};
    if (op == "and") return {2, 2};
    if (op == "<" || op == ">" || op == "<=" || op == ">=" || op == "~=" || op == "==")
      return {3, 3};
    if (op == "..") return {9, 8};
    if (op == "+" || op == "-") return {10, 10};
    if (op == "*" || op == "/" || op == "%") return {11, 11};
    if (op == "^") return {14, 13};
    if (!has_bits()) return {0, 0};
    if (op == "|") return {4, 4};
    if (op == "~") return {5, 5};
    if (op == "&") return {6, 6};
    if (op == "<<" || op == ">>") return {7, 7};
    return op == "//" ? Priority{11, 11} : Priority{0, 0};
  }

  void expression(int limit = 0) {
    constexpr int kUnary = 12;
    const Level level(*this);
    if (token_.is("not") || token_.is("-") || token_.is("#") || (has_bits() && token_.is("~"))) {
      advance();
      expression(kUnary);
    } else {
      simple();
    }
    for (Priority op = priority(); op.left > limit; op = priority()) {
      advance();
      expression(op.right);
    }
  }

  Lexer lexer_;
  Scope scope_;
  Dialect dialect_;
  Token token_;
  std::optional<Token> ahead_;
  int last_line_ = 1;
  std::size_t level_ = 0;
  std::string_view named_vararg_;
};

}  // namespace

std::optional<SyntaxError> check_syntax(std::string_view source, Lua lua) {
  const Dialect dialect = dialect_of(lua);
  return Parser(without_first_line(source, dialect), dialect).run();
}

std::array<std::optional<SyntaxError>, kAllLuas.size()> check_syntax(std::string_view source) {
  // Nearly every script holds only what all Luas read alike. Of those 5.5 alone refuses some: it
  // makes loop variables constant.
  const bool starts_plainly = !source.starts_with('#') && !source.starts_with('\xEF')
                              && source.find('\0') == std::string_view::npos;
  std::array<std::optional<SyntaxError>, kAllLuas.size()> all;
  Parser luajit(without_first_line(source, Dialect::luajit), Dialect::luajit);
  const auto error = luajit.run();
  const bool alike = starts_plainly && !error && !luajit.peculiar();
  for (std::size_t i = 0; i < kAllLuas.size(); ++i) {
    const auto dialect = dialect_of(kAllLuas[i]);
    if (dialect == Dialect::luajit)
      all[i] = error;
    else if (!alike || dialect == Dialect::lua55)
      all[i] = check_syntax(source, kAllLuas[i]);
  }
  return all;
}

}  // namespace rockstage::lua
