#pragma once
#include "base/result.hpp"
#include "build/places.hpp"
#include "plan/types.hpp"
#include "sys/io.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace rockstage::build {

/// The environment in which a rock's own make, cmake or shell text runs: all of `base` but the
/// variables that move cargo's output away from where such texts look for it, unless `rockspec`
/// (its text) speaks of them; then with cargo's settings from the command line.
sys::Environment tool_environment(const sys::Environment& base,
                                  const std::string& rockspec,
                                  const plan::BuildOptions& options);

/// Runs `step` in `{work}`: its program, or its shell text by /bin/sh. What it prints goes to the
/// person, escaped. Errc::subprocess with its last lines when it ends badly; Errc::not_found when
/// the program is not here.
Result<void> run_step(const plan::RunStep& step,
                      const Places& places,
                      const sys::Environment& environment,
                      Io& io);

}  // namespace rockstage::build
