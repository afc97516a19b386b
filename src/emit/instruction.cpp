#include "emit/instruction.hpp"

namespace rockstage::emit {

Text literal(std::string value) {
  return {std::move(value), Text::Kind::literal};
}

Text expansion(std::string value) {
  return {std::move(value), Text::Kind::expansion};
}

}  // namespace rockstage::emit
