#include "emit/steps.hpp"

#include "base/text.hpp"
#include "emit/staged.hpp"
#include "emit/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rockstage::emit {
namespace {

constexpr std::string_view kScratch = "/tmp/rock";
constexpr std::string_view kObjects = "/tmp/objects";
constexpr std::string_view kTree = "/rock/";

ShellCommand command(const std::vector<std::string>& words) {
  ShellCommand out;
  for (const auto& word : words)
    out.words.push_back(literal(word));
  return out;
}

ShellCommand script(std::string text) {
  return {{}, std::move(text)};
}

/// The triple: known, or what the `case` over TARGETARCH has put into `triple`.
Text with_triple(const BuilderRock& rock, const std::string& before, const std::string& after) {
  if (chooses_target(rock.image)) return expansion(before + "${triple}" + after);
  return literal(before + rock.variant().target + after);
}

/// cargo's name of the directory for a profile (the Cargo book, "Profiles").
std::string profile_directory(const std::string& profile) {
  if (profile == "dev" || profile == "test") return "debug";
  return profile == "bench" ? "release" : profile;
}

/// A path below the working directory without it.
std::string relative(const BuilderRock& rock, const std::string& path) {
  const auto here = rock.here(path);
  return here.starts_with(rock.work + '/') ? here.substr(rock.work.size() + 1) : here;
}

ShellCommand cargo_line(const BuilderRock& rock, const cargo::CompileStep& step) {
  ShellCommand out = command({"cargo", "rustc"});
  const auto add = [&out](const std::string& word) { out.words.push_back(literal(word)); };
  if (step.locked && !step.lock_missing) add("--locked");
  if (step.offline) add("--offline");
  if (const auto manifest = relative(rock, step.manifest_path); manifest != "Cargo.toml") {
    add("--manifest-path");
    add(manifest);
  }
  for (const auto& word : {std::string("--package"),
                           step.package,
                           std::string("--lib"),
                           std::string("--crate-type"),
                           std::string("cdylib"),
                           std::string("--profile"),
                           step.profile,
                           std::string("--target")})
    add(word);
  out.words.push_back(with_triple(rock, "", ""));
  add("--target-dir");
  add(relative(rock, step.target_dir));
  if (step.all_features) add("--all-features");
  if (!step.default_features) add("--no-default-features");
  if (!step.features.empty()) {
    add("--features");
    add(text::join(step.features, ","));
  }
  if (step.jobs > 0) {
    add("--jobs");
    add(std::to_string(step.jobs));
  }
  return out;
}

/// The step whose package has the library.
const cargo::CompileStep& step_of(const plan::Variant& variant, const std::string& library) {
  const auto found = std::ranges::find_if(variant.compiles, [&library](const auto& step) {
    return text::replace_all(step.library, "-", "_") == library;
  });
  return found == variant.compiles.end() ? variant.compiles.front() : *found;
}

ShellCommand install(Text from, const std::string& staged) {
  ShellCommand out = command({"install", "-D", "-m", staged.starts_with("lib/") ? "0755" : "0644"});
  if (from.value.starts_with('-')) from.value = "./" + from.value;
  out.words.push_back(std::move(from));
  out.words.push_back(literal(std::string(kTree) + staged));
  return out;
}

void add_copies(const BuilderRock& rock, std::vector<ShellCommand>& out) {
  const auto& v = rock.image.version_directory;
  for (const auto& step : rock.variant().copies) {
    if (!step.is_directory) {
      const auto staged = staged_path(target_of(step), v);
      if (!staged.empty()) out.push_back(install(literal(relative(rock, step.from)), staged));
      continue;
    }
    const auto from = relative(rock, step.from + '/');
    for (const auto& file : rock.rock.files) {
      if (!file.starts_with(from)) continue;
      const auto to = (step.to.empty() ? "" : step.to + '/') + file.substr(from.size());
      const auto staged = staged_path(to, v);
      if (!staged.empty()) out.push_back(install(literal(file), staged));
    }
  }
}

void replace(std::string& text, std::string_view from, std::string_view to) {
  text = text::replace_all(std::move(text), from, to);
}

/// Shell text on one line: a newline ends a command, unless the line goes on.
std::string on_one_line(const std::string& text) {
  std::string out;
  for (const auto& raw : text::split(text, '\n')) {
    const std::string line(text::trim(raw));
    if (line.empty()) continue;
    if (out.ends_with('\\'))
      out.back() = ' ';
    else if (!out.empty())
      out += out.ends_with("&&") || out.ends_with('|') || out.ends_with(';') || out.ends_with('{')
                     || out.ends_with('(') || out.ends_with(" do") || out.ends_with(" then")
                     || out.ends_with(" else")
                 ? " "
                 : "; ";
    out += line;
  }
  return out;
}

/// The rockspec's own text, with the lock file honoured as `rockstage build` does.
std::string shell_text(const BuilderRock& rock, const std::string& text) {
  auto out = rock.here(text);
  if (rock.rock.has_lock_file && out.find("--locked") == std::string::npos
      && out.find("--frozen") == std::string::npos)
    replace(out, "cargo build", "cargo build --locked");
  if (rock.image.request->style == Style::portable) return on_one_line(out);
  return out;
}

void add_runs(const BuilderRock& rock, std::vector<ShellCommand>& out) {
  const bool by_commands = installs_by_commands(rock.rock);
  if (by_commands)
    out.push_back(command({"mkdir",
                           "-p",
                           fmt::format("{}/bin", kScratch),
                           fmt::format("{}/conf", kScratch),
                           fmt::format("{}/doc", kScratch),
                           fmt::format("{}/lib", kScratch),
                           fmt::format("{}/lua", kScratch)}));
  const auto& runs = rock.variant().runs;
  if (!by_commands && !runs.empty()) out.push_back(command({"mkdir", "-p", std::string(kObjects)}));
  for (const auto& step : runs) {
    if (step.argv.empty()) {
      out.push_back(script(shell_text(rock, step.shell)));
      continue;
    }
    ShellCommand line;
    for (const auto& word : step.argv) {
      const auto here = rock.here(word);
      // Where the sources have the same path as without the flag, it says nothing.
      if (here != "-ffile-prefix-map=/src=/src") line.words.push_back(literal(here));
    }
    out.push_back(std::move(line));
  }
}

/// What the rock's own commands have put into its directory.
void add_collected(const BuilderRock& rock, std::vector<ShellCommand>& out) {
  const auto& v = rock.image.version_directory;
  const auto lua = "/rock/share/lua/" + v;
  const auto lib = "/rock/lib/lua/" + v;
  out.push_back(command({"mkdir", "-p", lua, lib}));
  out.push_back(command({"cp", "-R", fmt::format("{}/lua/.", kScratch), lua + '/'}));
  out.push_back(command({"cp", "-R", fmt::format("{}/lib/.", kScratch), lib + '/'}));
  out.push_back(script("find /rock/share -type f -exec chmod 0644 {} +"));
  out.push_back(script("find /rock/lib -type f -exec chmod 0755 {} +"));
}

std::string upper(std::string name) {
  for (char& c : name)
    c = c == '-' || c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

std::string without_quotes(const std::string& toml) {
  const bool quoted = toml.size() > 1 && toml.starts_with('"') && toml.ends_with('"');
  return quoted ? toml.substr(1, toml.size() - 2) : toml;
}

/// The flags of a plan with the builder's paths; a prefix that stays what it is says nothing.
Result<std::string> flags_here(const BuilderRock& rock, const std::vector<std::string>& flags) {
  std::vector<std::string> out;
  for (const auto& flag : flags) {
    auto here = rock.here(flag);
    if (here.find_first_of(" \t\n") != std::string::npos)
      return fail(Errc::invalid_input,
                  fmt::format("the rustc flag '{}' of {} holds a blank, which cargo's variables "
                              "cannot carry",
                              text::escape_for_terminal(here),
                              rock.rock.name),
                  "split it into several flags, or use --builder rockstage");
    if (here != "--remap-path-prefix=/src=/src") out.push_back(std::move(here));
  }
  return text::join(out, " ");
}

/// For a crate that the rock's own commands build.
std::vector<std::string> own_flags(const BuilderRock& rock, const std::string& target) {
  std::vector<std::string> flags = {"--remap-path-prefix=/usr/local/cargo=/cargo",
                                    "--remap-path-prefix=" + rock.work + "=/src"};
  if (target.ends_with("-musl")) flags.insert(flags.end(), {"-C", "target-feature=-crt-static"});
  return flags;
}

}  // namespace

bool BuilderRock::uses_cargo() const {
  const auto is_manifest = [](const std::string& file) {
    return file == "Cargo.toml" || file.ends_with("/Cargo.toml");
  };
  return !variant().compiles.empty()
         || (variant().shim_cargo && std::ranges::any_of(rock.files, is_manifest));
}

std::string BuilderRock::here(std::string text) const {
  replace(text, "{work}", work);
  replace(text, "{rock}", kScratch);
  replace(text, "{objects}", kObjects);
  const auto& source = rock.plan.source;
  if (source.empty()) return text;
  if (text == source) return work;
  replace(text, source + '/', work + '/');
  replace(text, '=' + source + '=', '=' + work + '=');
  return text;
}

std::vector<BuilderRock> builder_rocks(const Image& image) {
  std::vector<BuilderRock> out;
  const auto& rocks = image.request->rocks;
  for (const auto& rock : rocks) {
    std::string work = "/src";
    if (!rock.git_url.empty() && rocks.size() > 1)
      work = "/git/" + rock.name;
    else if (!rock.directory.empty())
      work += '/' + rock.directory;
    out.push_back({image, rock, std::move(work)});
  }
  return out;
}

std::string cargo_variable(const std::string& target, const std::string& suffix) {
  return fmt::format("CARGO_TARGET_{}_{}", upper(target), suffix);
}

Result<std::map<std::string, std::string>> build_variables(const BuilderRock& rock) {
  std::map<std::string, std::string> out;
  for (const auto& step : rock.variant().runs)
    out.insert(step.environment.begin(), step.environment.end());
  if (!rock.uses_cargo()) return out;
  out["CARGO_INCREMENTAL"] = "0";
  out["CARGO_PROFILE_RELEASE_STRIP"] = "symbols";
  for (const auto& step : rock.variant().compiles) {
    for (const auto& [name, value] : step.environment)
      out[name] = value;
    for (const auto& [key, value] : step.profile_values)
      if (key != "incremental")
        out[fmt::format("CARGO_PROFILE_{}_{}", upper(step.profile), upper(key))] =
            without_quotes(value);
  }
  for (const auto& variant : rock.rock.plan.variants) {
    const auto flags = variant.compiles.empty() ? own_flags(rock, variant.target)
                                                : variant.compiles.front().rustflags;
    RS_TRY_ASSIGN(auto text, flags_here(rock, flags));
    if (!text.empty()) out[cargo_variable(variant.target, "RUSTFLAGS")] = std::move(text);
  }
  return out;
}

std::vector<ShellCommand> build_commands(const BuilderRock& rock) {
  std::vector<ShellCommand> out;
  const auto& variant = rock.variant();
  add_runs(rock, out);
  for (const auto& step : variant.compiles)
    out.push_back(cargo_line(rock, step));
  for (const auto& library : variant.libraries) {
    const auto& step = step_of(variant, library.library);
    const auto directory = relative(rock, step.target_dir) + '/';
    const auto file = fmt::format("/{}/lib{}.so", profile_directory(step.profile), library.library);
    const auto staged = staged_path(library.to, rock.image.version_directory);
    out.push_back(install(with_triple(rock, directory, file), staged));
  }
  if (installs_by_commands(rock.rock)) add_collected(rock, out);
  add_copies(rock, out);
  return out;
}

}  // namespace rockstage::emit
