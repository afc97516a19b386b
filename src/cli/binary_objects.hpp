#pragma once
#include "base/diagnostics.hpp"
#include "base/result.hpp"
#include "build/types.hpp"
#include "plan/types.hpp"
#include "source/types.hpp"

#include <map>
#include <string>

namespace rockstage::cli {

/// A binary rock and what it is to be staged for.
struct ObjectsOfRock {
  const source::Rock& rock;
  const plan::Variant& variant;
  const std::map<std::string, build::FileClass>& files;  ///< in the rock's directory
};

/// Judges its libraries and programs, as a build judges what it has made. Errc::invalid_input for
/// one that is damaged, for another machine, another libc or another Lua; warns about a library
/// whose `luaopen_*` fits no `require`, and says what could not be decided.
Result<void> check_objects(const ObjectsOfRock& objects, Diagnostics& diagnostics);

}  // namespace rockstage::cli
