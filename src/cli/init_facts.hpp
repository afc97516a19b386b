#pragma once
#include "base/diagnostics.hpp"
#include "emit/project.hpp"
#include "sys/io.hpp"

#include <string>

namespace rockstage::cli {

/// Whether a rockstage.yaml that is there counts: it does where it stays.
enum class OwnProjectFile { read, ignore };

/// What `init` finds in the current directory: the rock as source::open finds it, what its Lua
/// files ask for, a smoke script. No cargo is needed. `runtime` is the one asked for; empty: that
/// of the project file, else a guess, which is said. Errc::invalid_input where there is no rock.
Result<emit::ProjectFacts> find_project_facts(OwnProjectFile own,
                                              const std::string& runtime,
                                              Io& io,
                                              Diagnostics& diagnostics);

}  // namespace rockstage::cli
