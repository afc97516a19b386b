#pragma once
#include "base/result.hpp"
#include "runtime/types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rockstage::runtime {

/// The profiles built in, sorted by name: compiled from runtimes.yaml.
const std::vector<Profile>& builtin_profiles();

/// The profile of that name. Errc::usage with the nearest name.
Result<Profile> find_profile(std::string_view name, const std::vector<Profile>& own = {});

/// Profiles of a person's own file, in the form of docs/formats/runtimes.schema.json: schema
/// rockstage.runtimes/1; names of path sets, destinations and library sets may be its own or those
/// built in. Errc::not_found; Errc::invalid_input with file and line.
Result<std::vector<Profile>> read_profiles(const std::string& file);

/// "generic-luajit", "generic-5.4": what a bare tree is judged by.
std::string generic_profile(lua::Lua lua);

/// The multiarch triplet of a platform: "linux/arm64" → "aarch64-linux-gnu".
std::string triplet(std::string_view platform);
/// The ELF machine of a platform, as elf::machine_name names it: "linux/amd64" → "x86_64".
std::string machine(std::string_view platform);
/// "linux/amd64" for this machine.
std::string host_platform();

}  // namespace rockstage::runtime
