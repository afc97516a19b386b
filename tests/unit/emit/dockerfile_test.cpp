#include "emit/dockerfile.hpp"

#include <catch2/catch.hpp>

namespace rockstage::emit {

namespace {

std::string text_of(const Instruction& instruction, Style style = Style::portable) {
  const auto text = print({instruction}, style);
  if (!text) FAIL(text.error().message);
  return *text;
}

std::string error_of(const Instruction& instruction, Style style = Style::portable) {
  const auto text = print({instruction}, style);
  if (text) FAIL(*text);
  CHECK(text.error().code == Errc::invalid_input);
  return text.error().message;
}

ShellCommand words(const std::vector<std::string>& values) {
  ShellCommand command;
  for (const std::string& value : values)
    command.words.push_back(literal(value));
  return command;
}

ShellCommand script(std::string text) {
  return {{}, std::move(text)};
}

Run run(std::vector<ShellCommand> commands) {
  return {{}, std::move(commands), {}};
}

}  // namespace

TEST_CASE("dockerfile: a comment is never a directive, and an empty one is an empty line",
          "[emit]") {
  CHECK(text_of(Comment{"one\n\ntwo"}) == "# one\n#\n# two\n");
  CHECK(text_of(Comment{}) == "\n");
  CHECK(text_of(Comment{" Escape = `"}) == "#\n#  Escape = `\n");
  CHECK(text_of(Comment{"check=error=true"}) == "#\n# check=error=true\n");
  CHECK(text_of(Comment{"a \x1b[31m\r"}) == "# a \\x1B[31m\\x0D\n");
}

TEST_CASE("dockerfile: FROM takes an image, a stage and a platform", "[emit]") {
  CHECK(text_of(From{literal("scratch"), "rock", ""}) == "FROM scratch AS rock\n");
  CHECK(text_of(From{expansion("${BASE}"), "", "$BUILDPLATFORM"})
        == "FROM --platform=$BUILDPLATFORM ${BASE}\n");
  CHECK(error_of(From{literal("${BASE}"), "", ""})
        == "FROM: '${BASE}' has characters that cannot stand there");
  CHECK(error_of(From{literal("a b"), "", ""})
        == "FROM: 'a b' has characters that cannot stand there");
  CHECK(error_of(From{literal(""), "", ""}) == "FROM: '' is empty");
  CHECK(error_of(From{literal("a"), "Builder", ""})
        == "FROM … AS: 'Builder' is no name of a stage");
  CHECK(error_of(From{literal("a"), "context", ""})
        == "FROM … AS: 'context' is a name that BuildKit keeps for itself");
}

TEST_CASE("dockerfile: values of ARG, ENV, LABEL and WORKDIR are quoted where they need it",
          "[emit]") {
  CHECK(text_of(Arg{"A", std::nullopt}) == "ARG A\n");
  CHECK(text_of(Arg{"A", ""}) == "ARG A=\"\"\n");
  CHECK(text_of(Arg{"A", "x$y \"\\"}) == "ARG A=\"x\\$y \\\"\\\\\"\n");
  CHECK(text_of(Env{{{"P", expansion("/a b:${PATH}$(x)")}, {"Q", literal("1")}}})
        == "ENV P=\"/a b:${PATH}\\$(x)\" \\\n    Q=1\n");
  CHECK(text_of(Label{{{"org.x", literal("naïve")}}}) == "LABEL org.x=\"naïve\"\n");
  CHECK(text_of(Label{}).empty());
  CHECK(text_of(Workdir{"/a b"}) == "WORKDIR \"/a b\"\n");
}

TEST_CASE("dockerfile: what no line can carry is refused by name", "[emit]") {
  CHECK(error_of(Env{{{"A", literal("x\ny")}}})
        == "ENV A: 'x\\ny' has a newline, which no Dockerfile can carry there");
  CHECK(error_of(Label{{{"a", literal(std::string("x\0y", 3))}}})
        == "LABEL a: 'x\\x00y' has a control character");
  CHECK(error_of(Arg{"A", "\xff"}) == "ARG A: '\\xFF' is not UTF-8");
  CHECK(error_of(Arg{"A-B", "x"}) == "ARG: 'A-B' is no name of a variable");
  CHECK(error_of(Env{{{"A B", literal("x")}}}) == "ENV: 'A B' is no name of a variable");
  CHECK(error_of(Label{{{"a=b", literal("x")}}}) == "LABEL: 'a=b' is no name of a label");
  CHECK(error_of(Workdir{"a"}) == "WORKDIR: 'a' is no absolute path");
  CHECK(error_of(Arg{"A", std::string(70000, 'x')}).find("65535") != std::string::npos);
}

TEST_CASE("dockerfile: COPY takes the JSON form where a path demands it", "[emit]") {
  CHECK(text_of(Copy{"rock", {"/share/"}, "/usr/", "636:0", true})
        == "COPY --from=rock --chown=636:0 /share/ /usr/\n");
  CHECK(text_of(Copy{"rock", {"/share/"}, "/usr/", "", true}, Style::buildkit)
        == "COPY --from=rock --link /share/ /usr/\n");
  CHECK(text_of(Copy{"", {"a", "b"}, "/c", "", false}) == "COPY a b /c/\n");
  CHECK(text_of(Copy{"", {"a b"}, "/c", "", false}) == "COPY [\"a b\", \"/c\"]\n");
  CHECK(text_of(Copy{"", {"-x", "<<EOF", "$a[1]*", "#"}, "/c/", "", false})
        == "COPY [\"-x\", \"\\\\<\\\\<EOF\", \"\\\\$a[[]1][*]\", \"#\", \"/c/\"]\n");
  CHECK(error_of(Copy{"", {}, "/c", "", false}) == "COPY: '/c' is a destination without a source");
  CHECK(error_of(Copy{"", {""}, "/c", "", false}) == "COPY: '' is no path");
  CHECK(error_of(Copy{"", {"a\\b"}, "/c", "", false})
        == "COPY: 'a\\b' has a backslash, which builders read in different ways");
  CHECK(error_of(Copy{"", {"a"}, "c", "", false}) == "COPY: 'c' is no absolute path");
  CHECK(error_of(Copy{"", {"a"}, "/c", "apisix", false})
        == "COPY --chown: 'apisix' is no numeric owner");
  CHECK(error_of(Copy{"A", {"a"}, "/c", "", false}) == "COPY --from: 'A' is no name of a stage");
}

TEST_CASE("dockerfile: the commands of a RUN stand one a line", "[emit]") {
  CHECK(text_of(run({words({"cp", "a b", "c"}), words({"ls"})})) == "RUN cp 'a b' c \\\n  && ls\n");
  CHECK(text_of(run({words({"ls"})}), Style::buildkit) == "RUN ls\n");
  CHECK(text_of(run({words({"ls"}), words({"echo", "EOF"})}), Style::buildkit)
        == "RUN <<EOF1\nset -eu\nls\necho EOF\nEOF1\n");
}

TEST_CASE("dockerfile: an empty line follows a here-document, as hadolint needs it", "[emit]") {
  const Run one = run({words({"a"}), words({"b"})});
  const std::string text = "RUN <<EOF\nset -eu\na\nb\nEOF\n\nARG A\n";
  CHECK(*print({one, Arg{"A", std::nullopt}}, Style::buildkit) == text);
  CHECK(*print({one, Comment{}, Arg{"A", std::nullopt}}, Style::buildkit) == text);
}

TEST_CASE("dockerfile: the mounts of a RUN stand before its command", "[emit]") {
  Run one = run({words({"ls"})});
  one.mounts = {{Mount::Type::cache, "t-$TARGETPLATFORM", "/t", "locked", false},
                {Mount::Type::secret, "ca", "/ca.pem", "", true}};
  CHECK(text_of(one) ==
        "RUN --mount=type=cache,id=t-$TARGETPLATFORM,target=/t,sharing=locked \\\n"
        "    --mount=type=secret,id=ca,target=/ca.pem,required=true \\\n"
        "    ls\n");
  one.commands.push_back(words({"id"}));
  one.mounts.resize(1);
  CHECK(text_of(one, Style::buildkit) ==
        "RUN --mount=type=cache,id=t-$TARGETPLATFORM,target=/t,sharing=locked \\\n"
        "    <<EOF\nset -eu\nls\nid\nEOF\n");
  one.mounts = {{Mount::Type::cache, "a,b", "/t", "", false}};
  CHECK(error_of(one) == "RUN --mount id: 'a,b' has characters that cannot stand there");
  one.mounts = {{Mount::Type::cache, "", "t", "", false}};
  CHECK(error_of(one) == "RUN --mount target: 't' is no absolute path");
}

TEST_CASE("dockerfile: a RUN in the JSON form carries any text", "[emit]") {
  CHECK(text_of(Run{{}, {}, {"lua", "-e", "print(\"é$x\\\n\")"}})
        == "RUN [\"lua\", \"-e\", \"print(\\\"é$x\\\\\\n\\\")\"]\n");
  CHECK(error_of(Run{{}, {}, {"\xff"}}) == "RUN: '\\xFF' is not UTF-8");
  CHECK(error_of(Run{{}, {}, {std::string("\0", 1)}}) == "RUN: '\\x00' has a NUL byte");
}

TEST_CASE("dockerfile: a script stays one command among others", "[emit]") {
  CHECK(text_of(run({script("a || b"), words({"c"})})) == "RUN { a || b; } \\\n  && c\n");
  CHECK(text_of(run({script("for x in a; do b; done;"), words({"c"})}))
        == "RUN { for x in a; do b; done; } \\\n  && c\n");
  CHECK(text_of(run({script("echo 'a;b' && d"), words({"c"})}))
        == "RUN echo 'a;b' && d \\\n  && c\n");
  CHECK(text_of(run({script("[ -f a ]")})) == "RUN { [ -f a ]; }\n");
  CHECK(text_of(run({script("a \\\n  b"), words({"c"})})) == "RUN a \\\n  b \\\n  && c\n");
  CHECK(text_of(run({script("a && b"), words({"c"})}), Style::buildkit)
        == "RUN <<EOF\nset -eu\na && b || exit 1\nc\nEOF\n");
}

TEST_CASE("dockerfile: a script that a plain RUN cannot carry is refused, or a here-document",
          "[emit]") {
  CHECK(error_of(run({script("a\nb")}))
        == "RUN: 'a\\nb' has a newline, which the portable style cannot carry");
  CHECK(error_of(run({words({"a", "b\\\nc"})})).find("newline") != std::string::npos);
  CHECK(error_of(run({script("a <<X\nX")})).find("here-document") != std::string::npos);
  CHECK(error_of(run({script("a # b"), words({"c"})})).find("comment") != std::string::npos);
  CHECK(error_of(run({script("a \\")})).find("backslash") != std::string::npos);
  CHECK(error_of(run({script("a \\\n\n b")})).find("newline") != std::string::npos);
  CHECK(error_of(run({script("a \\\n # b")})).find("newline") != std::string::npos);
  CHECK(error_of(run({script("--x")})) == "RUN: '--x' begins like an option of RUN");
  CHECK(error_of(run({script(" ")})) == "RUN: '' is no command");
  CHECK(error_of(run({})) == "RUN: there is no command");
  CHECK(error_of(run({script("a\x07")})).find("control") != std::string::npos);

  CHECK(text_of(run({script("a\nb")}), Style::buildkit) == "RUN <<EOF\na\nb\nEOF\n");
  CHECK(text_of(run({script("echo 'a #b' a#c"), words({"c"})}))
        == "RUN echo 'a #b' a#c \\\n  && c\n");
  CHECK(error_of(run({script("#!/bin/sh\na")}), Style::buildkit).find("'#!'") != std::string::npos);
}

}  // namespace rockstage::emit
