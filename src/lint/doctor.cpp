#include "lint/doctor.hpp"

#include "base/text.hpp"
#include "lint/doctor_probe.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::lint {

Result<Answer> Prober::ask(const std::vector<std::string>& argv) const {
  Answer answer;
  answer.path = sys::find_program(argv.front(), io_.environment);
  if (answer.path.empty()) return answer;
  sys::Command command;
  command.argv = argv;
  command.argv.front() = answer.path;
  command.env = io_.environment;
  command.env.set("LC_ALL", "C");
  // A question must not fetch a toolchain.
  command.env.set("RUSTUP_AUTO_INSTALL", "0");
  command.timeout_seconds = request_.timeout_seconds;
  const auto result = io_.processes.run(command);
  if (!result) {
    if (result.error().code == Errc::interrupted) return tl::unexpected<Error>(result.error());
    answer.problem = result.error().message;
    return answer;
  }
  answer.text = text::trim(result->out).empty() ? result->err : result->out;
  answer.ok = result->status.ok() && !result->timed_out;
  if (result->timed_out)
    answer.problem = fmt::format("it gives no answer within {} s", request_.timeout_seconds);
  else if (!answer.ok)
    answer.problem = fmt::format("it fails ({}): {}",
                                 to_string(result->status),
                                 first_line(result->err.empty() ? result->out : result->err));
  return answer;
}

namespace {

/// Without what stands in parentheses: "cc (Debian 12.2.0-14) 12.2.0".
std::string without_asides(const std::string& text) {
  std::string out;
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (depth == 0) out += c;
    if (c == ')' && depth > 0) --depth;
  }
  return out;
}

}  // namespace

std::string first_line(const std::string& text) {
  const auto trimmed = text::trim(text);
  return std::string(text::trim(trimmed.substr(0, trimmed.find('\n'))));
}

std::string version_in(const std::string& answer) {
  constexpr std::string_view kDigits = "0123456789";
  constexpr std::string_view kBeforeVersion = " \t\n/-v,";
  const auto text = without_asides(answer);
  for (auto at = text.find_first_of(kDigits); at != std::string::npos;
       at = text.find_first_of(kDigits, at + 1)) {
    if (at > 0 && kBeforeVersion.find(text[at - 1]) == std::string_view::npos) continue;
    const auto word = text.substr(at, text.find_first_of(" \t\r\n,;)", at) - at);
    const auto dot = word.find('.');
    if (dot != std::string::npos && word.find_first_not_of(kDigits) == dot) return word;
  }
  return {};
}

Result<std::vector<Tool>> examine_machine(const DoctorRequest& request, Io& io) {
  const Prober prober(request, io);
  std::vector<Tool> tools;
  RS_TRY(examine_rust(prober, tools));
  RS_TRY(examine_programs(prober, tools));
  examine_places(prober, tools);
  return tools;
}

bool can_build(const std::vector<Tool>& tools) {
  return std::ranges::none_of(tools,
                              [](const Tool& tool) { return tool.for_every_build && !tool.ok; });
}

}  // namespace rockstage::lint
