#include "base/text.hpp"
#include "cargo/inspect.hpp"
#include "cargo/query.hpp"
#include "cargo/toolchain_file.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace rockstage::cargo {
namespace {

constexpr std::array<int, 2> kOldestCargo = {1, 85};
constexpr const char* kHowToInstall =
    "install Rust 1.85 or newer: rustup (https://rustup.rs), or Debian's packages cargo-web and "
    "rustc-web";

/// "cargo 1.95.0 (…)" → "1.95.0".
std::string release_of(std::string_view version_line) {
  const auto words = text::split(version_line, ' ');
  return words.size() > 1 ? words[1] : std::string();
}

/// The first two numbers of a release; zeros when there are none.
std::array<int, 2> major_minor(std::string_view release) {
  std::array<int, 2> numbers{};
  const auto parts = text::split(release, '.');
  for (std::size_t i = 0; i < numbers.size() && i < parts.size(); ++i)
    std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), numbers[i]);
  return numbers;
}

/// rustup puts links to itself (or hard links) where cargo and rustc are looked for.
bool is_rustup_proxy(const std::string& program) {
  if (sys::base_name(sys::absolute(program)).starts_with("rustup")) return true;
  const auto own = sys::status_followed(program);
  const auto rustup = sys::status_followed(sys::join(sys::parent(program), "rustup"));
  return own && rustup && own->kind == sys::FileKind::file && own->inode == rustup->inode
         && own->device == rustup->device;
}

Error not_installed(const std::string& channel, const std::string& because) {
  return {Errc::invalid_input,
          fmt::format(
              "the project pins the toolchain {} ({}), which is not installed", channel, because),
          fmt::format("rustup toolchain install {}", channel),
          {}};
}

/// What rustup's proxy says when it has no toolchain to run, in our words.
Error proxy_failure(const sys::ProcessResult& result,
                    const std::string& what,
                    const ToolchainPin& pin,
                    const sys::Environment& environment) {
  const std::string_view said = result.err;
  const auto has = [&](std::string_view part) { return said.find(part) != std::string_view::npos; };
  if (has("is not installed") || has("is not installable")
      || has("is not a valid toolchain name")) {
    if (const auto wanted = environment.get_nonempty("RUSTUP_TOOLCHAIN"))
      return not_installed(*wanted, "RUSTUP_TOOLCHAIN");
    if (!pin.channel.empty()) return not_installed(pin.channel, sys::base_name(pin.file));
    const auto parts = text::split(first_error(said), '\'');
    return not_installed(parts.size() > 1 ? parts[1] : "that it names",
                         "rustup's override for this directory");
  }
  if (has("no default is configured"))
    return {Errc::not_found, "rustup is here, but no toolchain is", "rustup default stable", {}};
  if (has("could not parse override file"))
    return {Errc::invalid_input,
            fmt::format("cannot read '{}': it is no rust-toolchain file", pin.file),
            "write [toolchain] with channel = \"…\"",
            {}};
  return {Errc::subprocess,
          fmt::format("'{}' failed ({}): {}",
                      what,
                      to_string(result.status),
                      text::escape_for_terminal(first_error(said))),
          kHowToInstall,
          {}};
}

/// Asks `argv` and returns its output; a failure in our words.
Result<std::string> answer(const std::vector<std::string>& argv,
                           const std::string& directory,
                           const ToolchainPin& pin,
                           Io& io) {
  RS_TRY_ASSIGN(const auto result, ask(argv, directory, io));
  if (result.status.ok()) return result.out;
  return tl::unexpected<Error>(proxy_failure(result, text::join(argv, " "), pin, io.environment));
}

