#include "image/engine_save.hpp"
#include "image/open.hpp"
#include "support/image_builder.hpp"
#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

#include <sstream>

namespace rockstage::image {
namespace {

using test::ImageBuilder;
using test::TarBuilder;

class Blind final : public tree::Visitor {
 public:
  Result<void> file(const tree::PassingFile&, tree::ByteSource&) override { return {}; }
};

/// A machine with the engines that a test installs, and no others.
class Machine {
 public:
  tree::ReadOptions options;

  /// A program `name` that does what `script` says and keeps its arguments.
  void install(const std::string& name, const std::string& script) {
    test::put(scratch_.path() + "/bin/" + name,
              "#!/bin/sh\necho \"$*\" >>'" + log(name) + "'\nPATH=/usr/bin:/bin\n" + script + "\n",
              0755);
  }

  /// One that has an image.
  void install_with(const std::string& name, const std::string& archive) {
    test::put(scratch_.path() + "/" + name + ".tar", archive);
    install(name, "exec cat '" + scratch_.path() + "/" + name + ".tar'");
  }

  Result<tree::Subject> read(const std::string& subject) {
    RS_TRY_ASSIGN(const auto reader, open_subject(subject, io_));
    Blind visitor;
    return reader->read(visitor, options);
  }

  Error error(const std::string& subject) {
    auto read_subject = read(subject);
    if (read_subject) FAIL("no error for " + subject);
    return std::move(read_subject).error();
  }

  /// The commands that an engine was given.
  [[nodiscard]] std::string given(const std::string& name) const {
    return sys::read_file(log(name)).value_or("");
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return scratch_.path() + "/" + name;
  }

 private:
  [[nodiscard]] std::string log(const std::string& name) const {
    return scratch_.path() + "/" + name + ".log";
  }

