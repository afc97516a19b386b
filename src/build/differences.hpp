#pragma once
#include "base/result.hpp"
#include "build/traces.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::build {

/// What two builds of the same file have that is not the same.
struct Difference {
  std::string path;   ///< below the compared directories
  std::string where;  ///< "section .rodata", "line 3", "byte 17", "mode"; empty for the whole file
  std::string first, second;  ///< what stands there: printable and short; bytes as "0a 1f"
  Cause cause = Cause::unknown;
  std::string what;          ///< Cause::path: which directory; others: empty
  std::string build_script;  ///< the package whose build script it comes from; empty for none
  std::string output;        ///< of that script: "BUILT_AT", a variable, or "OUT_DIR/x.rs", a file
};

/// Longest text of `Difference::first` and `second`.
inline constexpr std::size_t kLongestExcerpt = 160;

/// What is not the same in two differing contents of one file. Of an ELF object the first section
/// that shows a cause, else the first that differs (a build id follows from the rest); of a text
/// the first line; else the first byte.
Difference explain(const std::string& path,
                   std::string_view first,
                   std::string_view second,
                   const Surroundings& around);

/// A short printable part of each of two texts, around their first difference.
std::pair<std::string, std::string> excerpts(std::string_view first, std::string_view second);

struct Comparison {
  std::vector<std::string> files;       ///< regular files and links of both, sorted
  std::vector<Difference> differences;  ///< sorted by path
};

/// Compares two directories: names, kinds, modes, link targets and every byte. Directories
/// themselves are compared by what is in them. Errc::io.
Result<Comparison> compare_directories(const std::string& first,
                                       const std::string& second,
                                       const Surroundings& around);

}  // namespace rockstage::build
