#include "tree/view.hpp"

namespace rockstage::tree {

Origin View::at(PathId path) const {
  return path < by_path_.size() ? by_path_[path] : Origin{};
}

}  // namespace rockstage::tree
