#include "tree/entry.hpp"

namespace rockstage::tree {

TextId TextTable::add(std::string_view text) {
  const std::scoped_lock lock(mutex_);
  text = text.substr(0, text.find('\0'));
  if (text.size() + 1 > kNoText - texts_.size()) return kNoText;
  const auto id = static_cast<TextId>(texts_.size());
  texts_.append(text);
  texts_.push_back('\0');
  return id;
}

std::string_view TextTable::text(TextId id) const {
  if (id >= texts_.size()) return {};
  return texts_.c_str() + id;
}

}  // namespace rockstage::tree
