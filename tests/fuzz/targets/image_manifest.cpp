#include "base/rel_path.hpp"
#include "fuzz.hpp"
#include "image/plan.hpp"

#include <string>

using namespace rockstage;
using rockstage::fuzz::promise;

namespace {

/// The first line is the index or manifest; what follows is every blob.
class TwoDocuments final : public image::Documents {
 public:
  TwoDocuments(std::string_view first, std::string_view rest) : first_(first), rest_(rest) {}

  Result<std::string> text(const std::string& place) override {
    promise(RelPath::parse(place).has_value(), "a place is inside");
    return std::string(place == "index.json" || place == "manifest.json" ? first_ : rest_);
  }

 private:
  std::string_view first_, rest_;
};

}  // namespace

// Whatever an index, manifest and configuration say, reading them ends, with places that are
// inside.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto rest = fuzz::text(data, size);
  const auto first = fuzz::next_line(rest);
  TwoDocuments documents(first, rest);
  const tree::Limits limits;
  for (auto plan : {image::plan_oci(documents, limits), image::plan_docker(documents, limits)}) {
    if (!plan) continue;
    for (const auto& found : plan->images)
      promise(found.layers.size() <= limits.layers, "no more layers than the limit");
    if (image::select_platform(*plan, "linux/arm64"))
      promise(plan->images.size() == 1, "one image for one platform");
  }
  return 0;
}
