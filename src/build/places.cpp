#include "build/places.hpp"

#include "base/text.hpp"

namespace rockstage::build {

std::string fill(const Places& places, const std::string& text) {
  std::string out = text::replace_all(text, "{work}", places.work);
  out = text::replace_all(std::move(out), "{rock}", places.rock);
  return text::replace_all(std::move(out), "{objects}", places.objects);
}

bool is_below(const std::string& path, const std::string& directory) {
  return path == directory || path.starts_with(directory == "/" ? directory : directory + "/");
}

}  // namespace rockstage::build
