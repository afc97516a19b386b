#pragma once
#include "lua/lexer.hpp"

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace rockstage::lua {

enum class VariableKind { regular, constant, global, global_constant };
enum class BlockKind { plain, loop };

/// What the compiler knows of the names that are in scope: locals, upvalues, labels, pending gotos,
/// 5.5's declared globals. Errors go to the lexer. Every operation takes amortised constant time,
/// or time in proportion to the depth of functions (200 at most).
class Scope {
 public:
  Scope(Lexer& lexer, Dialect dialect);

  void open_function();
  void close_function();
  void open_block(BlockKind kind);
  void close_block();

  /// Counts a local towards the limit of 200 before it can be seen; `declare` makes it visible.
  void announce(std::size_t count = 1);
  void declare(std::string_view name, VariableKind kind = VariableKind::regular);
  /// 5.5's `global *`.
  void declare_all_globals(VariableKind kind);
  /// Notes the use of a name; what it may be used for.
  VariableKind use(std::string_view name);

  void label(std::string_view name);
  /// Follows `label`: gotos that waited for it. A label that ends its block is outside of the
  /// scope of the block's locals.
  enum class LabelPlace { inside, at_block_end };
  void settle_label(std::string_view name, LabelPlace place);
  void go_to(std::string_view name);
  void break_loop();

  [[nodiscard]] bool is_vararg() const { return functions_.back().vararg; }

  void set_vararg() { functions_.back().vararg = true; }

 private:
  struct Variable {
    std::string_view name;
    std::size_t function;  ///< 0: outside of the main function
    std::size_t id;
    VariableKind kind;
  };

  struct PendingGoto {
    std::size_t position;
    int line;
    std::size_t outer_label;  ///< depth of the block that has such a label already; 0: none
  };

  struct Block {
    BlockKind kind;
    std::size_t start;           ///< position
    std::size_t last_local = 0;  ///< position of the newest local of this very block
    std::vector<std::string_view> variables, labels;
    std::size_t locals = 0, named_globals = 0;
    std::vector<VariableKind> all_globals;
  };

  struct Function {
    std::vector<Block> blocks;
    std::size_t locals = 0, announced = 0, loops = 0;
    bool vararg = false;
    std::unordered_set<std::size_t> upvalues;
    std::unordered_map<std::string_view, std::vector<std::size_t>> labels;  ///< depths of blocks
    std::unordered_map<std::string_view, std::vector<PendingGoto>> gotos;
  };

  [[nodiscard]] const Variable* find(std::string_view name) const;
  void capture(const Variable& variable);
  VariableKind use_global(std::string_view name);

  Lexer& lexer_;
  Dialect dialect_;
  std::vector<Function> functions_;
  std::unordered_map<std::string_view, std::vector<Variable>> variables_;
  std::vector<VariableKind> all_globals_;
  std::size_t named_globals_ = 0, position_ = 0, next_id_ = 0;
};

}  // namespace rockstage::lua
