#pragma once
#include "base/result.hpp"
#include "sys/environment.hpp"

#include <string>
#include <vector>

namespace rockstage::sys {

/// Becomes another program (execve): terminal, standard streams, signals and exit code are its own.
/// Returns only when that cannot be: Errc::not_found when there is no such program on the PATH of
/// `environment`, else Errc::io.
Error exec_program(const std::vector<std::string>& argv, const Environment& environment);

}  // namespace rockstage::sys