Result<void> find_programs(Toolchain& toolchain, Io& io) {
  const auto& environment = io.environment;
  toolchain.cargo =
      sys::find_program(environment.get_nonempty("CARGO").value_or("cargo"), environment);
  const auto rustc = environment.get_nonempty("RUSTC");
  toolchain.rustc = sys::find_program(
      rustc ? *rustc : environment.get_nonempty("CARGO_BUILD_RUSTC").value_or("rustc"),
      environment);
  if (!toolchain.cargo.empty() && !toolchain.rustc.empty()) return {};
  const char* missing = toolchain.cargo.empty() ? "cargo" : "rustc";
  if (toolchain.cargo.empty() && toolchain.rustc.empty()) missing = "cargo and rustc";
  return fail(Errc::not_found, fmt::format("{} not found on PATH", missing), kHowToInstall);
}

void find_homes(Toolchain& toolchain, const sys::Environment& environment) {
  const std::string home = environment.get_nonempty("HOME").value_or("/");
  // As cargo takes them: links stay, because these paths end up in what rustc embeds.
  const auto own = [&](const char* name, const char* standard) {
    return sys::join(sys::current_directory(),
                     environment.get_nonempty(name).value_or(sys::join(home, standard)));
  };
  toolchain.cargo_home = own("CARGO_HOME", ".cargo");
  if (is_rustup_proxy(toolchain.cargo) || environment.get_nonempty("RUSTUP_HOME"))
    toolchain.rustup_home = own("RUSTUP_HOME", ".rustup");
}

void read_rustc_version(std::string_view verbose, Toolchain& toolchain) {
  const auto lines = text::split(verbose, '\n');
  toolchain.rustc_version = lines.empty() ? std::string() : std::string(text::trim(lines.front()));
  for (const std::string& line : lines) {
    const std::string_view view = text::trim(line);
    if (view.starts_with("release: ")) toolchain.release = view.substr(9);
    if (view.starts_with("host: ")) toolchain.host = view.substr(6);
    if (view.starts_with("commit-hash: ") && view.substr(13) != "unknown")
      toolchain.commit_hash = view.substr(13);
  }
}

Result<void> check_versions(const Toolchain& toolchain, const ToolchainPin& pin) {
  if (major_minor(release_of(toolchain.cargo_version)) < kOldestCargo)
    return fail(Errc::not_found,
                fmt::format("{} is too old ({}): 1.85 or newer is needed",
                            toolchain.cargo,
                            text::escape_for_terminal(toolchain.cargo_version)),
                kHowToInstall);
  if (toolchain.host.empty() || toolchain.release.empty())
    return fail(Errc::subprocess,
                fmt::format("'{} -vV' names no release and host", toolchain.rustc),
                kHowToInstall);
  // rustup would have chosen it; any other cargo takes no notice of the file.
  if (toolchain.rustup_home.empty() && pin.channel.starts_with("nightly")
      && toolchain.release.find("-nightly") == std::string::npos)
    return tl::unexpected<Error>(not_installed(pin.channel, sys::base_name(pin.file)));
  return {};
}

}  // namespace

Result<Toolchain> find_toolchain(const std::string& directory, Io& io) {
  Toolchain toolchain;
  RS_TRY(find_programs(toolchain, io));
  find_homes(toolchain, io.environment);
  ToolchainPin pin;
  if (!io.environment.get_nonempty("RUSTUP_TOOLCHAIN")) pin = find_toolchain_pin(directory);
  toolchain.toolchain_file = pin.file;

  RS_TRY_ASSIGN(const auto cargo, answer({toolchain.cargo, "--version"}, directory, pin, io));
  toolchain.cargo_version = text::trim(cargo);
  RS_TRY_ASSIGN(const auto rustc, answer({toolchain.rustc, "-vV"}, directory, pin, io));
  read_rustc_version(rustc, toolchain);
  RS_TRY(check_versions(toolchain, pin));
  RS_TRY_ASSIGN(const auto sysroot,
                answer({toolchain.rustc, "--print", "sysroot"}, directory, pin, io));
  toolchain.sysroot = text::trim(sysroot);
  return toolchain;
}

}  // namespace rockstage::cargo
