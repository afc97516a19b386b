#pragma once
#include "base/result.hpp"

#include <compare>
#include <string>
#include <string_view>

namespace rockstage {

/// A path below some root, in normal form: no leading slash, no empty, `.` or `..` component, no
/// NUL. What is held can never point outside the root by its text alone (links are the file
/// system's matter).
class RelPath {
 public:
  /// The root itself.
  RelPath() = default;

  /// Takes `a/b`, `./a//b/`; Errc::invalid_input for absolute names, any `..`, NUL bytes and names
  /// that leave the root.
  static Result<RelPath> parse(std::string_view text);

  [[nodiscard]] const std::string& str() const { return text_; }

  [[nodiscard]] bool empty() const { return text_.empty(); }

  [[nodiscard]] std::string_view file_name() const;
  [[nodiscard]] RelPath parent() const;              ///< the root's parent is the root
  [[nodiscard]] std::string_view extension() const;  ///< without the dot; empty when there is none
  [[nodiscard]] bool is_below(const RelPath& dir) const;  ///< true for `dir` itself
  [[nodiscard]] RelPath operator/(const RelPath& below) const;

  auto operator<=>(const RelPath&) const = default;

 private:
  std::string text_;
};

}  // namespace rockstage
