#include "base/text.hpp"
#include "emit/staged.hpp"
#include "emit/stages.hpp"
#include "runtime/profiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

// Labels: github.com/opencontainers/image-spec, annotations.md.
namespace rockstage::emit {
namespace {

constexpr const char* kSmoke = "smoke";

bool is_revision(std::string_view text) {
  return (text.size() == 7 || text.size() == 40)
         && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_url(std::string_view text) {
  return text.starts_with("https://") || text.starts_with("http://");
}

/// What all rocks have in common to say, without repetition.
std::string joined(const std::vector<ImageRock>& rocks,
                   std::string ImageRock::*field,
                   std::string_view separator) {
  std::vector<std::string> out;
  for (const auto& rock : rocks)
    if (!(rock.*field).empty() && std::ranges::find(out, rock.*field) == out.end())
      out.push_back(rock.*field);
  return text::join(out, separator);
}

/// The licences of all rocks as one expression; empty when one is not known.
std::string licences(const std::vector<ImageRock>& rocks) {
  std::vector<std::string> out;
  for (const auto& rock : rocks) {
    if (!is_licence_expression(rock.license)) return {};
    if (std::ranges::find(out, rock.license) == out.end()) out.push_back(rock.license);
  }
  if (out.size() == 1) return out.front();
  for (auto& licence : out)
    if (licence.find(' ') != std::string::npos) licence = '(' + licence + ')';
  return text::join(out, " AND ");
}

/// What can be said of one rock only.
void add_origin(const ImageRock& rock, std::map<std::string, std::string>& labels) {
  const std::string prefix = "org.opencontainers.image.";
  labels[prefix + "version"] = rock.version;
  if (is_url(rock.git_url))
    labels[prefix + "source"] = rock.git_url;
  else if (is_url(rock.homepage))
    labels[prefix + "url"] = rock.homepage;
  const auto& revision = rock.git_commit.empty() ? rock.revision : rock.git_commit;
  if (is_revision(revision)) labels[prefix + "revision"] = revision;
}

void add_base(const Image& image, std::map<std::string, std::string>& labels) {
  const auto at = image.base.find('@');
  labels["org.opencontainers.image.base.name"] = image.base.substr(0, at);
  if (at != std::string::npos)
    labels["org.opencontainers.image.base.digest"] = image.base.substr(at + 1);
}

/// Whether files will lie below `share/lua` or `lib/lua`; a rock's own commands fill both.
bool fills(const Image& image, std::string_view top) {
  const auto by_commands = std::ranges::any_of(image.request->rocks, installs_by_commands);
  return by_commands || std::ranges::any_of(image.staged, [top](const std::string& file) {
           return file.starts_with(top);
         });
}

}  // namespace

bool is_licence_expression(std::string_view text) {
  std::string spaced;
  for (const char c : text)
    spaced += c == '(' || c == ')' ? fmt::format(" {} ", c) : std::string(1, c);
  static const std::set<std::string> kJoins = {"AND", "OR", "WITH"};
  bool wants_name = true;
  int depth = 0;
  for (const auto& word : text::split(spaced, ' ')) {
    if (word.empty()) continue;
    const bool opens = word == "(";
    const bool is_join = kJoins.contains(word);
    const bool takes_name = opens || (word != ")" && !is_join);
    if (takes_name != wants_name) return false;
    if (opens) ++depth;
    if (word == ")" && --depth < 0) return false;
    if (is_join) wants_name = true;
    if (!takes_name || opens) continue;
    const auto odd = word.find_first_not_of(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+:");
    if (odd != std::string::npos) return false;
    wants_name = false;
  }
  return !wants_name && depth == 0;
}

std::vector<std::pair<std::string, std::string>> image_labels(const Image& image) {
  const auto& rocks = image.request->rocks;
  const std::string prefix = "org.opencontainers.image.";
  std::map<std::string, std::string> labels;
  labels[prefix + "title"] = joined(rocks, &ImageRock::name, ", ");
  labels[prefix + "description"] = joined(rocks, &ImageRock::summary, "; ");
  labels[prefix + "licenses"] = licences(rocks);
  if (rocks.size() == 1) add_origin(rocks.front(), labels);
  add_base(image, labels);
  std::vector<std::string> names;
  for (const auto& rock : rocks)
    names.push_back(rock.name + '@' + rock.version);
  labels["io.rockstage.rocks"] = text::join(names, " ");
  names.clear();
  for (const auto& module : image.modules)
    if (module.kind != ImageModule::Kind::ffi_library) names.push_back(module.name);
  labels["io.rockstage.modules"] = text::join(names, " ");
  labels["io.rockstage.runtime"] = image.request->profile->name;
  for (auto& [key, value] : labels)
    std::ranges::replace(value, '\n', ' ');  // a summary of several lines
  for (const auto& [key, value] : image.request->labels)
    labels[key] = value;
  std::erase_if(labels, [](const auto& label) { return label.second.empty(); });
  return {labels.begin(), labels.end()};
}

std::vector<Instruction> rock_stage() {
  Copy copy;
  copy.from = "builder";
  copy.sources = {"/rock/"};
  copy.to = "/";
  return {From{literal("scratch"), "rock", ""}, copy};
}

std::vector<Instruction> smoke_stage(const Image& image, const std::string& code) {
  Copy copy;
  copy.from = "rock";
  copy.sources = {"/"};
  copy.to = "/rock/";
  Run run;
  run.exec = {image.interpreter, "-e", code};
  return {From{expansion("${BASE}"), kSmoke, ""}, copy, run};
}

std::vector<Instruction> runtime_copies(const Image& image, const std::string& from) {
  const auto& platform = image.request->platforms.front();
  std::vector<Instruction> out;
  const auto add = [&](const std::string& top, const std::string& place) {
    if (place.empty() || !fills(image, top)) return;
    const auto below = fmt::format("{}/{}/", top, image.version_directory);
    Copy copy;
    copy.from = from;
    copy.sources = {(from == kSmoke ? "/rock/" : "/") + below};
    copy.to = text::replace_all(place, "{triplet}", runtime::triplet(platform)) + '/';
    if (image.place.chown != "0:0") copy.chown = image.place.chown;
    // A layer of its own would give the destination's folders to root.
    copy.link = copy.chown.empty();
    out.emplace_back(std::move(copy));
  };
  add("share/lua", image.place.lua);
  add("lib/lua", image.place.so);
  return out;
}

std::vector<Instruction> runtime_stage(const Image& image, const std::string& from) {
  std::vector<Instruction> out = {From{expansion("${BASE}"), "runtime", ""}};
  for (auto& copy : runtime_copies(image, from))
    out.push_back(std::move(copy));
  Label label;
  for (const auto& [key, value] : image_labels(image))
    label.values.emplace_back(key, literal(value));
  out.emplace_back(std::move(label));
  return out;
}

}  // namespace rockstage::emit
