#include "base/diagnostics.hpp"

namespace rockstage {

void Diagnostics::add(Diagnostic item) {
  if (listener_) listener_(item);
  items_.push_back(std::move(item));
}

void Diagnostics::note(std::string message, std::string hint) {
  add({Level::note, std::move(message), std::move(hint), {}, {}, 0});
}

void Diagnostics::warning(std::string message, std::string hint) {
  add({Level::warning, std::move(message), std::move(hint), {}, {}, 0});
}

void Diagnostics::error(std::string message, std::string hint) {
  add({Level::error, std::move(message), std::move(hint), {}, {}, 0});
}

Diagnostic to_diagnostic(const Error& error) {
  return {Level::error, error.message, error.hint, error.context, {}, 0};
}

}  // namespace rockstage
