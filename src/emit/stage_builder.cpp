#include "base/text.hpp"
#include "emit/staged.hpp"
#include "emit/stages.hpp"
#include "emit/steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace rockstage::emit {
namespace {

constexpr const char* kCaFile = "/etc/ssl/certs/ca-certificates.crt";
constexpr const char* kCargoHome = "/usr/local/cargo";

Mount ca_secret() {
  return {Mount::Type::secret, "ca", kCaFile, "", false};
}

ShellCommand words(const std::vector<std::string>& list) {
  ShellCommand out;
  for (const auto& word : list)
    out.words.push_back(literal(word));
  return out;
}

/// "linux/arm64" → "arm64", the value of TARGETARCH.
std::string architecture(const std::string& platform) {
  return platform.substr(platform.rfind('/') + 1);
}

/// A name for a cache: what a mount's id can hold.
std::string id_text(std::string name) {
  std::ranges::replace_if(
      name,
      [](unsigned char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
                 || c == '.' || c == '_' || c == '-');
      },
      '-');
  return name;
}

class BuilderStage {
 public:
  explicit BuilderStage(const Image& image)
      : image_(image), request_(*image.request), rocks_(builder_rocks(image)) {}

  Result<std::vector<Instruction>> make() {
    From from{literal(image_.builder_image), "builder", is_cross(image_) ? "$BUILDPLATFORM" : ""};
    out_.emplace_back(std::move(from));
    if (is_cross(image_)) add_cross();
    RS_TRY(add_packages());
    for (const auto& rock : rocks_)
      add_sources(rock);
    if (chooses_target(image_) && !is_cross(image_)) out_.emplace_back(Arg{"TARGETARCH", {}});
    if (std::ranges::any_of(rocks_, &BuilderRock::uses_cargo))
      out_.emplace_back(Arg{"TARGETPLATFORM", {}});
    out_.emplace_back(Arg{"SOURCE_DATE_EPOCH", {}});
    for (const auto& rock : rocks_)
      RS_TRY(add_build(rock));
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool is_plain() const { return request_.builder == BuilderKind::plain; }

  /// Whether the image is one of ours to install packages in.
  [[nodiscard]] bool is_official() const { return is_plain() && request_.builder_image.empty(); }

  [[nodiscard]] bool is_alpine() const {
    return image_.builder_image.find("alpine") != std::string::npos;
  }

  [[nodiscard]] bool is_bullseye() const {
    return image_.builder_image.find("bullseye") != std::string::npos;
  }

  /// The shell's choice by TARGETARCH; `values` gives what is set for a platform and its triple.
  template <class Values>
  [[nodiscard]] ShellCommand choice(Values values) const {
    std::string script = "case \"${TARGETARCH}\" in";
    std::vector<std::string> known;
    for (std::size_t i = 0; i < request_.platforms.size(); ++i) {
      const auto arch = architecture(request_.platforms[i]);
      const auto& variants = rocks_.front().rock.plan.variants;
      const auto& target = variants[std::min(i, variants.size() - 1)].target;
      script += fmt::format(" \\\n      {}) {} ;;", arch, values(arch, target));
      known.push_back("linux/" + arch);
    }
    script += fmt::format(
        " \\\n      *) echo \"build it with --platform {}\" >&2; exit 1 ;; \\\n    esac",
        text::join(known, " or "));
    return {{}, std::move(script)};
  }

  /// The compiler and the standard library for the other platform.
  void add_cross() {
    out_.emplace_back(Arg{"TARGETARCH", {}});
    const auto gcc_version = is_bullseye() ? "4:10.*" : "4:12.*";
    const auto libc_version = is_bullseye() ? "2.31-*" : "2.36-*";
    Run run;
    run.mounts = {ca_secret()};
    run.commands.push_back(choice([](const std::string& arch, const std::string& target) {
      const bool is_arm = arch == "arm64";
      return fmt::format("triple={}; cross={}; gcc={}",
                         target,
                         is_arm ? "aarch64-linux-gnu" : "x86-64-linux-gnu",
                         is_arm ? "aarch64-linux-gnu-gcc" : "x86_64-linux-gnu-gcc");
    }));
    if (is_official())
      run.commands.push_back(
          {{},
           fmt::format("if ! command -v \"${{gcc}}\" >/dev/null; then \\\n"
                       "      apt-get update && \\\n"
                       "      apt-get install -y --no-install-recommends \"gcc-${{cross}}={}\" "
                       "\"libc6-dev-${{TARGETARCH}}-cross={}\" && \\\n"
                       "      rm -rf /var/lib/apt/lists/*; \\\n"
                       "    fi",
                       gcc_version,
                       libc_version)});
    else
      run.commands.push_back({{}, "command -v \"${gcc}\" >/dev/null"});
    run.commands.push_back(
        {{}, "if command -v rustup >/dev/null; then rustup target add \"${triple}\"; fi"});
    out_.emplace_back(std::move(run));
  }

  [[nodiscard]] bool mentions(std::string_view text) const {
    const auto in = [text](const std::string& word) {
      return word.find(text) != std::string::npos;
    };
    for (const auto& rock : rocks_)
      for (const auto& step : rock.variant().runs)
        if (in(step.shell) || std::ranges::any_of(step.argv, in)) return true;
    return false;
  }

  /// The package with lua.h, and the version that a Dockerfile should name.
  [[nodiscard]] Result<std::pair<std::string, std::string>> headers() const {
    const auto v = lua::version_directory(request_.lua);
    if (v == "5.5")
      return fail(Errc::usage,
                  "no package of the Rust images' systems has the headers of Lua 5.5",
                  "name an image that has them with --builder-image");
    if (lua::is_luajit(request_.lua))
      return std::pair(std::string(is_alpine() ? "luajit-dev" : "libluajit-5.1-dev"),
                       std::string("2.1"));
    if (is_alpine()) return std::pair("lua" + v + "-dev", v);
    return std::pair(v == "5.1" ? std::string("liblua5.1-0-dev") : "liblua" + v + "-dev", v);
  }

  /// What the official image lacks for the rock's commands.
  Result<void> add_packages() {
    if (!is_official()) return {};
    std::vector<std::pair<std::string, std::string>> packages;
    if (mentions("/usr/include/lua")) {
      RS_TRY_ASSIGN(auto package, headers());
      packages.push_back(std::move(package));
    }
    const bool old_alpine = image_.builder_image.ends_with("alpine3.18");
    if (mentions("cmake")) packages.emplace_back("cmake", is_alpine() && !old_alpine ? "4" : "3");
    const auto needs_make = [](const BuilderRock& rock) { return installs_by_commands(rock.rock); };
    const auto is_git = [](const BuilderRock& rock) { return !rock.rock.git_url.empty(); };
    if (is_alpine() && std::ranges::any_of(rocks_, needs_make)) packages.emplace_back("make", "4");
    if (is_alpine() && std::ranges::any_of(rocks_, is_git)) packages.emplace_back("git", "2");
    if (packages.empty()) return {};
    Run run;
    run.mounts = {ca_secret()};
    std::vector<std::string> line =
        is_alpine()
            ? std::vector<std::string>{"apk", "add", "--no-cache"}
            : std::vector<std::string>{"apt-get", "install", "-y", "--no-install-recommends"};
    for (const auto& [name, version] : packages)
      line.push_back(is_alpine() ? fmt::format("{}~={}", name, version)
                                 : fmt::format("{}={}.*", name, version));
    if (!is_alpine()) run.commands.push_back(words({"apt-get", "update"}));
    run.commands.push_back(words(line));
    if (!is_alpine()) run.commands.push_back({{}, "rm -rf /var/lib/apt/lists/*"});
    out_.emplace_back(std::move(run));
    return {};
  }

  void add_sources(const BuilderRock& rock) {
    if (!rock.rock.git_url.empty()) {
      Run run;
      run.mounts = {ca_secret()};
      run.commands = {words({"git", "init", "-q", rock.work}),
                      words({"git",
                             "-C",
                             rock.work,
                             "fetch",
                             "-q",
                             "--depth",
                             "1",
                             "--",
                             rock.rock.git_url,
                             rock.rock.git_commit}),
                      words({"git", "-C", rock.work, "checkout", "-q", "FETCH_HEAD"})};
      out_.emplace_back(std::move(run));
      return;
    }
    const auto prefix = rock.rock.directory.empty() ? "" : rock.rock.directory + '/';
    Copy files;
    files.to = rock.work + '/';
    std::set<std::string> directories;
    for (const auto& file : rock.rock.files) {
      const auto slash = file.find('/');
      if (slash == std::string::npos)
        files.sources.push_back(prefix + file);
      else
        directories.insert(file.substr(0, slash + 1));
    }
    if (!files.sources.empty()) out_.emplace_back(std::move(files));
    for (const auto& directory : directories) {
      Copy copy;
      copy.sources = {prefix + directory};
      copy.to = rock.work + '/' + directory;
      out_.emplace_back(std::move(copy));
    }
  }

  /// Caches of cargo's, and secrets for what it fetches.
  [[nodiscard]] std::vector<Mount> cargo_mounts(const BuilderRock& rock,
                                                const std::string& target_dir) const {
    const auto cache = [](std::string id, std::string target) {
      return Mount{Mount::Type::cache, std::move(id), std::move(target), "locked", false};
    };
    return {cache("", fmt::format("{}/registry", kCargoHome)),
            cache("", fmt::format("{}/git", kCargoHome)),
            cache(fmt::format("rockstage-{}-$TARGETPLATFORM", id_text(rock.rock.name)), target_dir),
            ca_secret(),
            {Mount::Type::secret,
             "cargo-credentials",
             fmt::format("{}/credentials.toml", kCargoHome),
             "",
             false}};
  }

  Result<void> add_build(const BuilderRock& rock) {
    if (!is_plain()) {
      add_rockstage(rock);
      return {};
    }
    out_.emplace_back(Workdir{rock.work});
    RS_TRY_ASSIGN(auto variables, build_variables(rock));
    if (is_cross(image_))
      for (const auto& variant : rock.rock.plan.variants)
        variables[cargo_variable(variant.target, "LINKER")] =
            variant.target.substr(0, variant.target.find('-')) + "-linux-gnu-gcc";
    Env env;
    for (const auto& [name, value] : variables)
      env.values.emplace_back(name, literal(value));
    if (!env.values.empty()) out_.emplace_back(std::move(env));
    Run run;
    if (rock.uses_cargo()) run.mounts = cargo_mounts(rock, rock.work + "/target");
    if (chooses_target(image_) && !rock.variant().compiles.empty())
      run.commands.push_back(
          choice([](const std::string&, const std::string& target) { return "triple=" + target; }));
    for (auto& line : build_commands(rock))
      run.commands.push_back(std::move(line));
    out_.emplace_back(std::move(run));
    return {};
  }

  void add_rockstage(const BuilderRock& rock) {
    out_.emplace_back(Workdir{rock.work});
    Run run;
    const bool chooses = chooses_target(image_);
    if (chooses)
      run.commands.push_back(
          choice([](const std::string&, const std::string& target) { return "triple=" + target; }));
    if (rock.uses_cargo()) run.mounts = cargo_mounts(rock, "/build");
    auto line = words({"rockstage",
                       "build",
                       rock.work,
                       "--lua",
                       lua::to_string(request_.lua),
                       "--tree",
                       "/rock"});
    const auto add = [&line](const std::string& word) { line.words.push_back(literal(word)); };
    if (rock.uses_cargo()) {
      add("--target-dir");
      add("/build");
    }
    if (rock.rock.has_lock_file) add("--locked");
    if (!rock.variant().compiles.empty()) {
      const auto& step = rock.variant().compiles.front();
      add("--profile");
      add(step.profile);
      if (!step.default_features) add("--no-default-features");
      if (step.all_features) add("--all-features");
      if (!step.features.empty()) {
        add("--features");
        add(text::join(step.features, ","));
      }
      add("--target");
      line.words.push_back(chooses ? expansion("${triple}") : literal(rock.variant().target));
    }
    run.commands.push_back(std::move(line));
    out_.emplace_back(std::move(run));
  }

  const Image& image_;
  const ImageRequest& request_;
  std::vector<BuilderRock> rocks_;
  std::vector<Instruction> out_;
};

}  // namespace

bool is_cross(const Image& image) {
  const auto& request = *image.request;
  if (request.builder != BuilderKind::plain || request.profile->libc.family == "musl") return false;
  if (request.platforms.size() == 1 && architecture(request.platforms.front()) == "amd64")
    return false;
  return std::ranges::all_of(request.rocks, [](const ImageRock& rock) {
    return !installs_by_commands(rock) && rock.plan.variants.front().runs.empty();
  });
}

bool chooses_target(const Image& image) {
  return is_cross(image) || image.request->platforms.size() > 1;
}

Result<std::vector<Instruction>> builder_stage(const Image& image) {
  return BuilderStage(image).make();
}

}  // namespace rockstage::emit
