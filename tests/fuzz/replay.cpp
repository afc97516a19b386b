#include "fuzz.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

// Gives the files named on the command line (and those below the folders named) to the target, each
// once.

namespace {

std::vector<std::filesystem::path> inputs(int count, char** arguments) {
  namespace fs = std::filesystem;
  std::vector<fs::path> found;
  for (int i = 1; i < count; ++i) {
    if (!fs::is_directory(arguments[i])) {
      found.emplace_back(arguments[i]);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(arguments[i]))
      if (entry.is_regular_file()) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

void replay(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    std::exit(1);
  }
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  // An own block of exactly that size, so that a sanitizer sees a read one byte beyond it.
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
  std::printf("%s\n", path.filename().c_str());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
  const auto files = inputs(argc, argv);
  if (files.empty()) {
    std::fprintf(stderr, "no inputs\n");
    return 1;
  }
  for (const auto& file : files)
    replay(file);
  return 0;
}
