#pragma once
#include "base/result.hpp"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace rockstage::emit {

/// A file of `templates/`: mustache text (mustache(5): variables, sections, inverted sections,
/// comments; no partials, no lambdas, no HTML escaping).
struct TemplateFile {
  std::string name;  ///< "Dockerfile.mustache"
  std::string path;  ///< for messages; "templates/…" of those built in
  std::string text;
};

/// The templates built in, sorted by name.
const std::vector<TemplateFile>& builtin_templates();

/// Templates by name, a person's own before those built in.
class Templates {
 public:
  /// Only those built in.
  Templates();

  /// With files of `--templates DIR`. Errc::usage with the nearest name for a file that is no
  /// template's; Errc::invalid_input with `file:line` for one that cannot be parsed.
  static Result<Templates> with(std::vector<TemplateFile> own);

  /// The template filled in. Errc::invalid_input with `file:line` and the nearest name where it
  /// uses a variable that `data` does not have there.
  [[nodiscard]] Result<std::string> render(std::string_view name, const nlohmann::json& data) const;

 private:
  std::map<std::string, TemplateFile, std::less<>> files_;
};

}  // namespace rockstage::emit
