#include "build/cargo_shim.hpp"

#include "bench.hpp"

using namespace rockstage;
using test::get;
using test::put;

namespace {

/// The script in front of a cargo that prints how it was called.
struct Shimmed {
  sys::TempDir temp = test::temp_dir();
  std::string path = temp.path();
  build::CargoShim shim;
  sys::SystemProcessRunner processes;
  sys::Environment environment = sys::Environment::current();

  Shimmed() {
    put(path + "/real cargo",
        "#!/bin/sh\n"
        "case $* in *locate-project*) [ -f Cargo.toml ] && echo \"$PWD/Cargo.toml\"; exit 0 ;; "
        "esac\n"
        "for word do printf '[%s]' \"$word\"; done\n"
        "printf ' flags=%s' \"$CARGO_ENCODED_RUSTFLAGS\" | tr '\\037' '|'\n"
        "exit \"${STATUS:-0}\"\n",
        0755);
    put(path + "/crate/Cargo.toml", "");
    shim.cargo = path + "/real cargo";
    shim.host = "x86_64-unknown-linux-gnu";
    shim.messages = path + "/messages";
    REQUIRE(sys::make_directories(shim.messages));
    environment.unset("RUSTFLAGS");
    environment.unset("CARGO_ENCODED_RUSTFLAGS");
  }

  sys::ProcessResult call(const std::vector<std::string>& arguments) {
    put(path + "/cargo", build::shim_script(shim), 0755);
    sys::Command command;
    command.argv = {path + "/cargo"};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.cwd = path + "/crate";
    command.env = environment;
    auto result = processes.run(command);
    REQUIRE(result);
    CHECK(result->err.empty());
    return *std::move(result);
  }

  /// What the real cargo printed into the file of messages.
  std::string kept(const std::vector<std::string>& arguments) {
    const auto result = call(arguments);
    CHECK(result.out.empty());
    const auto files = sys::list_directory(shim.messages);
    REQUIRE(files);
    REQUIRE(files->size() == 1);
    std::string text = get(shim.messages + "/" + files->front());
    REQUIRE(sys::remove_file(shim.messages + "/" + files->front()));
    return text;
  }
};

constexpr const char* kFormat = "[--message-format=json-render-diagnostics]";

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("cargo shim: --locked is added exactly where there is a lock file", "[build]") {
  Shimmed shimmed;
  CHECK(
      has(shimmed.kept({"build", "--release"}), std::string("[build]") + kFormat + "[--release]"));
  put(shimmed.path + "/crate/Cargo.lock", "");
  CHECK(has(shimmed.kept({"build", "--release"}),
            std::string("[build][--locked]") + kFormat + "[--release]"));
  CHECK(has(shimmed.kept({"b", "--locked"}), std::string("[b]") + kFormat + "[--locked]"));
  CHECK(has(shimmed.kept({"--frozen", "b"}), std::string("[--frozen][b]") + kFormat));
}

TEST_CASE("cargo shim: --locked is demanded without a lock file when the person said so",
          "[build]") {
  Shimmed shimmed;
  shimmed.shim.locked = true;
  CHECK(has(shimmed.kept({"build"}), "[build][--locked]"));
}

TEST_CASE("cargo shim: words after -- stay after it, blanks and stars stay in their words",
          "[build]") {
  Shimmed shimmed;
  CHECK(has(shimmed.kept({"rustc", "--features", "a b", "--", "--locked", "-C", "x=*"}),
            std::string("[rustc]") + kFormat + "[--features][a b][--][--locked][-C][x=*]"));
}

TEST_CASE("cargo shim: +toolchain stays first, values of options are no subcommand", "[build]") {
  Shimmed shimmed;
  CHECK(has(shimmed.kept({"+nightly", "--config", "build", "--color", "always", "build"}),
            std::string("[+nightly][--config][build][--color][always][build]") + kFormat));
}

TEST_CASE(
    "cargo shim: other commands and a message format of the caller's are passed on as they are",
    "[build]") {
  Shimmed shimmed;
  put(shimmed.path + "/crate/Cargo.lock", "");
  CHECK(has(shimmed.call({"metadata", "--format-version", "1"}).out,
            "[metadata][--format-version][1]"));
  CHECK(
      has(shimmed.call({"build", "--message-format=json"}).out, "[build][--message-format=json] "));
  CHECK(has(shimmed.call({"build", "--help"}).out, "[build][--help] "));
  CHECK(has(shimmed.call({}).out, "flags="));
}

TEST_CASE("cargo shim: the exit status is cargo's", "[build]") {
  Shimmed shimmed;
  shimmed.environment.set("STATUS", "101");
  CHECK(shimmed.call({"build"}).status.code == 101);
  CHECK(shimmed.call({"test"}).status.code == 101);
}

TEST_CASE(
    "cargo shim: our flags are added to the configured ones, or to a variable that replaces those",
    "[build]") {
  Shimmed shimmed;
  shimmed.shim.configured_flags = {"-C", "opt"};
  shimmed.shim.added_flags = {"--remap-path-prefix=/a b=/src"};
  CHECK(has(shimmed.kept({"build"}), "flags=-C|opt|--remap-path-prefix=/a b=/src"));
  shimmed.environment.set("RUSTFLAGS", "  -C  target-cpu=x ");
  CHECK(has(shimmed.kept({"build"}), "flags=-C|target-cpu=x|--remap-path-prefix=/a b=/src"));
  shimmed.environment.set("CARGO_ENCODED_RUSTFLAGS", "-g");
  CHECK(has(shimmed.kept({"build"}), "flags=-g|--remap-path-prefix=/a b=/src"));
  // A cargo that runs in a build script of another one has them already.
  shimmed.environment.set("CARGO_ENCODED_RUSTFLAGS", "-g\x1f--remap-path-prefix=/a b=/src");
  CHECK(has(shimmed.kept({"build"}), "flags=-g|--remap-path-prefix=/a b=/src"));
}

TEST_CASE("cargo shim: flags of the host are kept away from another target", "[build]") {
  Shimmed shimmed;
  shimmed.shim.added_flags = {"--remap-path-prefix=/a=/src"};
  CHECK_FALSE(has(shimmed.kept({"build", "--target", "aarch64-unknown-linux-gnu"}), "remap"));
  CHECK_FALSE(has(shimmed.kept({"build", "--target=aarch64-unknown-linux-gnu"}), "remap"));
  CHECK(has(shimmed.kept({"build", "--target", "x86_64-unknown-linux-gnu"}), "remap"));
}

TEST_CASE("cargo shim: messages of several calls are read together", "[build]") {
  const auto temp = test::temp_dir();
  const auto artifact = [](const std::string& name) {
    return R"({"reason":"compiler-artifact","package_id":"path+file:///x/)" + name
           + R"(#1.0.0","target":{"name":")" + name
           + R"(","kind":["cdylib"],"crate_types":["cdylib"]},"filenames":["/t/lib)" + name
           + R"(.so"],"features":[]})" + "\n";
  };
  put(temp.path() + "/1.json",
      artifact("a") + "{\"reason\":\"build-finished\",\"success\":true}\nnoise\n{broken\n");
  put(temp.path() + "/2.json", artifact("b"));
  const auto reader = build::read_messages(temp.path());
  REQUIRE(reader);
  REQUIRE(reader->cdylibs().size() == 2);
  CHECK(reader->cdylibs()[1].file == "/t/libb.so");
  CHECK(reader->crates().size() == 2);
}
