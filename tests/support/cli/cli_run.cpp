#include "support/cli/cli_run.hpp"

#include "cli/run.hpp"
#include "support/support.hpp"

#include <sstream>

namespace rockstage::test {

nlohmann::json CliResult::json() const {
  return nlohmann::json::parse(out);
}

nlohmann::json CliResult::data() const {
  return json().at("data");
}

CliRun::CliRun(const std::string& home) {
  const auto real = sys::Environment::current();
  for (const auto* name :
       {"PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "SSL_CERT_FILE"})
    if (const auto value = real.get(name)) environment.set(name, *value);
  environment.set("XDG_CACHE_HOME", home + "/cache");
  environment.set("XDG_CONFIG_HOME", home + "/config");
}

CliResult CliRun::operator()(const std::vector<std::string>& args) const {
  FakeTerminal terminal;
  sys::Progress progress(terminal, sys::ProgressMode::lines);
  sys::SystemProcessRunner processes;
  std::ostringstream out;
  Io io{processes, environment, terminal, progress, out};
  CliResult result;
  result.exit = cli::run(args, io);
  result.out = out.str();
  result.err = terminal.written;
  return result;
}

}  // namespace rockstage::test
