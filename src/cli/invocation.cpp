#include "cli/types.hpp"

namespace rockstage::cli {

std::string Invocation::single(const std::string& option) const {
  const auto& all = list(option);
  return all.empty() ? std::string() : all.back();
}

const std::vector<std::string>& Invocation::list(const std::string& option) const {
  static const std::vector<std::string> kNone;
  const auto found = values.find(option);
  return found == values.end() ? kNone : found->second.values;
}

bool Invocation::flag(const std::string& option) const {
  return single(option) == "true";
}

}  // namespace rockstage::cli
