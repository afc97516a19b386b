#pragma once
#include "smoke/types.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What interpreters have in common, wherever they run.
namespace rockstage::smoke {

/// The programs that a Lua's name may mean, the likeliest first.
std::vector<std::string> interpreter_names(lua::Lua lua);

/// Lets an interpreter say what it is, for read_identity().
inline constexpr const char* kIdentityCode = "print(_VERSION) print(jit and jit.version or '')";

struct Identity {
  std::string version;          ///< "LuaJIT 2.1.0-beta3", "Lua 5.4"
  std::optional<lua::Lua> lua;  ///< unset for one that rockstage does not know
};

/// nullopt when what was printed is not of a Lua.
std::optional<Identity> read_identity(std::string_view printed);

/// `lua` of a distribution may be any of them.
bool is_one(const Identity& found, lua::Lua wanted);

/// Errc::invalid_input for a program that no command line can hold (MAX_ARG_STRLEN, 128 KiB).
Result<void> check_length(const std::string& code);

Attempt to_attempt(sys::ProcessResult result, double seconds);

}  // namespace rockstage::smoke
