#pragma once
#include "base/result.hpp"

#include <string>

namespace rockstage::sys {

/// The process works in another directory for as long as the object lives (`-C DIR`).
class WorkingDirectory {
 public:
  WorkingDirectory() = default;
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;
  ~WorkingDirectory();

  /// Errc::not_found, Errc::io; called at most once.
  Result<void> change(const std::string& directory);

 private:
  std::string before_;
};

}  // namespace rockstage::sys
