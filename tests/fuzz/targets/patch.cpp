#include "build/patch.hpp"

#include "fuzz.hpp"
#include "scratch_file.hpp"

#include <filesystem>

namespace fs = std::filesystem;

// A diff touches nothing outside the directory that it is applied to.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const rockstage::fuzz::ScratchFile beside("beside.txt");
  const fs::path path = beside.holding("one\ntwo\nthree\n");
  const auto rock = path.parent_path() / "rock";
  std::error_code ignored;
  fs::remove_all(rock, ignored);
  fs::create_directories(rock / "sub");
  fs::copy_file(path, rock / "old.txt");
  fs::copy_file(path, rock / "sub/old.txt");

  static_cast<void>(
      rockstage::build::apply_patch("input", rockstage::fuzz::text(data, size), rock.string()));

  const auto entries =
      std::distance(fs::directory_iterator(path.parent_path()), fs::directory_iterator());
  rockstage::fuzz::promise(entries == 2 && fs::file_size(path) == 14,
                           "nothing beside the directory changes");
  return 0;
}
