#pragma once
#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace rockstage::report {

/// A file that `dockerfile` writes, or would write.
struct ImageFile {
  std::string path;  ///< as it is told: below --output, or the bare name
  std::string text;
  bool changed = true;  ///< it is not on disk like this
};

enum class FilesWere { written, compared };

/// `data` of `dockerfile`.
nlohmann::json image_files_data(const std::string& runtime, const std::vector<ImageFile>& files);

/// One line for each file.
std::string image_files_text(const std::vector<ImageFile>& files, FilesWere were);

}  // namespace rockstage::report
