#pragma once
#include "lua/evaluator.hpp"

#include <string>
#include <string_view>
#include <vector>

struct lua_State;

// How an evaluation travels from the child process that ran it: tagged values with counted lengths.
// Unlike Lua text it keeps every byte of a string and every bit of a number.
namespace rockstage::lua {

std::string encode_error(std::string_view message);

/// Encodes the table on top of the stack as the globals. The result is an encoded error when they
/// hold what is no data.
std::string encode_evaluation(lua_State* state,
                              const std::string& name,
                              const std::vector<std::string>& undefined_reads);

/// Reads what the two above wrote. Errc::invalid_input: the encoded error, or a text that is
/// damaged.
Result<Evaluation> decode_evaluation(std::string_view encoded, const std::string& name);

}  // namespace rockstage::lua
