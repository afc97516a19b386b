#include "emit/smoke_script.hpp"

#include "base/text.hpp"
#include "side_files_fixture.hpp"
#include "support/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace rockstage;
using emit::ImageModule;
using test::run_shell;
using test::SideFiles;

namespace {

std::vector<std::string> interpreters() {
  std::vector<std::string> found;
  for (const char* name : {"luajit", "lua5.1", "lua5.2", "lua5.3", "lua5.4"})
    if (run_shell(std::string("command -v ") + name).exit_code == 0) found.emplace_back(name);
  return found;
}

/// The smoke test of the modules, run with the tree at `tree`.
struct Smoke {
  SideFiles files;
  sys::TempDir tree = test::temp_dir();

  Smoke() { files.image.modules.clear(); }

  void module(const std::string& name, const std::string& text) {
    files.image.modules.push_back({name, "", ImageModule::Kind::lua});
    test::put(tree.path() + "/lua/" + text::replace_all(name, ".", "/") + ".lua", text);
  }

  test::Ran run(const std::string& interpreter = "luajit") {
    const auto code = emit::smoke_code_at(
        files.image, files.templates, {tree.path() + "/lua", tree.path() + "/lib"});
    REQUIRE(code);
    return run_shell(interpreter + " -e " + text::shell_quote(*code));
  }
};

}  // namespace

TEST_CASE("smoke code: modules that load are named and counted, in every Lua", "[smoke_script]") {
  for (const std::string& interpreter : interpreters()) {
    INFO(interpreter);
    Smoke smoke;
    smoke.module("good", "return {}");
    smoke.module("sub.good", "return require 'good'");
    smoke.files.request.smoke_script = "assert(require 'good')\nprint('answered')\n";
    const auto ran = smoke.run(interpreter);
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    CHECK(ran.output.find("smoke: good ... ok\nsmoke: sub.good ... ok\n") == 0);
    CHECK(ran.output.find("answered") != std::string::npos);
    CHECK(ran.output.find("smoke: 2 loaded, 0 skipped, 0 failed") != std::string::npos);
  }
}

TEST_CASE("smoke code: what needs the gateway is skipped, in every Lua", "[smoke_script]") {
  for (const std::string& interpreter : interpreters()) {
    INFO(interpreter);
    Smoke smoke;
    smoke.module("good", "return {}");
    smoke.module("one", "return ngx.null");
    smoke.module("two", "local ngx = ngx\nlocal log = ngx.log");
    smoke.module("three", "return require 'resty.lock'");
    smoke.module("four", "return require('apisix.core.deep')");
    const auto ran = smoke.run(interpreter);
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    CHECK(ran.output.find("one ... skipped: needs ngx, ") != std::string::npos);
    CHECK(ran.output.find("1 loaded, 4 skipped, 0 failed") != std::string::npos);
  }
}

TEST_CASE("smoke code: nothing loaded is a failure even when all was skipped", "[smoke_script]") {
  Smoke smoke;
  CHECK(smoke.run().exit_code == 1);
  smoke.module("one", "return ngx.null");
  const auto ran = smoke.run();
  CHECK(ran.exit_code == 1);
  CHECK(ran.output.find("no module was loaded") != std::string::npos);
}

TEST_CASE("smoke code: faults of the rock fail, and the others still run", "[smoke_script]") {
  const auto [text, said] = GENERATE(table<std::string, std::string>({
      {"error('broken', 0)", "FAILED\nbroken\n"},
      {"error({})", "an error that is a table"},
      {"return require 'no.such'", "stage the rock that has it"},
      {"return require 'resty.mine'", "FAILED"},
      {"local socket; return socket.tcp", "FAILED"},
      {"return nothing.here", "FAILED"},
      {"syntax error", "FAILED"},
  }));
  Smoke smoke;
  smoke.module("bad", text);
  smoke.files.image.modules.push_back({"resty.mine", "", ImageModule::Kind::lua});
  smoke.module("good", "return {}");
  const auto ran = smoke.run();
  INFO(ran.output);
  CHECK(ran.exit_code == 1);
  CHECK(ran.output.find(said) != std::string::npos);
  CHECK(ran.output.find("smoke: good ... ok") != std::string::npos);
}

