#include "base/json.hpp"
#include "elf/object.hpp"

#include <nlohmann/json.hpp>
#include <zlib.h>

#include <algorithm>
#include <tuple>

namespace rockstage::elf {
namespace {

constexpr std::size_t kMostJson = std::size_t{2} << 20;  // some 20,000 crates

/// nullopt for anything but one whole zlib stream.
std::optional<std::string> inflated(std::string_view compressed) {
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return std::nullopt;
  std::string bytes(compressed);
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int code = Z_OK;
  while (code == Z_OK && out.size() < kMostJson) {
    const auto before = out.size();
    out.resize(before + (std::size_t{64} << 10));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(out.size() - before);
    code = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (stream.avail_in == 0 && stream.avail_out > 0 && code == Z_OK) break;
  }
  inflateEnd(&stream);
  if (code != Z_STREAM_END) return std::nullopt;
  return out;
}

std::string text_of(const nlohmann::json& record, const char* key) {
  const auto found = record.find(key);
  return found != record.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

void read_crates(Object& object, std::string_view compressed) {
  const auto text = inflated(compressed);
  const auto document =
      text ? parse_json(*text, 16) : Result<nlohmann::json>(fail(Errc::invalid_input, {}));
  if (!document || !document->is_object() || !document->contains("packages")
      || !(*document)["packages"].is_array()) {
    object.damage("the list of crates (.dep-v0) cannot be read");
    return;
  }
  auto& crates = object.facts.crates;
  for (const auto& package : (*document)["packages"])
    if (package.is_object())
      crates.push_back(
          {text_of(package, "name"), text_of(package, "version"), text_of(package, "source")});
  std::ranges::sort(
      crates, {}, [](const Crate& crate) { return std::tie(crate.name, crate.version); });
}

}  // namespace rockstage::elf
