#include "base/text.hpp"
#include "emit/image.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

// The format: docs.docker.com/build/bake/reference; JSON is read as HCL's, in which a key `//` is a
// comment. buildx takes `context` and `cwd://` from the working directory, and a plain `dockerfile`
// from the context.
namespace rockstage::emit {

namespace {

/// A text that HCL gives back as it is.
std::string hcl(const std::string& text) {
  return text::replace_all(text::replace_all(text, "${", "$${"), "%{", "%%{");
}

/// "linux/amd64" → "linux-amd64", for names of targets and tags.
std::string dashed(std::string platform) {
  std::ranges::replace_if(
      platform,
      [](char c) {
        const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !is_letter && !(c >= '0' && c <= '9') && c != '_';
      },
      '-');
  return platform;
}

/// "host:5000/gateway" with "linux-amd64" → "host:5000/gateway:linux-amd64".
std::string tag_of_platform(const std::string& tag, const std::string& platform) {
  const std::size_t slash = tag.rfind('/');
  const std::size_t colon = tag.find(':', slash == std::string::npos ? 0 : slash);
  return tag + (colon == std::string::npos ? ':' : '-') + platform;
}

/// A list that holds `value` when the variable is set, and nothing else.
std::string when_set(std::string_view variable, const std::vector<std::string>& values) {
  std::vector<std::string> items;
  for (const std::string& value : values)
    items.push_back(fmt::format(R"({} != "" ? "{}" : "")", variable, value));
  return fmt::format("${{compact([{}])}}", text::join(items, ", "));
}

/// What all targets have in common.
nlohmann::json common(const ImageRequest& request) {
  nlohmann::json target = {
      {"context", hcl(request.context)},
      {"dockerfile", request.context == "." ? "Dockerfile" : "cwd://Dockerfile"},
      {"cache-from", when_set("CACHE", {"type=registry,ref=${CACHE}"})}};
  target["secret"] = fmt::format(
      R"(${{compact([CA != "" ? "id=ca,src=${{CA}}" : "", {} != "" ? "id=cargo-credentials,src=${{{}}}" : ""])}})",
      "CARGO_CREDENTIALS",
      "CARGO_CREDENTIALS");
  return target;
}

/// A target that makes the image, for all platforms or (with its dashed name) for one.
nlohmann::json image_target(const ImageRequest& request,
                            const std::vector<std::string>& platforms,
                            const std::string& name) {
  auto tags = nlohmann::json::array();
  for (const std::string& tag : request.tags)
    tags.push_back(hcl(name.empty() ? tag : tag_of_platform(tag, name)));
  const std::string reference = name.empty() ? "${CACHE}" : "${CACHE}-" + name;
  nlohmann::json target = {
      {"inherits", {"_common"}},
      {"platforms", platforms},
      {"attest", when_set("ATTEST", {"type=provenance,mode=max", "type=sbom"})},
      {"cache-to", when_set("CACHE", {"type=registry,mode=max,ref=" + reference})}};
  if (!tags.empty()) target["tags"] = tags;
  // The cache of one platform is written under a name of its own, or one would replace the other.
  if (!name.empty()) target["cache-from"] = when_set("CACHE", {"type=registry,ref=" + reference});
  return target;
}

nlohmann::json rock_target(const std::vector<std::string>& platforms, const std::string& place) {
  return {{"inherits", {"_common"}},
          {"target", "rock"},
          {"platforms", platforms},
          {"output", {"type=local,dest=" + place}}};
}

nlohmann::json comment(const ImageRequest& request) {
  nlohmann::json lines = {
      "Written by rockstage. Run it in this directory: docker buildx bake",
      "Targets: image, the gateway with the rock; rock, the staged tree alone, into ./rock",
      "Variables: CACHE, a registry reference that keeps the build cache; ATTEST=1, provenance and "
      "a bill of materials (needs a builder of its own, not the driver docker); CA and "
      "CARGO_CREDENTIALS, files that go in as secrets"};
  if (request.context.starts_with(".."))
    lines.push_back(
        "The build context lies above this directory, and buildx asks whether it may "
        "read it: --allow=fs.read="
        + request.context);
  return lines;
}

}  // namespace

Result<std::string> bake(const Image& image) {
  const ImageRequest& request = *image.request;
  nlohmann::json file = {{"//", comment(request)}};
  for (const char* name : {"ATTEST", "CA", "CACHE", "CARGO_CREDENTIALS"})
    file["variable"][name]["default"] = "";
  auto& targets = file["target"];
  targets["_common"] = common(request);
  targets["image"] = image_target(request, request.platforms, "");
  targets["rock"] = rock_target(request.platforms, "rock");
  file["group"]["default"]["targets"] = {"image"};
  if (request.platforms.size() > 1) {
    for (const std::string& platform : request.platforms) {
      const std::string name = dashed(platform);
      targets["image-" + name] = image_target(request, {platform}, name);
      targets["rock-" + name] = rock_target({platform}, "rock-" + name);
      file["group"][name]["targets"] = {"image-" + name, "rock-" + name};
    }
  }
  for (const auto* texts : {&request.tags, &request.platforms})
    for (const std::string& text : *texts)
      if (!text::is_valid_utf8(text))
        return fail(Errc::invalid_input,
                    fmt::format("'{}' is no UTF-8, and JSON takes nothing else",
                                text::escape_for_terminal(text)),
                    "write it in ASCII");
  if (!text::is_valid_utf8(request.context))
    return fail(Errc::invalid_input,
                fmt::format("the path '{}' is no UTF-8, and JSON takes nothing else",
                            text::escape_for_terminal(request.context)),
                "rename the directory");
  return file.dump(2) + '\n';
}

}  // namespace rockstage::emit
