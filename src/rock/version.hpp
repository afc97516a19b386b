#pragma once
#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::rock {

/// A version as LuaRocks reads it (core/vers.tl).
struct Version {
  std::string text;                ///< as written, with the revision, without leading blanks
  std::vector<double> components;  ///< `scm` is 110000000, `beta` −100000, …
  std::optional<double> revision;
};

/// Never fails: what LuaRocks cannot read counts as component 0 and ends the version.
Version parse_version(std::string_view text);

/// -1, 0, 1: order of LuaRocks' `<`. 0 does not mean equal().
int compare(const Version& a, const Version& b);
/// LuaRocks' `==`: the same number of components, too (`1.0` is not `1.0.0`).
bool equal(const Version& a, const Version& b);

/// True for `scm`, `dev`, `cvs` and other versions that name a moving state (`main-0`, `local-0`):
/// taken only when asked for, or when there is no other.
bool is_development(std::string_view version_text);

/// One condition on a version: `>= 1.0`.
struct Constraint {
  std::string op;  ///< one of == ~= > < >= <= ~>
  Version version;
  bool no_upgrade = false;  ///< written with `@`
};

/// A dependency as a rockspec writes it: `[ns/]name [@]op version, …`.
struct Dependency {
  std::string name;  ///< lower case
  std::string ns;    ///< namespace; empty when there is none
  std::vector<Constraint> constraints;
  std::string text;  ///< as LuaRocks prints it: `name >= 1.0, < 2.0`
};

/// Errc::invalid_input with the part that cannot be read.
Result<Dependency> parse_dependency(std::string_view text);
Result<std::vector<Constraint>> parse_constraints(std::string_view text);
/// A dependency as LuaRocks prints it: `ns/name 1.0, < 2.0` (`==` is not written).
std::string dependency_text(const Dependency& dependency);
bool matches(const Version& version, const std::vector<Constraint>& constraints);

}  // namespace rockstage::rock
