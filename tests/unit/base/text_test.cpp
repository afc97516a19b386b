#include "base/text.hpp"

#include <catch2/catch.hpp>

namespace rockstage::text {
namespace {

using Texts = std::vector<std::string>;

TEST_CASE("text: split keeps empty parts and join is its reverse", "[base]") {
  CHECK(split("", ',') == Texts{""});
  CHECK(split("a", ',') == Texts{"a"});
  CHECK(split(",a,,b,", ',') == Texts{"", "a", "", "b", ""});
  for (const std::string text : {"", ",", "a,b", ",a,,b,"}) {
    const auto parts = split(text, ',');
    CHECK(join(parts, ",") == text);
  }
  CHECK(join(Texts{}, ", ").empty());
  CHECK(join(Texts{"a", "b"}, ", ") == "a, b");
}

TEST_CASE("text: trim takes ASCII blanks from both ends and nothing from the middle", "[base]") {
  CHECK(trim(" \t\r\n\v\fa b\n").compare("a b") == 0);
  CHECK(trim("").empty());
  CHECK(trim(" \n ").empty());
  CHECK(trim("\u00A0x") == "\u00A0x");
}

TEST_CASE("text: to_lower changes ASCII letters only", "[base]") {
  CHECK(to_lower("LuaJIT-2.1 [@`{") == "luajit-2.1 [@`{");
  CHECK(to_lower("\u00C4Z") == "\u00C4z");
}

TEST_CASE("text: replace_all goes on behind what it has put in", "[base]") {
  CHECK(replace_all("a.b.c", ".", "/") == "a/b/c");
  CHECK(replace_all("aaa", "a", "aa") == "aaaaaa");
  CHECK(replace_all("aaaa", "aa", "a") == "aa");
  CHECK(replace_all("abc", "", "x") == "abc");
  CHECK(replace_all("git+https://x", "git+", "") == "https://x");
}

TEST_CASE("text: the nearest name is one that may have been meant", "[base]") {
  const Texts commands = {"build", "lint", "list", "verify", "export", "show"};
  CHECK(nearest("biuld", commands) == "build");     // letters exchanged
  CHECK(nearest("buil", commands) == "build");      // one missing
  CHECK(nearest("verrify", commands) == "verify");  // one too many
  CHECK(nearest("expost", commands) == "export");   // one other
  CHECK(nearest("publish", commands).empty());
  CHECK(nearest("x", commands).empty());
  CHECK(nearest("", commands).empty());
  CHECK(nearest("build", Texts{}).empty());
}

TEST_CASE("text: of two near names the nearer one is taken, and of equals the first", "[base]") {
  CHECK(nearest("features", Texts{"feature-list", "feature", "featured"}) == "feature");
  CHECK(nearest("lisp", Texts{"list", "lint"}) == "list");
}

TEST_CASE("text: a name is never suggested for itself", "[base]") {
  CHECK(nearest("build", Texts{"build"}).empty());
  CHECK(nearest("build", Texts{"build", "builds"}) == "builds");
}

TEST_CASE("text: did_you_mean is a clause, or nothing", "[base]") {
  CHECK(did_you_mean("modulse", Texts{"modules"}) == " (did you mean 'modules'?)");
  CHECK(did_you_mean("zzz", Texts{"modules"}).empty());
}

TEST_CASE("text: a hostile list of candidates does not make nearest slow", "[base]") {
  const std::string name(2000, 'a');
  const Texts candidates(20, std::string(1'000'000, 'b'));
  CHECK(nearest(name, candidates).empty());
}

TEST_CASE("text: escape sequences and control bytes do not reach the terminal", "[base]") {
  CHECK(escape_for_terminal("\x1b[31mred\x1b[0m") == "\\x1B[31mred\\x1B[0m");
  CHECK(escape_for_terminal("\x1b]0;title\x07") == "\\x1B]0;title\\x07");
  CHECK(escape_for_terminal("over\rwritten\b\x7f") == "over\\x0Dwritten\\x08\\x7F");
  CHECK(escape_for_terminal(std::string_view("nul\0", 4)) == "nul\\x00");
  CHECK(escape_for_terminal("line\n\ttab") == "line\n\ttab");
  CHECK(escape_for_terminal("\u009b31m") == "\\u{009B}31m");  // CSI as a single C1 character
}

TEST_CASE("text: characters that turn the direction of what follows are shown by number",
          "[base]") {
  const std::pair<const char*, const char*> cases[] = {
      {"\u202A", "\\u{202A}"},
      {"\u202B", "\\u{202B}"},
      {"\u202C", "\\u{202C}"},
      {"\u202D", "\\u{202D}"},
      {"\u202E", "\\u{202E}"},
      {"\u2066", "\\u{2066}"},
      {"\u2067", "\\u{2067}"},
      {"\u2068", "\\u{2068}"},
      {"\u2069", "\\u{2069}"},
      {"\u200E", "\\u{200E}"},
      {"\u200F", "\\u{200F}"},
      {"\u2028", "\\u{2028}"},
      {"\u2029", "\\u{2029}"},
      {"\u061C", "\\u{061C}"},
  };
  for (const auto& [raw, shown] : cases)
    CHECK(escape_for_terminal(std::string("a") + raw + "b") == std::string("a") + shown + "b");
}

TEST_CASE("text: readable text of any script stays as it is", "[base]") {
  for (const std::string text : {"plain", "Grüße", "日本語", "עברית", "😀", "…", ""})
    CHECK(escape_for_terminal(text) == text);
}

TEST_CASE("text: bytes that are no UTF-8 are shown by number, and the rest is not lost", "[base]") {
  CHECK(escape_for_terminal("caf\xE9!") == "caf\\xE9!");
  CHECK(escape_for_terminal("\xC0\xAF") == "\\xC0\\xAF");                    // overlong slash
  CHECK(escape_for_terminal("\xE0\x80\x9B") == "\\xE0\\x80\\x9B");           // overlong C1
  CHECK(escape_for_terminal("\xED\xA0\x80") == "\\xED\\xA0\\x80");           // surrogate
  CHECK(escape_for_terminal("\xF4\x90\x80\x80") == "\\xF4\\x90\\x80\\x80");  // beyond U+10FFFF
  CHECK(escape_for_terminal("\xF5") == "\\xF5");
  CHECK(escape_for_terminal("\xE2\x82") == "\\xE2\\x82");  // cut off
  CHECK(escape_for_terminal("\x80") == "\\x80");
}

TEST_CASE("text: what is escaped once is safe, printable UTF-8 for every pair of bytes", "[base]") {
  for (int a = 0; a < 256; ++a)
    for (int b = 0; b < 256; ++b) {
      const std::string pair = {static_cast<char>(a), static_cast<char>(b)};
      const auto shown = escape_for_terminal(pair);
      const bool safe = is_valid_utf8(shown) && escape_for_terminal(shown) == shown;
      if (!safe) CHECK(shown == "(a safe text)");
    }
  CHECK(escape_for_terminal("\xC2\x80") == "\\u{0080}");
}

TEST_CASE("text: is_valid_utf8 follows RFC 3629", "[base]") {
  for (const char* good : {"",
                           "a",
                           "\x7f",
                           "\xC2\x80",
                           "\xDF\xBF",
                           "\xE0\xA0\x80",
                           "\xED\x9F\xBF",
                           "\xEE\x80\x80",
                           "\xEF\xBF\xBF",
                           "\xF0\x90\x80\x80",
                           "\xF4\x8F\xBF\xBF"})
    CHECK(is_valid_utf8(good));
  for (const char* bad : {"\x80",
                          "\xBF",
                          "\xC1\xBF",
                          "\xE0\x9F\xBF",
                          "\xED\xBF\xBF",
                          "\xF0\x8F\xBF\xBF",
                          "\xF4\x90\x80\x80",
                          "\xFF",
                          "\xC2",
                          "\xC2x",
                          "\xE2\x82",
                          "a\xF0\x90\x80"})
    CHECK_FALSE(is_valid_utf8(bad));
}

TEST_CASE("text: a word for the shell is quoted only where that is needed", "[base]") {
  for (const std::string plain : {"cargo", "--target-dir=/tmp/x", "a.b_c-d+e:f@g%h,i"})
    CHECK(shell_quote(plain) == plain);
  CHECK(shell_quote("") == "''");
  CHECK(shell_quote("a b") == "'a b'");
  CHECK(shell_quote("$(rm)") == "'$(rm)'");
  CHECK(shell_quote("it's") == "'it'\\''s'");
  CHECK(shell_quote("~") == "'~'");
  CHECK(shell_quote("a\nb") == "'a\nb'");
}

TEST_CASE("text: durations are read by people", "[base]") {
  CHECK(duration(0) == "0.0 s");
  CHECK(duration(1.23) == "1.2 s");
  CHECK(duration(59.94) == "59.9 s");
  CHECK(duration(59.96) == "1 min 0 s");
  CHECK(duration(60) == "1 min 0 s");
  CHECK(duration(184.4) == "3 min 4 s");
  CHECK(duration(3599.6) == "60 min 0 s");
}

}  // namespace
}  // namespace rockstage::text
