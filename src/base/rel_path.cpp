#include "base/rel_path.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage {

Result<RelPath> RelPath::parse(std::string_view text) {
  const auto refuse = [text](const char* why) {
    return fail(Errc::invalid_input, fmt::format("the path '{}' {}", text, why));
  };
  if (text.find('\0') != std::string_view::npos) return refuse("holds a NUL byte");
  if (text.starts_with('/')) return refuse("is absolute");
  RelPath out;
  while (!text.empty()) {
    const auto component = text.substr(0, text.find('/'));
    text.remove_prefix(std::min(text.size(), component.size() + 1));
    if (component.empty() || component == ".") continue;
    if (component == "..") return refuse("has a '..' in it");
    if (!out.text_.empty()) out.text_ += '/';
    out.text_ += component;
  }
  return out;
}

std::string_view RelPath::file_name() const {
  const std::string_view text = text_;
  return text.substr(text.rfind('/') + 1);  // npos + 1 is 0
}

RelPath RelPath::parent() const {
  RelPath out;
  if (const auto slash = text_.rfind('/'); slash != std::string::npos)
    out.text_ = text_.substr(0, slash);
  return out;
}

std::string_view RelPath::extension() const {
  const auto name = file_name();
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot + 1);
}

bool RelPath::is_below(const RelPath& dir) const {
  if (dir.empty() || text_ == dir.text_) return true;
  return text_.size() > dir.text_.size() && text_.starts_with(dir.text_)
         && text_[dir.text_.size()] == '/';
}

RelPath RelPath::operator/(const RelPath& below) const {
  RelPath out = *this;
  if (!out.text_.empty() && !below.text_.empty()) out.text_ += '/';
  out.text_ += below.text_;
  return out;
}

}  // namespace rockstage
