#pragma once
#include "emit/image.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

// The steps of one rock's plan as shell commands and variables of the plain builder.
namespace rockstage::emit {

/// A rock in the builder stage.
struct BuilderRock {
  const Image& image;
  const ImageRock& rock;
  std::string work;  ///< its directory: "/src", "/src/rocks/textkit"

  [[nodiscard]] const plan::Variant& variant() const { return rock.plan.variants.front(); }

  /// Whether cargo runs, by our lines or by the rock's own commands.
  [[nodiscard]] bool uses_cargo() const;
  /// Paths below the plan's sources, and its placeholders, as they are in the builder.
  [[nodiscard]] std::string here(std::string text) const;
};

/// Where the rocks lie in the builder, in the request's order.
std::vector<BuilderRock> builder_rocks(const Image& image);

/// The name of cargo's environment variable for a target: CARGO_TARGET_X86_64_…_`suffix`.
std::string cargo_variable(const std::string& target, const std::string& suffix);

/// Variables that hold while the rock is built. Errc::invalid_input for a compiler flag with a
/// blank, which cargo's variables cannot carry.
Result<std::map<std::string, std::string>> build_variables(const BuilderRock& rock);

/// Compiles the rock and installs its modules below /rock.
std::vector<ShellCommand> build_commands(const BuilderRock& rock);

}  // namespace rockstage::emit
