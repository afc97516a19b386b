#include "lua/script.hpp"
#include "support/support.hpp"
#include "sys/process.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <sstream>

using namespace rockstage;

namespace {

struct Interpreter {
  const char* program;
  lua::Lua lua;
};

constexpr Interpreter kInterpreters[] = {{"luajit", lua::Lua::luajit},
                                         {"lua5.1", lua::Lua::lua51},
                                         {"lua5.2", lua::Lua::lua52},
                                         {"lua5.3", lua::Lua::lua53},
                                         {"lua5.4", lua::Lua::lua54}};

// Pieces that programs are put together from; most are right in some Luas only.
const std::vector<std::string> kPieces = {"local a, b = 1, 'x'",
                                          "x = { 1, 2; n = 3, [4] = 5, }",
                                          "f(1)(2):m 'x'.y = z",
                                          "do local a end",
                                          "while a do break end",
                                          "while a do break; x = 1 end",
                                          "repeat local a until a",
                                          "for i = 1, 2, 3 do f(i) end",
                                          "for k, v in pairs(t) do goto continue ::continue:: end",
                                          "if a then b() elseif c then d() else e() end",
                                          "local function f(a, ...) return ... end",
                                          "function a.b.c:d(x) return self, x end",
                                          "return",
                                          "return 1, 2;",
                                          ";",
                                          ";;",
                                          "break",
                                          "goto a",
                                          "::a::",
                                          "do goto b local c ::b:: end",
                                          "do goto b local c ::b:: c() end",
                                          "do ::a:: end ::a::",
                                          "::a:: do ::a:: end",
                                          "::a:: do goto a ::a:: end",
                                          "local goto = 1",
                                          "goto = 2",
                                          "repeat goto c local x ::c:: until x",
                                          "local c <const> = 1",
                                          "c = 2",
                                          "local d <close>, e <close> = 1",
                                          "local q <wrong> = 1",
                                          "x = a // b",
                                          "x = a & b | c ~ d",
                                          "x = ~a << 2 >> 3",
                                          "x = 0x1p4",
                                          "x = 1LL + 2ULL + 3i",
                                          "x = 0b101",
                                          "x = 0x.8p1",
                                          "x = 1..2",
                                          "x = 1 ..2",
                                          "x = 3x",
                                          "x = 08 .. 1e5",
                                          "x = 1e",
                                          "x = '\\x41\\z  b'",
                                          "x = '\\q'",
                                          "x = '\\u{48}'",
                                          "x = '\\u{110000}'",
                                          "x = '\\u{d800}'",
                                          "x = '\\300'",
                                          "x = '\\65'",
                                          "x = [[ a [[ b ]]",
                                          "x = [=[ a [[ b ]=]",
                                          "-- [[ comment",
                                          "--[[ a\n b ]]",
                                          "f\n(1)",
                                          "x = { f\n(1) }",
                                          "a.b\n:c()",
                                          "x = function(...) return ... end",
                                          "function f() return ... end",
                                          "(a) = 1",
                                          "(a).b = 1",
                                          "a, b.c, d[1] = 1, 2",
                                          "f() = 1",
                                          "a, f() = 1",
                                          "'x':y()",
                                          "x = -2 ^ - 3 .. not #t",
                                          "x = a < b == c ~= d and e or f",
                                          "f{...}",
                                          "\xC3\xA9 = 1",
                                          "a",
                                          "x = ...",
                                          "local function g() c = 3 end",
                                          "for i in f do i = 1 end",
                                          "global = 1",
                                          "~a",
                                          "goto goto",
                                          "::goto::",
                                          "x = 'a\\\nb'",
                                          "x = 'a\nb'",
                                          "x = \"unfinished",
                                          "x = [=[ unfinished",
                                          "goto a; ::a:: ; local z",
                                          "while x do goto out end ::out::",
                                          "x = a.goto",
                                          "x = {goto = 1}"};

std::vector<std::string> pieces_of(const std::string& source) {
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < source.size();) {
    std::size_t end = i + 1;
    if (std::isalnum(static_cast<unsigned char>(source[i])) != 0)
      while (end < source.size() && std::isalnum(static_cast<unsigned char>(source[end])) != 0)
        ++end;
    pieces.push_back(source.substr(i, end - i));
    i = end;
  }
  return pieces;
}

class Programs {
 public:
  std::string make() {
    std::string text;
    for (std::size_t n = 1 + pick(5); n > 0; --n) {
      const std::string& piece = kPieces[pick(kPieces.size())];
      switch (pick(6)) {
        case 0:
          text += "do " + piece + " end";
          break;
        case 1:
          text += "function f(...) " + piece + " end";
          break;
        case 2:
          text += "while 1 do " + piece + " end";
          break;
        default:
          text += piece;
      }
      text += pick(3) == 0 ? "\n" : " ";
    }
    return text;
  }

  std::string mutate(const std::string& source) {
    auto pieces = pieces_of(source);
    if (pieces.size() < 2) return source;
    for (std::size_t n = 1 + pick(2); n > 0; --n) {
      const std::size_t i = pick(pieces.size());
      switch (pick(3)) {
        case 0:
          pieces[i].clear();
          break;
        case 1:
          pieces[i] += " " + pieces[i];
          break;
        default:
          std::swap(pieces[i], pieces[pick(pieces.size())]);
      }
    }
    std::string text;
    for (const auto& piece : pieces)
      text += piece;
    return text;
  }