  sys::TempDir scratch_ = test::temp_dir();
  test::FakeProcessRunner processes_;
  test::FakeTerminal terminal_;
  sys::Progress progress_{terminal_, sys::ProgressMode::off};
  std::ostringstream out_;
  Io io_{processes_,
         sys::Environment({{"PATH", scratch_.path() + "/bin"}}),
         terminal_,
         progress_,
         out_};
};

ImageBuilder image() {
  return ImageBuilder()
      .layer(TarBuilder().directory("usr/").file("usr/a", "lower").file("usr/b", "gone"))
      .layer(TarBuilder().directory("usr/").file("usr/.wh.b", ""));
}

constexpr const char* kNoImage =
    "echo 'Error response from daemon: No such image: kong:3' >&2; "
    "exit 1";

std::vector<std::string> seen(const tree::Subject& subject) {
  std::vector<std::string> out;
  for (const auto& node : subject.platforms.at(0).view.nodes())
    out.push_back(subject.paths->text(node.path));
  return out;
}

TEST_CASE("engine: what an engine saves is the image that its archive is", "[image]") {
  const auto form = GENERATE(0, 1, 2);
  const std::string archives[] = {image().docker25(), image().docker_legacy(), image().podman()};
  const auto& archive = archives[form];
  Machine machine;
  machine.install_with("docker", archive);
  test::put(machine.path("file"), archive);
  const auto saved = machine.read("docker-daemon:registry.example.org/kong:3");
  const auto file = machine.read(machine.path("file"));
  REQUIRE(saved);
  REQUIRE(file);
  CHECK(saved->kind == file->kind);
  CHECK(saved->digest == file->digest);
  CHECK(seen(*saved) == std::vector<std::string>{"usr", "usr/a"});
  CHECK(seen(*saved) == seen(*file));
  CHECK_FALSE(saved->incomplete);
  CHECK(machine.given("docker") == "save -- registry.example.org/kong:3\n");
}

TEST_CASE("engine: podman is asked for a docker-archive", "[image]") {
  Machine machine;
  machine.install_with("podman", image().podman());
  const auto saved = machine.read("podman:kong");
  REQUIRE(saved);
  CHECK(saved->kind == tree::SubjectKind::docker_archive);
  CHECK(machine.given("podman") == "save --format docker-archive -- kong\n");
}

TEST_CASE("engine: nothing is asked before reading begins", "[image]") {
  Machine machine;
  machine.install_with("docker", image().docker25());
  test::FakeProcessRunner processes;
  test::FakeTerminal terminal;
  sys::Progress progress(terminal, sys::ProgressMode::off);
  std::ostringstream out;
  const Io io{
      processes, sys::Environment({{"PATH", machine.path("bin")}}), terminal, progress, out};
  REQUIRE(open_subject("docker-daemon:kong:3", io));
  CHECK(machine.given("docker").empty());
}

TEST_CASE("engine: an image that is not there is not found, with the command that gets it",
          "[image]") {
  Machine machine;
  const auto complaint = GENERATE("Error response from daemon: No such image: kong:3",
                                  "Error response from daemon: reference does not exist",
                                  "Error: kong:3: image not known");
  const auto script = std::string("echo '") + complaint + "' >&2; exit 1";
  machine.install("docker", script);
  machine.install("podman", script);
  const auto docker = machine.error("docker-daemon:kong:3");
  CHECK(docker.code == Errc::not_found);
  CHECK(docker.message == "docker has no image 'kong:3'");
  CHECK(docker.hint == "docker pull kong:3");
  const auto podman = machine.error("podman:kong:3");
  CHECK(podman.code == Errc::not_found);
  CHECK(podman.message == "podman has no image 'kong:3'");
  CHECK(podman.hint == "podman pull kong:3");
}

TEST_CASE("engine: one that cannot be used says why, and what helps", "[image]") {
  Machine machine;
  const auto none = machine.error("docker-daemon:kong:3");
  CHECK(none.code == Errc::not_found);
  CHECK(none.message == "docker is not installed here, so 'kong:3' cannot be read");
  CHECK(none.hint == "apt-get install docker.io");

  machine.install("docker",
                  "echo 'permission denied while trying to connect to the docker API at "
                  "unix:///var/run/docker.sock' >&2; exit 1");
  const auto refused = machine.error("docker-daemon:kong:3");
  CHECK(refused.code == Errc::subprocess);
  CHECK(refused.message
        == "docker cannot save image 'kong:3': permission denied while trying to connect to the "
           "docker API at unix:///var/run/docker.sock");
  CHECK(refused.hint == "run it as root, or as a member of the group that may use docker's socket");

  machine.install("docker",
                  "echo 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is "
                  "the docker daemon running?' >&2; exit 1");
  const auto silent = machine.error("docker-daemon:kong:3");
  CHECK(silent.code == Errc::subprocess);
  CHECK(silent.hint == "start docker's daemon, or point DOCKER_HOST at one");

  machine.install("docker",
                  "printf '\\033[2J\\nError: invalid reference format\\n\\n' >&2; exit 125");
  const auto misnamed = machine.error("docker-daemon:Kong");
  CHECK(misnamed.code == Errc::usage);
  CHECK(misnamed.message == "docker cannot save image 'Kong': invalid reference format");

  machine.install("docker", "kill -9 $$");
  CHECK(machine.error("docker-daemon:kong:3").message
        == "docker cannot save image 'kong:3': killed by signal 9 (Killed)");

  machine.install("docker", "exit 0");
  const auto nothing = machine.error("docker-daemon:kong:3");
  CHECK(nothing.code == Errc::subprocess);
  CHECK(nothing.message == "docker cannot save image 'kong:3': it wrote nothing");
}

TEST_CASE("engine: one that fails after the image makes the subject incomplete", "[image]") {
  Machine machine;
  test::put(machine.path("tar"), image().docker25());
  machine.install("docker", "cat '" + machine.path("tar") + "'; echo 'unexpected EOF' >&2; exit 1");
  const auto subject = machine.read("docker-daemon:kong:3");
  REQUIRE(subject);
  CHECK(seen(*subject) == std::vector<std::string>{"usr", "usr/a"});
  REQUIRE(subject->incomplete);
  CHECK(subject->incomplete->code == Errc::invalid_input);
  CHECK(subject->incomplete->message
        == "docker failed before it had saved all of 'kong:3': unexpected EOF");
  CHECK(subject->incomplete->context == std::vector<std::string>{"reading 'docker-daemon:kong:3'"});
}

TEST_CASE("engine: one that fails in the middle of the image is an error, and no tarball",
          "[image]") {
  Machine machine;
  const auto archive = image().docker_legacy();
  const auto size = GENERATE(as<std::size_t>(), 100, 512, 1600, 5000);
  REQUIRE(size < archive.size());
  test::put(machine.path("tar"), archive.substr(0, size));
  machine.install("docker", "cat '" + machine.path("tar") + "'; echo 'unexpected EOF' >&2; exit 1");
  const auto error = machine.error("docker-daemon:kong:3");
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.message == "docker failed before it had saved all of 'kong:3': unexpected EOF");
}

TEST_CASE("engine: what it writes may be anything, and is an image or an error", "[image]") {
  Machine machine;
  machine.install_with("docker", TarBuilder().file("usr/a", "x").str());
  const auto tarball = machine.error("docker-daemon:kong:3");
  CHECK(tarball.code == Errc::invalid_input);
  CHECK(tarball.message == "the archive has no 'manifest.json'");
  machine.install_with("docker", "no archive at all");
  CHECK(machine.error("docker-daemon:kong:3").code == Errc::invalid_input);
}

TEST_CASE("engine: a limit ends the engine, which would write for ever", "[image]") {
  Machine machine;
  machine.options.limits.bytes = 1 << 20;
  test::put(machine.path("tar"), TarBuilder().file("usr/a", "x").str().substr(0, 1024));
  machine.install("docker",
                  "echo $$ >'" + machine.path("pid") + "'; cat '" + machine.path("tar")
                      + "'; exec cat /dev/zero");
  const auto error = machine.error("docker-daemon:kong:3");
  CHECK(error.code == Errc::invalid_input);
  CHECK(error.hint.find("--max-bytes") != std::string::npos);
  auto pid = sys::read_file(machine.path("pid")).value_or("");
  REQUIRE(pid.size() > 1);
  pid.pop_back();
  CHECK_FALSE(sys::exists("/proc/" + pid));
}

TEST_CASE("engine: a bare name is asked of each engine in turn", "[image]") {
  Machine machine;
  SECTION("docker has it") {
    machine.install_with("docker", image().docker25());
    machine.install_with("podman", image().podman());
    const auto subject = machine.read("kong:3");
    REQUIRE(subject);
    CHECK(subject->kind == tree::SubjectKind::oci_archive);
    CHECK(machine.given("podman").empty());
  }
  SECTION("docker has not, podman has") {
    machine.install("docker", kNoImage);
    machine.install_with("podman", image().podman());
    const auto subject = machine.read("kong:3");
    REQUIRE(subject);
    CHECK(subject->kind == tree::SubjectKind::docker_archive);
  }
  SECTION("a file of that name comes first") {
    const auto name = machine.path("kong:3");
    test::put(name, image().podman());
    machine.install("docker", kNoImage);
    REQUIRE(machine.read(name));
    CHECK(machine.given("docker").empty());
  }
}

TEST_CASE("engine: a bare name that no engine has is for a registry, which is not read",
          "[image]") {
  Machine machine;
  const auto nowhere = machine.error("kong:3");
  CHECK(nowhere.code == Errc::unsupported);
  CHECK(nowhere.message
        == "'kong:3' is no path and no image of an engine here (docker and podman are not "
           "installed here), and registries are not read");
  CHECK(nowhere.hint == "docker pull kong:3 && rockstage verify docker-daemon:kong:3");

  machine.install("docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1");
  const auto silent = machine.error("kong:3");
  CHECK(silent.code == Errc::unsupported);
  CHECK(silent.message.find("docker cannot save image 'kong:3': Cannot connect")
        != std::string::npos);
  CHECK(silent.hint.starts_with("docker pull"));

  machine.install("podman", kNoImage);
  const auto missing = machine.error("kong:3");
  CHECK(missing.message.find("podman has no image 'kong:3'") != std::string::npos);
  CHECK(missing.hint == "podman pull kong:3 && rockstage verify podman:kong:3");
}

}  // namespace
}  // namespace rockstage::image
