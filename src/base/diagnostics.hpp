#pragma once
#include "base/result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace rockstage {

enum class Level { note, warning, error };

/// One thing to tell a person, with the place it is about.
struct Diagnostic {
  Level level = Level::note;
  std::string message;  ///< lower-case, without a period
  std::string hint;
  std::vector<std::string> context;
  std::string file;  ///< empty when it is about no file
  int line = 0;      ///< 1-based; 0 when unknown
};

/// Collects what is to be said. A listener hears each one at once, so that warnings come before a
/// long build and not after it; `items()` keeps all of them for `--json`.
class Diagnostics {
 public:
  using Listener = std::function<void(const Diagnostic&)>;

  Diagnostics() = default;

  explicit Diagnostics(Listener listener) : listener_(std::move(listener)) {}

  void add(Diagnostic item);
  void note(std::string message, std::string hint = {});
  void warning(std::string message, std::string hint = {});
  void error(std::string message, std::string hint = {});

  [[nodiscard]] const std::vector<Diagnostic>& items() const { return items_; }

 private:
  Listener listener_;
  std::vector<Diagnostic> items_;
};

/// An `Error` in the form in which it is shown.
Diagnostic to_diagnostic(const Error& error);

}  // namespace rockstage
