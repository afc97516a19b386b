#pragma once
#include "base/result.hpp"
#include "cli/types.hpp"
#include "lua/types.hpp"
#include "smoke/launch.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rockstage::cli {

/// What `smoke` was asked for.
struct SmokeOptions {
  enum class Place { here, image, nginx };
  Place place = Place::here;
  std::string subject;  ///< as it was named; the image's reference without SUBJECT
  std::string tree;     ///< absolute; empty: what the image has
  lua::Lua lua = lua::Lua::luajit;
  std::string interpreter;  ///< a path, or empty: found by `lua`
  std::string image, nginx;
  std::optional<smoke::Engine> engine;
  std::optional<unsigned> uid;
  std::vector<std::string> modules;  ///< only these; empty for all
  std::string script, script_name;
  std::string eval;
  double timeout = 20;  ///< seconds
};

/// Errc::usage names the option whose value cannot be taken, or the command that does the job for a
/// SUBJECT that is no directory; Errc::not_found for a script that is not there;
/// Errc::invalid_input for a SUBJECT that is not there or a bad project file.
Result<SmokeOptions> smoke_options(const Invocation& invocation, Io& io);

}  // namespace rockstage::cli