TEST_CASE("smoke code: the project's script decides too", "[smoke_script]") {
  const auto [script, exit_code] = GENERATE(table<std::string, int>({
      {"error 'no'", 1},
      {"not lua", 1},
      {"#!/usr/bin/lua\nreturn 1", 0},
      {"\xef\xbb\xbfreturn 1", 0},
      {"assert(#[[\xff$<\"']] == 5)", 0},
  }));
  Smoke smoke;
  smoke.module("good", "return {}");
  smoke.files.request.smoke_script = script;
  const auto ran = smoke.run();
  INFO(ran.output);
  CHECK(ran.exit_code == exit_code);
}

TEST_CASE("smoke code: it is one line of safe ASCII whatever the names", "[smoke_script]") {
  SideFiles files;
  files.image.modules.clear();
  for (const std::string& name : test::nasty_names()) {
    files.image.modules.push_back({name, "", ImageModule::Kind::lua});
    files.request.smoke_script += "-- " + name + "\n";
  }
  const auto code = emit::smoke_code(files.image, files.templates);
  REQUIRE(code);
  CHECK(std::ranges::all_of(*code, [](char c) { return c >= ' ' && c <= '~' && c != '$'; }));
  CHECK(code->find("<<") == std::string::npos);
  CHECK(code->find("'/rock/lib/lua/5.1'") != std::string::npos);
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/code.lua", *code);
  const auto ran = run_shell("luajit -b " + dir.path() + "/code.lua " + dir.path() + "/out.raw");
  INFO(ran.output);
  CHECK(ran.exit_code == 0);
}

TEST_CASE("lua text: Lua reads back every byte", "[smoke_script]") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte)
    all += static_cast<char>(byte) + std::string("7");
  const std::string check =
      "local t = " + emit::lua_text(all)
      + "; assert(#t == 512); for i = 0, 255 do assert(t:byte(2 * i + 1) == i) end";
  for (const std::string& interpreter : interpreters())
    CHECK(run_shell(interpreter + " -e " + text::shell_quote(check)).exit_code == 0);
}

TEST_CASE("smoke code: a script too long for a line is refused", "[smoke_script]") {
  SideFiles files;
  files.request.smoke_script = "return '" + std::string(70'000, 'x') + "'";
  const auto code = emit::smoke_code(files.image, files.templates);
  REQUIRE_FALSE(code);
  CHECK(code.error().code == Errc::invalid_input);
}

TEST_CASE("smoke code: FFI libraries are left to their wrappers", "[smoke_script]") {
  SideFiles files;
  files.image.modules.push_back({"qjson", "lib/lua/5.1/qjson.so", ImageModule::Kind::ffi_library});
  CHECK(emit::smoke_code(files.image, files.templates)->find("'qjson'") == std::string::npos);
}

TEST_CASE("smoke.lua: it runs by hand on a tree", "[smoke_script]") {
  SideFiles files;
  files.image.modules = {{"good", "", ImageModule::Kind::lua}};
  files.request.smoke_script = "print [[answered]]\n";
  const auto script = emit::smoke_script(files.image, files.templates);
  REQUIRE(script);
  CHECK(script->starts_with("-- Written by rockstage"));
  const auto dir = test::temp_dir();
  test::put(dir.path() + "/smoke.lua", *script);
  test::put(dir.path() + "/tree/share/lua/5.1/good.lua", "return 1");
  for (const std::string& interpreter : interpreters()) {
    const auto ran =
        run_shell(interpreter + " " + dir.path() + "/smoke.lua " + dir.path() + "/tree");
    INFO(ran.output);
    CHECK(ran.exit_code == 0);
    CHECK(ran.output.find("answered") != std::string::npos);
  }
  CHECK(run_shell("cd " + dir.path() + " && luajit smoke.lua").exit_code == 1);
  CHECK(run_shell("cd " + dir.path() + "/tree && luajit ../smoke.lua").exit_code == 0);
}

TEST_CASE("smoke.lua: golden", "[smoke_script]") {
  SideFiles files;
  files.request.smoke_script =
      "local textkit = require 'textkit'\nassert(textkit.trim(' x ') == 'x')\n";
  test::golden("image_files/smoke.lua", *emit::smoke_script(files.image, files.templates));
  test::golden("image_files/smoke_code.txt",
               *emit::smoke_code(files.image, files.templates) + "\n");
}
