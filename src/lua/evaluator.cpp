#include "lua/evaluator.hpp"

extern "C" {
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
}

#include "lua/transfer.hpp"
#include "sys/process.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <set>

namespace rockstage::lua {

namespace {

constexpr int kHookInterval = 1000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr char kBytecodeMark = '\x1B';

/// All that the callbacks of one Lua state need. C++ objects in here outlive every Lua error, which
/// is a longjmp.
struct Job {
  std::string_view source;
  std::string chunk_name;
  EvaluationLimits limits;
  std::size_t memory_used = 0;
  long instructions_used = 0;
  std::set<std::string> undefined_reads;
};

void* allocate(void* user, void* block, std::size_t old_size, std::size_t new_size) {
  Job& job = *static_cast<Job*>(user);
  if (new_size == 0) {
    std::free(block);
    job.memory_used -= old_size;
    return nullptr;
  }
  if (new_size > old_size && new_size - old_size > job.limits.memory_bytes - job.memory_used)
    return nullptr;
  void* grown = std::realloc(block, new_size);
  if (grown != nullptr) job.memory_used += new_size - old_size;
  return grown;
}

Job& job_of(lua_State* state) {
  void* user = nullptr;
  lua_getallocf(state, &user);
  return *static_cast<Job*>(user);
}

void count_instructions(lua_State* state, lua_Debug*) {
  Job& job = job_of(state);
  job.instructions_used += kHookInterval;
  if (job.instructions_used > job.limits.instructions)
    luaL_error(
        state, "more than %d instructions were run", static_cast<int>(job.limits.instructions));
}

int note_undefined_read(lua_State* state) {
  std::size_t length = 0;
  const char* name = lua_tolstring(state, 2, &length);
  job_of(state).undefined_reads.emplace(name, length);
  lua_pushnil(state);
  return 1;
}

/// Leaves the `string` table reachable only as the strings' metatable, with nothing in it but the
/// methods below.
void give_strings_methods(lua_State* state) {
  static constexpr std::array kMethods = {"byte",
                                          "char",
                                          "find",
                                          "format",
                                          "gmatch",
                                          "gsub",
                                          "len",
                                          "lower",
                                          "match",
                                          "rep",
                                          "reverse",
                                          "sub",
                                          "upper"};
  lua_pushcfunction(state, luaopen_string);
  lua_pushliteral(state, "string");
  lua_call(state, 1, 1);
  lua_newtable(state);
  for (const char* method : kMethods) {
    lua_getfield(state, -2, method);
    lua_setfield(state, -2, method);
  }
  lua_pushliteral(state, "");
  lua_getmetatable(state, -1);
  lua_pushvalue(state, -3);
  lua_setfield(state, -2, "__index");
  lua_settop(state, 0);
}

/// Runs under lua_cpcall; leaves the environment of the chunk in the registry under the Job's
/// address.
int run_protected(lua_State* state) {
  Job& job = *static_cast<Job*>(lua_touserdata(state, 1));
  give_strings_methods(state);
  if (luaL_loadbuffer(state, job.source.data(), job.source.size(), job.chunk_name.c_str()) != 0)
    return lua_error(state);
  lua_newtable(state);
  lua_newtable(state);
  lua_pushcfunction(state, note_undefined_read);
  lua_setfield(state, -2, "__index");
  lua_setmetatable(state, -2);
  lua_pushlightuserdata(state, &job);
  lua_pushvalue(state, -2);
  lua_rawset(state, LUA_REGISTRYINDEX);
  lua_setfenv(state, -2);
  lua_sethook(state, count_instructions, LUA_MASKCOUNT, kHookInterval);
  lua_call(state, 0, 0);
  lua_sethook(state, nullptr, 0, 0);
  return 0;
}

std::string run_error(lua_State* state, int status, const Job& job, const std::string& name) {
  if (status == LUA_ERRMEM)
    return name + ": needs more than " + std::to_string(job.limits.memory_bytes >> 20)
           + " MiB of memory";
  std::size_t length = 0;
  const char* text = lua_tolstring(state, -1, &length);
  return text == nullptr ? name + ": failed with an error that is no text"
                         : std::string(text, length);
}

/// The child's work: everything in here may be ended at any moment.
std::string run_and_encode(std::string_view source,
                           const std::string& name,
                           const EvaluationLimits& limits) {
  Job job{source, "@" + name, limits, 0, 0, {}};
  const std::unique_ptr<lua_State, decltype(&lua_close)> state(lua_newstate(allocate, &job),
                                                               lua_close);
  if (state == nullptr) return encode_error(name + ": not enough memory to start Lua");
  const int status = lua_cpcall(state.get(), run_protected, &job);
  if (status != 0) return encode_error(run_error(state.get(), status, job, name));
  // What follows allocates a little for the stack, and must not fail for a rockspec that used all
  // that it may.
  job.limits.memory_bytes *= 2;
  lua_pushlightuserdata(state.get(), &job);
  lua_rawget(state.get(), LUA_REGISTRYINDEX);
  return encode_evaluation(
      state.get(), name, {job.undefined_reads.begin(), job.undefined_reads.end()});
}

Result<void> check_is_text(std::string_view source, const std::string& name) {
  if (source.starts_with(kBytecodeMark))
    return fail(Errc::invalid_input,
                name + ": is Lua bytecode, not source text",
                "use the source file: bytecode is never run");
  if (source.starts_with(kByteOrderMark))
    return fail(Errc::invalid_input,
                name + ":1: begins with a byte order mark, which Lua does not accept",
                "save the file as UTF-8 without one");
  return {};
}

/// The same text without a first line that starts with `mark`; its newline stays, so that lines
/// keep their numbers.
std::string_view without_first_line(std::string_view source, std::string_view mark) {
  if (source.starts_with(mark)) source.remove_prefix(std::min(source.find('\n'), source.size()));
  return source;
}

}  // namespace

Result<Evaluation> evaluate_noting_reads(std::string_view source,
                                         const std::string& name,
                                         const EvaluationLimits& limits) {
  RS_TRY(check_is_text(source, name));
  const std::string_view body = without_first_line(source, "#!");
  RS_TRY_ASSIGN(const std::string encoded,
                sys::run_isolated([&] { return run_and_encode(body, name, limits); },
                                  limits.seconds,
                                  0,
                                  "evaluating " + name));
  return decode_evaluation(encoded, name);
}

Result<Table> evaluate(std::string_view source,
                       const std::string& name,
                       const EvaluationLimits& limits) {
  RS_TRY_ASSIGN(Evaluation evaluation, evaluate_noting_reads(source, name, limits));
  return std::move(evaluation.globals);
}

}  // namespace rockstage::lua
