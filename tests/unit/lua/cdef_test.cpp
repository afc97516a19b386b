#include "lua/cdef.hpp"

#include <catch2/catch.hpp>

using namespace rockstage::lua;

namespace {

/// "c_name" or "c_name=symbol", with blanks between; then `!` and the number of problems.
std::string read(std::string_view text) {
  const CDefinitions found = read_cdef(text);
  std::string out;
  for (const auto& symbol : found.symbols) {
    if (!out.empty()) out += ' ';
    out += symbol.c_name;
    if (symbol.symbol != symbol.c_name) out += "=" + symbol.symbol;
  }
  if (!found.problems.empty()) out += "!" + std::to_string(found.problems.size());
  return out;
}

}  // namespace

TEST_CASE("cdef: functions and variables are symbols", "[lua][cdef]") {
  CHECK(read("int f(void);") == "f");
  CHECK(read("const char *name(struct s *p, int (*callback)(int, char *));") == "name");
  CHECK(read("extern int a, *b, c[3];") == "a b c");
  CHECK(read("int (*pointer)(int);") == "pointer");
  CHECK(read("int (*f(int))(char);") == "f");
  CHECK(read("void (f)(int);") == "f");
  CHECK(read("struct point { int x, y; } *origin;") == "origin");
  CHECK(read("unsigned long long count(uint8_t *);") == "count");
  CHECK(read("size_t a(void); // b(void);\n/* int c(void); */ size_t d(void);") == "a d");
}

TEST_CASE("cdef: asm gives the symbol its name", "[lua][cdef]") {
  CHECK(read("int f(int) asm(\"g\");") == "f=g");
  CHECK(read("int f(int) __asm__(\"g\" \"_2\") __attribute__((nothrow));") == "f=g_2");
  CHECK(read("__attribute__((visibility(\"default\"))) int f(int);") == "f");
  CHECK(read("int f(int) __attribute__((cdecl));") == "f");
}

TEST_CASE("cdef: types and constants are no symbols", "[lua][cdef]") {
  CHECK(read("typedef int (*callback)(int); typedef struct { int (*f)(int); int x; } t;").empty());
  CHECK(read("struct s; struct s { int x; }; union u { int a; float b; };").empty());
  CHECK(read("enum { A = 1, B = A << 2 }; enum e { C };").empty());
  CHECK(read("static const int X = 1;").empty());
  CHECK(read("struct __attribute__((packed)) s { char c; };").empty());
  CHECK(read(";; ").empty());
}

TEST_CASE("cdef: parameters of a type are read, unreadable declarations are problems",
          "[lua][cdef]") {
  CHECK(read("int f($ *, int x[?]);") == "f");
  CHECK(read("typedef struct $ thing; struct { int n; char d[?]; };").empty());
  CHECK(read("int f(void); }; int g(void);") == "f!1");
  CHECK(read("int f(void") == "!1");
  CHECK(read("#include <stdio.h>\nint f(void); int g(void);") == "g!1");
  CHECK(read("int $(void);") == "!1");
}
