#include "lua/syntax_scope.hpp"

#include <algorithm>

namespace rockstage::lua {

namespace {

constexpr std::size_t kMaxLocals = 200;
/// The Luas count some variables of their own; this many at most.
constexpr std::size_t kOwnVariables = 8;

std::size_t max_upvalues(Dialect dialect) {
  return dialect == Dialect::lua51 || dialect == Dialect::luajit ? 60 : 255;
}

std::string quote(std::string_view name) {
  return "'" + std::string(name) + "'";
}

}  // namespace

Scope::Scope(Lexer& lexer, Dialect dialect) : lexer_(lexer), dialect_(dialect) {
  functions_.emplace_back();
  if (dialect != Dialect::lua51 && dialect != Dialect::luajit)
    variables_["_ENV"].push_back({"_ENV", 0, next_id_++, VariableKind::regular});
}

void Scope::open_function() {
  functions_.emplace_back();
  open_block(BlockKind::plain);
}

void Scope::close_function() {
  close_block();
  const PendingGoto* first = nullptr;
  std::string_view name;
  for (const auto& [label, gotos] : functions_.back().gotos) {
    for (const PendingGoto& pending : gotos) {
      if (pending.outer_label != 0 || (first != nullptr && first->position < pending.position))
        continue;
      first = &pending;
      name = label;
    }
  }
  if (first != nullptr)
    lexer_.fail("no visible label " + quote(name) + " for the goto at line "
                + std::to_string(first->line));
  functions_.pop_back();
}

void Scope::open_block(BlockKind kind) {
  Function& function = functions_.back();
  if (kind == BlockKind::loop) ++function.loops;
  Block block;
  block.kind = kind;
  block.start = ++position_;
  function.blocks.push_back(std::move(block));
}

void Scope::close_block() {
  Function& function = functions_.back();
  const Block& block = function.blocks.back();
  for (const std::string_view name : block.variables)
    variables_[name].pop_back();
  for (const std::string_view name : block.labels)
    function.labels[name].pop_back();
  function.locals -= block.locals;
  named_globals_ -= block.named_globals;
  all_globals_.resize(all_globals_.size() - block.all_globals.size());
  if (block.kind == BlockKind::loop) --function.loops;
  function.blocks.pop_back();
}

void Scope::announce(std::size_t count) {
  Function& function = functions_.back();
  function.announced += count;
  if (function.locals + function.announced > kMaxLocals - kOwnVariables) lexer_.note_peculiar();
  if (function.locals + function.announced > kMaxLocals)
    lexer_.fail("too many local variables (limit is 200)");
}

void Scope::declare(std::string_view name, VariableKind kind) {
  Function& function = functions_.back();
  Block& block = function.blocks.back();
  const bool global = kind == VariableKind::global || kind == VariableKind::global_constant;
  if (global) {
    ++block.named_globals;
    ++named_globals_;
  } else {
    ++block.locals;
    ++function.locals;
    if (function.announced > 0) --function.announced;
  }
  block.last_local = ++position_;
  block.variables.push_back(name);
  variables_[name].push_back({name, functions_.size() - 1, next_id_++, kind});
}

void Scope::declare_all_globals(VariableKind kind) {
  functions_.back().blocks.back().all_globals.push_back(kind);
  all_globals_.push_back(kind);
}

const Scope::Variable* Scope::find(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() || found->second.empty() ? nullptr : &found->second.back();
}

VariableKind Scope::use(std::string_view name) {
  const Variable* variable = find(name);
  if (variable == nullptr) return use_global(name);
  if (variable->kind == VariableKind::global || variable->kind == VariableKind::global_constant) {
    if (const Variable* environment = find("_ENV")) capture(*environment);
    return variable->kind;
  }
  capture(*variable);
  return variable->kind;
}

VariableKind Scope::use_global(std::string_view name) {
  if (const Variable* environment = find("_ENV")) capture(*environment);
  if (!all_globals_.empty()) return all_globals_.back();
  if (named_globals_ > 0) lexer_.fail("variable " + quote(name) + " not declared");
  return VariableKind::global;
}

/// Makes a variable of an outer function an upvalue of every function down to this one.
void Scope::capture(const Variable& variable) {
  for (std::size_t i = functions_.size() - 1; i > variable.function; --i) {
    auto& upvalues = functions_[i].upvalues;
    if (!upvalues.insert(variable.id).second) return;
    if (upvalues.size() > max_upvalues(Dialect::lua51) - kOwnVariables) lexer_.note_peculiar();
    if (upvalues.size() > max_upvalues(dialect_))
      return lexer_.fail("too many upvalues (limit is " + std::to_string(max_upvalues(dialect_))
                         + ")");
  }
}

void Scope::label(std::string_view name) {
  Function& function = functions_.back();
  auto& depths = function.labels[name];
  const bool whole_function = dialect_ == Dialect::lua54 || dialect_ == Dialect::lua55;
  const std::size_t depth = function.blocks.size();
  if (!depths.empty() && (whole_function || depths.back() == depth))
    return lexer_.fail("label " + quote(name) + " already defined");
  depths.push_back(depth);
  function.blocks.back().labels.push_back(name);
}

void Scope::settle_label(std::string_view name, LabelPlace place) {
  Function& function = functions_.back();
  const Block& block = function.blocks.back();
  const auto found = function.gotos.find(name);
  if (found == function.gotos.end()) return;
  auto& waiting = found->second;
  while (!waiting.empty() && waiting.back().position >= block.start) {
    const PendingGoto pending = waiting.back();
    waiting.pop_back();
    if (pending.outer_label > function.blocks.size()) continue;  // that block had the label
    if (place == LabelPlace::inside && pending.position < block.last_local)
      return lexer_.fail("the goto " + quote(name) + " at line " + std::to_string(pending.line)
                         + " jumps into the scope of a local");
  }
}

void Scope::go_to(std::string_view name) {
  Function& function = functions_.back();
  const auto found = function.labels.find(name);
  const bool known = found != function.labels.end() && !found->second.empty();
  const std::size_t outer = known ? found->second.back() : 0;
  const bool final =
      dialect_ == Dialect::lua54 || dialect_ == Dialect::lua55 || outer == function.blocks.size();
  if (known && final) return;
  function.gotos[name].push_back({++position_, lexer_.line(), outer});
}

void Scope::break_loop() {
  if (functions_.back().loops == 0) lexer_.fail("no loop to break");
}

}  // namespace rockstage::lua
