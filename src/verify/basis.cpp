#include "verify/target.hpp"

namespace rockstage::verify {

const char* to_string(Basis basis) {
  switch (basis) {
    case Basis::image:
      return "image";
    case Basis::against:
      return "against";
    case Basis::profile:
      return "profile";
    case Basis::assumed:
      return "assumed";
  }
  return "assumed";
}

}  // namespace rockstage::verify
