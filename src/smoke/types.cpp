#include "smoke/types.hpp"

namespace rockstage::smoke {

const char* to_string(Status status) {
  switch (status) {
    case Status::ok:
      return "ok";
    case Status::failed:
      return "failed";
    case Status::crashed:
      return "crashed";
    case Status::skipped:
      return "skipped";
  }
  return "";
}

}  // namespace rockstage::smoke
