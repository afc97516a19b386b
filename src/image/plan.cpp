#include "image/plan.hpp"

#include "base/rules.hpp"
#include "base/text.hpp"
#include "image/json_fields.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::image {
namespace {

/// How well a platform answers the one that is wanted; 0 for not at all.
int rank(const PlatformName& have, const PlatformName& want) {
  if (have.os != want.os || have.architecture != want.architecture) return 0;
  if (have.architecture == "arm64") {
    const auto variant = [](const std::string& text) { return text.empty() ? "v8" : text; };
    return variant(have.variant) == variant(want.variant) ? 2 : 0;
  }
  if (have.architecture == "arm") {
    // A newer machine runs what is for an older one.
    const auto number = [](const std::string& text) {
      return text.size() == 2 && text[0] == 'v' && text[1] >= '5' && text[1] <= '8' ? text[1] - '0'
                                                                                    : 7;
    };
    const int wanted = number(want.variant), there = number(have.variant);
    return there > wanted ? 0 : 10 - (wanted - there);
  }
  if (have.variant == want.variant) return 2;
  return want.variant.empty() || have.variant.empty() ? 1 : 0;
}

std::string listed(const Plan& plan) {
  std::vector<std::string> names;
  for (const auto& image : plan.images)
    names.push_back(image.platform.text());
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  names.resize(std::min<std::size_t>(names.size(), 20));
  return text::escape_for_terminal(text::join(names, ", "));
}

tl::unexpected<Error> not_there(const PlatformName& name) {
  return fail(Errc::invalid_input,
              fmt::format("the image for {} is named, but not in it",
                          text::escape_for_terminal(name.text())),
              fmt::format("docker pull --platform {} REF, and save it again",
                          text::escape_for_terminal(name.text())));
}

void set_history(const nlohmann::json& config, tree::ImageConfig& into, ImagePlan& image) {
  std::size_t layer = 0;
  for (const auto& step : array_at(config, "history")) {
    auto created_by = text_at(step, "created_by");
    if (!flag_at(step, "empty_layer") && layer < image.layers.size())
      image.layers[layer++].created_by = created_by;
    into.history.push_back(std::move(created_by));
  }
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

}  // namespace

std::string PlatformName::text() const {
  if (os.empty() && architecture.empty()) return {};
  auto name = os + "/" + architecture;
  return variant.empty() ? name : name + "/" + variant;
}

bool is_digest(std::string_view text) {
  if (text.starts_with("sha256:")) return text.size() == 7 + 64 && is_hex(text.substr(7));
  if (text.starts_with("sha512:")) return text.size() == 7 + 128 && is_hex(text.substr(7));
  return false;
}

std::string blob_place(const std::string& digest) {
  return fmt::format("blobs/{}/{}", digest.substr(0, 6), digest.substr(7));
}

digest::Algorithm algorithm_of(std::string_view digest_or_place) {
  return digest_or_place.starts_with("sha512:") || digest_or_place.starts_with("blobs/sha512/")
             ? digest::Algorithm::sha512
             : digest::Algorithm::sha256;
}

bool has_digest(std::string_view text, const std::string& digest) {
  return digest::hex(algorithm_of(digest), text) == std::string_view(digest).substr(7);
}

Finding wrong_digest(std::string message, Evidence evidence) {
  return {.rule = rules::image_digest,
          .severity = Severity::error,
          .path = {},
          .message = std::move(message),
          .evidence = std::move(evidence),
          .fix = "save or copy the image again from where it was built"};
}

Result<void> select_platform(Plan& plan, const std::string& wanted) {
  if (plan.images.empty() && !plan.absent.empty()) return not_there(plan.absent.front());
  if (plan.images.empty())
    return fail(Errc::invalid_input,
                "there is no image in it",
                "docker save REF -o FILE and skopeo copy write one");
  if (wanted.empty()) return {};
  const auto parts = text::split(wanted, '/');
  if (parts.size() < 2 || parts.size() > 3)
    return fail(Errc::usage,
                fmt::format("'{}' is no platform", text::escape_for_terminal(wanted)),
                "OS/ARCH or OS/ARCH/VARIANT, such as linux/arm64");
  const PlatformName want{parts[0], parts[1], parts.size() == 3 ? parts[2] : std::string()};
  const auto best = std::max_element(
      plan.images.begin(), plan.images.end(), [&want](const auto& a, const auto& b) {
        return rank(a.platform, want) < rank(b.platform, want);
      });
  if (rank(best->platform, want) == 0) {
    for (const auto& absent : plan.absent)
      if (rank(absent, want) > 0) return not_there(absent);
    return fail(Errc::invalid_input,
                fmt::format("there is no image for {} in it", text::escape_for_terminal(wanted)),
                "it has " + listed(plan));
  }
  auto only = std::move(*best);
  plan.images.clear();
  plan.images.push_back(std::move(only));
  plan.absent.clear();
  return {};
}

void apply_config(const nlohmann::json& config, ImagePlan& image) {
  const PlatformName own{
      text_at(config, "os"), text_at(config, "architecture"), text_at(config, "variant")};
  if (!own.os.empty() && !own.architecture.empty()) image.platform = own;
  const auto& settings = object_at(config, "config");
  tree::ImageConfig out;
  out.user = text_at(settings, "User");
  out.env = texts_at(settings, "Env");
  out.entrypoint = texts_at(settings, "Entrypoint");
  out.cmd = texts_at(settings, "Cmd");
  out.working_dir = text_at(settings, "WorkingDir");
  out.stop_signal = text_at(settings, "StopSignal");
  for (const auto& [key, value] : object_at(settings, "Labels").items())
    if (value.is_string()) out.labels.emplace_back(key, value.get<std::string>());
  std::sort(out.labels.begin(), out.labels.end());
  set_history(config, out, image);
  image.config = std::move(out);
  const auto diff_ids = texts_at(object_at(config, "rootfs"), "diff_ids");
  if (diff_ids.size() != image.layers.size())
    image.anomalies.push_back(
        wrong_digest(fmt::format("the configuration lists {} layers, the manifest {}",
                                 diff_ids.size(),
                                 image.layers.size())));
  for (std::size_t i = 0; i < std::min(diff_ids.size(), image.layers.size()); ++i)
    image.layers[i].diff_id = diff_ids[i];
}

}  // namespace rockstage::image