 private:
  std::size_t pick(std::size_t count) { return static_cast<std::size_t>(random_() % count); }

  std::mt19937_64 random_{4};
};

/// Scripts that the distribution installed, as far as they are there.
std::vector<std::string> installed_scripts() {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  std::error_code error;
  for (const char* root : {"/usr/share", "/usr/lib", "/usr/local/share"}) {
    auto entry = fs::recursive_directory_iterator(
        root, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error))
      if (entry->path().extension() == ".lua" && entry->is_regular_file(error)
          && entry->file_size(error) < 100'000)
        paths.push_back(entry->path());
  }
  std::ranges::sort(paths);
  std::vector<std::string> sources;
  for (const auto& path : paths)
    sources.push_back(test::get(path));
  return sources;
}

std::vector<std::string> corpus() {
  Programs programs;
  std::vector<std::string> sources = kPieces;
  for (int i = 0; i < 3000; ++i)
    sources.push_back(programs.make());
  for (int i = 0; i < 1500; ++i)
    sources.push_back(programs.mutate(sources[static_cast<std::size_t>(i)]));
  for (const auto& source : installed_scripts()) {
    sources.push_back(source);
    for (int i = 0; i < 3; ++i)
      sources.push_back(programs.mutate(source));
  }
  return sources;
}

}  // namespace

TEST_CASE("syntax: every Lua takes what its own compiler takes", "[lua][oracle]") {
  const auto directory = test::temp_dir();
  const std::vector<std::string> sources = corpus();
  CHECK(sources.size() >= 2000);
  for (std::size_t i = 0; i < sources.size(); ++i)
    test::put(directory.path() + "/" + std::to_string(i), sources[i]);
  const std::string driver = directory.path() + "/driver";
  test::put(driver,
            "for i = 0, arg[2] - 1 do\n"
            "  local f, message = loadfile(arg[1] .. '/' .. string.format('%d', i))\n"
            "  print(f and 'ok' or (string.gsub(message, '%c', ' ')))\n"
            "end\n");

  const char* require_all = std::getenv("ROCKSTAGE_REQUIRE_ALL");
  sys::Environment environment;
  environment.set("PATH", "/usr/local/bin:/usr/bin:/bin");
  for (const Interpreter& interpreter : kInterpreters) {
    const std::string program = sys::find_program(interpreter.program, environment);
    if (program.empty()) {
      if (require_all != nullptr && std::string_view(require_all) == "1")
        FAIL(interpreter.program << " is not installed");
      WARN(interpreter.program << " is not installed: not compared");
      continue;
    }
    sys::Command command;
    command.argv = {program, driver, directory.path(), std::to_string(sources.size())};
    command.timeout_seconds = 120;
    const auto result = sys::SystemProcessRunner().run(command);
    REQUIRE(result);
    std::stringstream lines(result->out);
    std::string line;
    std::size_t compared = 0;
    std::size_t disagreements = 0;
    std::size_t accepted = 0;
    std::string seen;
    for (; std::getline(lines, line) && compared < sources.size(); ++compared) {
      if (line == "ok") ++accepted;
      const auto error = lua::check_syntax(sources[compared], interpreter.lua);
      if (error.has_value() != (line == "ok")) continue;
      if (++disagreements <= 10)
        seen += line + "\n  we say: " + (error ? error->message : "ok")
                + "\n  of: " + sources[compared].substr(0, 300) + "\n";
    }
    INFO(interpreter.program << "\n" << seen);
    CHECK(compared == sources.size());
    CHECK(disagreements == 0);
    CHECK(accepted > 200);
    CHECK(compared - accepted > 200);
  }
}

TEST_CASE("syntax: what is said of all Luas at once is what is said of each", "[lua][oracle]") {
  auto sources = corpus();
  for (const char* source : {"for i = 1, 2 do i = 3 end",
                             "local x <const> = 1",
                             "x = 0x.1p4",
                             "x = 3LL",
                             "x = '\\z  a' y = '\\u{48}' z = '\\q'",
                             "goto = 1",
                             "global = 1",
                             "f()\n(g)()",
                             "x = [[ [[ ]]",
                             "\xEF\xBB\xBFreturn 1",
                             "#!/usr/bin/lua\rreturn 1",
                             "x = 1;;",
                             "while true do break x() end",
                             "\xC3\xA4 = 1"})
    sources.emplace_back(source);
  std::size_t different = 0;
  for (const auto& source : sources) {
    const auto all = lua::check_syntax(source);
    for (std::size_t i = 0; i < lua::kAllLuas.size(); ++i) {
      const auto one = lua::check_syntax(source, lua::kAllLuas[i]);
      const bool same = all[i].has_value() == one.has_value()
                        && (!one || (all[i]->line == one->line && all[i]->message == one->message));
      if (!same && ++different <= 10) UNSCOPED_INFO(source.substr(0, 300));
    }
  }
  CHECK(different == 0);
}
