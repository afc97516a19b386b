#pragma once
#include "rock/rockspec.hpp"

#include <string>
#include <string_view>
#include <vector>

// Steps of read_rockspec.
namespace rockstage::rock {

/// What is wrong with a rockspec; several can be found in one reading.
struct Fault {
  std::string message;  ///< begins with the field's path
  std::string hint;
};

using Faults = std::vector<Fault>;

/// The index of `format` among the known ones (1.0, 1.1, 3.0, 3.1), or Errc::invalid_input.
Result<std::size_t> format_index(const std::string& format);

/// Checks the globals of a rockspec, and those that it read without having set them, against the
/// schema of its format. When a later format would accept all of it, the first fault's hint says
/// so.
Faults check_schema(const lua::Table& globals,
                    const std::vector<std::string>& undefined_reads,
                    const std::string& format);

/// Merges `platforms.unix`, then `platforms.linux` of every field that may have them, and drops
/// `platforms`.
void apply_platforms(lua::Table& globals, Diagnostics& diagnostics);

/// Empty when a rock with these `supported_platforms` may be built for Linux.
Faults check_platforms(const std::vector<std::string>& supported);

/// Files of the rock that two of the rockspec's modules or install entries would write.
Faults check_targets(const Rockspec& spec);

enum class PathKind { file, directory };

/// `path` in normal form when it names something inside the source directory. Only a directory may
/// be the source directory itself (an empty path).
Result<std::string> source_path(const std::string& path,
                                const std::string& field,
                                PathKind kind = PathKind::file);

/// A string, or a list of strings, as the strings. Errc::invalid_input names `field`.
Result<std::vector<std::string>> string_list(const lua::Value& value, const std::string& field);

/// `field["key"]`, or `field.key` where that can be written.
std::string field_path(const std::string& field, const std::string& key);

}  // namespace rockstage::rock
