#include "emit/image.hpp"

#include "base/text.hpp"
#include "emit/dockerfile.hpp"
#include "emit/stages.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::emit {
namespace {

constexpr std::string_view kTemplate = "Dockerfile.mustache";
constexpr std::string_view kOurs = "Written by rockstage";

/// One line for a comment.
std::string in_comment(std::string_view text) {
  return text::replace_all(text::escape_for_terminal(text), "\n", " ");
}

/// The instructions without the newline at their end, which is the template's.
Result<std::string> lines_of(const std::vector<Instruction>& instructions, Style style) {
  RS_TRY_ASSIGN(auto text, print(instructions, style));
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

/// What both forms of the Dockerfile say.
Result<nlohmann::json> common(const Image& image) {
  const auto& request = *image.request;
  std::vector<std::string> rocks;
  std::vector<std::string> without_lock;
  for (const auto& rock : request.rocks) {
    rocks.push_back(in_comment(rock.name + ' ' + rock.version));
    const bool uses_cargo =
        !rock.plan.variants.empty() && !rock.plan.variants.front().compiles.empty();
    if (uses_cargo && !rock.has_lock_file) without_lock.push_back(in_comment(rock.name));
  }
  RS_TRY_ASSIGN(const auto stage, builder_stage(image));
  RS_TRY_ASSIGN(auto builder, lines_of(stage, request.style));
  RS_TRY_ASSIGN(auto rock, lines_of(rock_stage(), request.style));
  return nlohmann::json{{"version", in_comment(request.tool_version)},
                        {"runtime", in_comment(request.profile->name)},
                        {"rocks", text::join(rocks, ", ")},
                        {"context", in_comment(text::shell_quote(request.context))},
                        {"destination", in_comment(image.place.name)},
                        {"builder_reason", in_comment(image.builder_reason)},
                        {"without_lock", text::join(without_lock, ", ")},
                        {"is_cross", is_cross(image)},
                        {"platforms", in_comment(text::join(request.platforms, ","))},
                        {"builder", std::move(builder)},
                        {"rock", std::move(rock)}};
}

/// Instructions as comment lines.
Result<std::string> commented(const std::vector<Instruction>& instructions, Style style) {
  RS_TRY_ASSIGN(const auto text, lines_of(instructions, style));
  return "#   " + text::replace_all(text, "\n", "\n#   ");
}

}  // namespace

Result<std::string> dockerfile(const Image& image, const Templates& templates) {
  const auto style = image.request->style;
  RS_TRY_ASSIGN(auto data, common(image));
  const bool has_smoke = !image.interpreter.empty();
  std::string smoke;
  if (has_smoke) {
    RS_TRY_ASSIGN(const auto code, smoke_code(image, templates));
    RS_TRY_ASSIGN(smoke, lines_of(smoke_stage(image, code), style));
  }
  RS_TRY_ASSIGN(data["base"], lines_of({Arg{"BASE", image.base}}, style));
  RS_TRY_ASSIGN(data["runtime_stage"],
                lines_of(runtime_stage(image, has_smoke ? "smoke" : "rock"), style));
  data["smoke"] = smoke;
  data["is_whole"] = true;
  data["copies"] = "";
  return templates.render(kTemplate, data);
}

Result<std::string> dockerfile_of_rock(const Image& image, const Templates& templates) {
  RS_TRY_ASSIGN(auto data, common(image));
  RS_TRY_ASSIGN(data["copies"], commented(runtime_copies(image, "rock"), image.request->style));
  data["is_whole"] = false;
  data["base"] = data["smoke"] = data["runtime_stage"] = "";
  return templates.render(kTemplate, data);
}

Result<std::vector<OutputFile>> image_files(const ImageRequest& request,
                                            const Templates& templates,
                                            Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto image, decide(request, diagnostics));
  std::vector<OutputFile> files;
  const auto add = [&files](const char* name, Result<std::string> text) -> Result<void> {
    if (!text) return tl::unexpected<Error>(std::move(text).error());
    files.push_back({name, *std::move(text)});
    return {};
  };
  RS_TRY(add("Dockerfile.dockerignore", dockerignore(image)));
  if (request.only_rock) {
    RS_TRY(add("Dockerfile", dockerfile_of_rock(image, templates)));
  } else {
    RS_TRY(add("Dockerfile", dockerfile(image, templates)));
    RS_TRY(add("docker-bake.json", bake(image)));
    RS_TRY(add("smoke.lua", smoke_script(image, templates)));
    if (!image.interpreter.empty()) RS_TRY(add("smoke.cst.yaml", smoke_cst(image, templates)));
    RS_TRY(add("files.cst.yaml", files_cst(image, templates)));
    RS_TRY_ASSIGN(auto more, snippets(image, templates));
    std::ranges::move(more, std::back_inserter(files));
  }
  std::ranges::sort(files, {}, &OutputFile::name);
  return files;
}

bool is_ours(std::string_view name, std::string_view text) {
  // JSON has no comments: the key `//` stands for one, and sorts first.
  constexpr std::size_t kBeginning = 200;
  if (name.ends_with(".json")) return text.substr(0, kBeginning).find(kOurs) != text.npos;
  const auto line = text.substr(0, text.find('\n'));
  return line.starts_with(fmt::format("# {}", kOurs))
         || line.starts_with(fmt::format("-- {}", kOurs));
}

}  // namespace rockstage::emit
