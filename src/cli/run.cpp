#include "cli/run.hpp"

#include "base/version.hpp"
#include "cli/help.hpp"
#include "cli/parse.hpp"
#include "cli/resolve.hpp"
#include "report/diagnostics.hpp"
#include "report/envelope.hpp"
#include "sys/interrupt.hpp"
#include "sys/working_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <exception>
#include <ostream>

namespace rockstage::cli {
namespace {

constexpr int kInternal = 70;

int exit_code(Errc code) {
  switch (code) {
    case Errc::usage:
    case Errc::unsupported:
      return 2;
    case Errc::invalid_input:
      return 4;
    case Errc::not_found:
    case Errc::io:
    case Errc::subprocess:
    case Errc::network:
      return 1;
    case Errc::interrupted:
      return 128 + (sys::pending_signal() == 0 ? SIGINT : sys::pending_signal());
    case Errc::internal:
      return kInternal;
  }
  return kInternal;
}

bool use_color(const Invocation& invocation, const Io& io) {
  const auto wanted = invocation.single("color");
  if (wanted == "always") return true;
  if (wanted == "never" || io.environment.get_nonempty("NO_COLOR")) return false;
  return io.terminal.interactive() && io.environment.get("TERM") != "dumb";
}

Result<void> check_color(const Invocation& invocation) {
  const auto wanted = invocation.single("color");
  if (wanted.empty() || wanted == "auto" || wanted == "always" || wanted == "never") return {};
  return fail(Errc::usage, fmt::format("--color takes auto, always or never, not '{}'", wanted));
}

/// How things are said to a person, settled once the options are known.
struct Voice {
  bool color = false, quiet = false;
};

Result<Outcome> dispatch(const ParsedLine& parsed, Io& io, Voice& voice, Diagnostics& diagnostics) {
  auto invocation = parsed.invocation;
  if (invocation.flags.contains("version"))
    return Outcome{.data = {{"version", version()}},
                   .text = fmt::format("rockstage {}\n", version())};
  if (parsed.command == nullptr) return Outcome{.data = help_data(), .text = help_text()};
  if (invocation.flags.contains("help"))
    return Outcome{.data = help_data(), .text = help_text(*parsed.command)};

  sys::WorkingDirectory directory;
  if (const auto found = invocation.flags.find("directory"); found != invocation.flags.end())
    RS_TRY(directory.change(found->second.back()));
  RS_TRY(resolve(invocation, io, nullptr));
  if (!invocation.isolated) warn_of_unknown_variables(io.environment, diagnostics);
  RS_TRY(check_color(invocation));
  voice.color = use_color(invocation, io);
  voice.quiet = invocation.flag("quiet");
  if (voice.quiet) io.progress.set_mode(sys::ProgressMode::off);
  return parsed.command->handler(invocation, io, diagnostics);
}

Result<Outcome> guarded(const ParsedLine& parsed, Io& io, Voice& voice, Diagnostics& diagnostics) {
  try {
    return dispatch(parsed, io, voice, diagnostics);
  } catch (const std::bad_alloc&) {
    return fail(Errc::io, "out of memory");
  } catch (const std::exception& error) {
    return fail(Errc::internal,
                fmt::format("internal error: {}", error.what()),
                "please report it, with the command line");
  }
}

/// A reader that finds several faults says them all, and gives the first of them back.
bool was_said(const Diagnostics& diagnostics, const Error& error) {
  return std::ranges::any_of(diagnostics.items(), [&error](const Diagnostic& item) {
    return item.level == Level::error && item.message == error.message;
  });
}

/// Writes the result. A reader that has gone away is no failure; a full disk is.
int finish(std::string_view text, int code, Io& io) {
  io.progress.finish();
  io.out << text << std::flush;
  if (io.out.good() || errno == EPIPE) return code;
  io.progress.say(
      report::to_text(to_diagnostic(Error{Errc::io, "cannot write to standard output", {}, {}}),
                      report::Color::never));
  return code == 0 ? 1 : code;
}

}  // namespace

int run(const std::vector<std::string>& args, Io& io) {
  Voice voice;
  Diagnostics diagnostics([&io, &voice](const Diagnostic& item) {
    if (voice.quiet && item.level == Level::note) return;
    io.progress.say(
        report::to_text(item, voice.color ? report::Color::always : report::Color::never));
  });
  const auto parsed = parse(args);
  auto outcome = parsed ? guarded(*parsed, io, voice, diagnostics)
                        : Result<Outcome>(tl::unexpected<Error>(parsed.error()));
  const auto* named = named_command(args);
  const std::string_view command = named == nullptr ? "rockstage" : named->name;
  if (!outcome && !was_said(diagnostics, outcome.error()))
    diagnostics.add(to_diagnostic(outcome.error()));
  const int code = outcome ? outcome->exit : exit_code(outcome.error().code);
  if (wants_json(args))
    return finish(
        report::envelope(
            command, code, outcome ? outcome->data : nlohmann::json(), diagnostics.items()),
        code,
        io);
  return finish(outcome ? outcome->text : std::string(), code, io);
}

}  // namespace rockstage::cli
