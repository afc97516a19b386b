#pragma once
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace rockstage::fuzz {

/// A file of its own for each process, for readers that take a path. It goes with the process.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& name)
      : directory_(std::filesystem::temp_directory_path()
                   / ("rockstage-fuzz-" + std::to_string(getpid()))),
        path_(directory_ / name) {
    std::filesystem::create_directories(directory_);
  }

  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  /// The path, with `text` in the file.
  std::string holding(std::string_view text) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc)
        .write(text.data(), static_cast<std::streamsize>(text.size()));
    return path_.string();
  }

 private:
  std::filesystem::path directory_, path_;
};

}  // namespace rockstage::fuzz
