#include "rock/wrapper.hpp"

#include "support/support.hpp"
#include "sys/files.hpp"

#include <catch2/catch.hpp>

namespace rockstage::rock {

namespace {

constexpr const char* kPath = "/usr/local/bin:/usr/bin:/bin";

sys::ProcessResult run(const std::vector<std::string>& argv,
                       const std::string& cwd,
                       const sys::Environment& env) {
  sys::SystemProcessRunner runner;
  sys::Command command;
  command.argv = argv;
  command.cwd = cwd;
  command.env = env;
  command.timeout_seconds = 20;
  return runner.run(command).value();
}

/// A tree at `root` with one command, and an interpreter that prints the tree it is told, the
/// script and its arguments.
struct WrappedTree {
  std::string root;
  std::string command;
  std::string interpreter;
  std::string expected;

  WrappedTree(const std::string& scratch, const std::string& directory, const std::string& name)
      : root(scratch + "/" + directory),
        command(root + "/bin/" + name),
        interpreter(scratch + "/my lua") {
    test::put(command, bin_wrapper({name, "greet", "1.0-1", name}, "5.1"), 0755);
    test::put(interpreter,
              "#!/bin/sh\nshift 2\nprintf '%s\\n' \"$ROCKSTAGE_WRAPPER_TREE\" \"$@\"\n",
              0755);
    expected =
        root + "\n" + root + "/lib/luarocks/rocks-5.1/greet/1.0-1/bin/" + name + "\na b\n*\n";
  }

  [[nodiscard]] sys::Environment env(const std::string& path = kPath) const {
    sys::Environment out;
    out.set("PATH", path);
    out.set("ROCKSTAGE_WRAPPER_LUA", interpreter);
    return out;
  }
};

/// The shells of this machine that a wrapper may meet.
std::vector<std::vector<std::string>> shells() {
  std::vector<std::vector<std::string>> found = {{"/bin/sh"}};
  for (const char* shell : {"/bin/bash", "/bin/dash"})
    if (sys::is_file(shell)) found.push_back({shell});
  for (const char* busybox : {"/bin/busybox", "/usr/bin/busybox"})
    if (sys::is_file(busybox)) found.push_back({busybox, "sh"});
  return found;
}

}  // namespace

TEST_CASE("wrapper: it is the text that the format page shows", "[rock]") {
  CHECK(bin_wrapper({"say-hi", "greet", "1.0-1", "say-hi"}, "5.1")
        == test::get(test::fixture("rock/say-hi")));
}

TEST_CASE("wrapper: later Luas have their own interpreters and directories", "[rock]") {
  const std::string text = bin_wrapper({"say-hi", "greet", "1.0-1", "say-hi"}, "5.4");
  CHECK(text.find("for lua in \"$ROCKSTAGE_WRAPPER_LUA\" lua5.4 lua; do") != std::string::npos);
  CHECK(text.find("say-hi: no Lua 5.4 found") != std::string::npos);
  CHECK(text.find("/share/lua/5.4/?.lua") != std::string::npos);
  CHECK(text.find("5.1") == std::string::npos);
}

TEST_CASE("wrapper: it finds its tree by every way and in every shell", "[rock]") {
  const auto scratch = test::temp_dir();
  const std::string base = sys::absolute(scratch.path());
  const std::string directory =
      GENERATE(as<std::string>{}, "tree", "a tree 'with \"quotes\" $HOME `x`");
  const WrappedTree tree(base, directory, "say-hi");
  test::put(base + "/other/keep", "");
  REQUIRE(sys::make_link("../" + directory + "/bin/say-hi", base + "/other/first"));
  REQUIRE(sys::make_link(base + "/other/first", base + "/other/second"));
  for (std::vector<std::string> shell : shells()) {
    const auto output = [&](const std::string& file, const std::string& cwd) {
      std::vector<std::string> argv = shell;
      argv.insert(argv.end(), {file, "a b", "*"});
      return run(argv, cwd, tree.env()).out;
    };
    INFO(shell.back() << " in " << directory);
    CHECK(output(tree.command, "/") == tree.expected);
    CHECK(output("bin/say-hi", tree.root) == tree.expected);
    CHECK(output("./say-hi", tree.root + "/bin") == tree.expected);
    CHECK(output("say-hi", tree.root + "/bin") == tree.expected);
    CHECK(output("other/second", base) == tree.expected);
  }
  CHECK(run({"say-hi", "a b", "*"}, "/", tree.env(tree.root + "/bin:" + kPath)).out
        == tree.expected);
  CHECK(run({"second", "a b", "*"}, "/", tree.env(base + "/other:" + kPath)).out == tree.expected);
}

TEST_CASE("wrapper: names with quotes, dollars and line ends do no harm", "[rock]") {
  const auto scratch = test::temp_dir();
  const std::string name =
      GENERATE(as<std::string>{}, "it's \"$(touch pwned)\" `touch pwned` \\", "a\ntouch pwned\n#");
  const WrappedTree tree(sys::absolute(scratch.path()), "tree", name);
  const auto result = run({"/bin/sh", tree.command, "a b", "*"}, scratch.path(), tree.env());
  CHECK(result.status.ok());
  CHECK(result.out == tree.expected);
  CHECK_FALSE(sys::exists(scratch.path() + "/pwned"));
}

TEST_CASE("wrapper: without an interpreter it says so and ends with 127", "[rock]") {
  const auto scratch = test::temp_dir();
  const std::string command = scratch.path() + "/tree/bin/say-hi";
  test::put(command, bin_wrapper({"say-hi", "greet", "1.0-1", "say-hi"}, "5.4"), 0755);
  sys::Environment env;
  env.set("PATH", scratch.path());
  const auto result = run({"/bin/sh", command}, "/", env);
  CHECK(result.status.code == 127);
  CHECK(result.err == "say-hi: no Lua 5.4 found; set ROCKSTAGE_WRAPPER_LUA\n");
}

}  // namespace rockstage::rock
