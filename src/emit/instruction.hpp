#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// A Dockerfile as data (reference: docs.docker.com/reference/dockerfile; grammar: moby/buildkit,
// frontend/dockerfile/parser). How a value is quoted is the printer's business alone.
namespace rockstage::emit {

/// Text inside an instruction. A literal reaches its place as it is, byte by byte; in an expansion
/// `${NAME}` of an ARG or ENV is filled in by whoever builds.
struct Text {
  enum class Kind { literal, expansion };
  std::string value;
  Kind kind = Kind::literal;
};

Text literal(std::string value);
Text expansion(std::string value);

/// A paragraph of comment lines; an empty text is an empty line.
struct Comment {
  std::string text;
};

struct Arg {
  std::string name;
  std::optional<std::string> fallback;  ///< a literal
};

struct From {
  Text image;            ///< "rust:1-bookworm", "${BASE}", "scratch"
  std::string stage;     ///< lower case
  std::string platform;  ///< empty, or "$BUILDPLATFORM"
};

struct Workdir {
  std::string path;  ///< absolute
};

struct Env {
  std::vector<std::pair<std::string, Text>> values;
};

struct Label {
  std::vector<std::pair<std::string, Text>> values;
};

struct Copy {
  std::string from;  ///< a stage; empty: the build context
  std::vector<std::string> sources;
  std::string to;     ///< absolute; ends in a slash where it is a directory
  std::string chown;  ///< numeric, "636:0"; empty for the builder's own choice, 0:0
  bool link = false;  ///< `--link`, only in Style::buildkit
};

/// `RUN --mount=…`.
struct Mount {
  enum class Type { cache, secret };
  Type type = Type::cache;
  std::string id;
  std::string target;   ///< absolute
  std::string sharing;  ///< of a cache: "locked"
  bool required = false;
};

/// One command of a RUN for /bin/sh.
struct ShellCommand {
  std::vector<Text> words;  ///< a program and its arguments; an expansion is put in double quotes
  std::string script;       ///< where `words` is empty: shell text, used as it is
};

struct Run {
  std::vector<Mount> mounts;
  std::vector<ShellCommand> commands;  ///< each runs only when the one before it went well
  std::vector<std::string> exec;       ///< instead of `commands`: the JSON form, without a shell
};

using Instruction = std::variant<Comment, Arg, From, Workdir, Env, Label, Copy, Run>;

/// Which builders can read the file: `portable` Docker 20.10 with BuildKit and buildah 1.28;
/// `buildkit` also uses heredocs and `COPY --link`.
enum class Style { portable, buildkit };

}  // namespace rockstage::emit
