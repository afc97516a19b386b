#pragma once
#include "base/result.hpp"

#include <string>
#include <utility>

namespace rockstage::sys {

/// A directory of its own, mode 0700, removed with all that is in it when the object goes.
class TempDir {
 public:
  /// `parent`/`prefix`XXXXXX.
  static Result<TempDir> make(const std::string& parent, const std::string& prefix);

  TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}

  TempDir& operator=(TempDir&& other) noexcept;
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();

  [[nodiscard]] const std::string& path() const { return path_; }

  /// The directory stays; the caller answers for it.
  std::string release() { return std::exchange(path_, {}); }

 private:
  explicit TempDir(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace rockstage::sys
