#include "base/text.hpp"
#include "emit/dockerfile.hpp"
#include "emit/lint_statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

// The rules of https://github.com/hadolint/hadolint/wiki (DL…) and of BuildKit's
// frontend/dockerfile/linter/ruleset.go that can be judged from the lines of one file.
namespace rockstage::emit {

namespace {

bool holds_reference(std::string_view text) {
  return text.find('$') != std::string_view::npos;
}

/// The word without what quotes it.
std::string bare(std::string word) {
  std::erase_if(word,
                [](char c) { return c == '"' || c == '\'' || c == ',' || c == '[' || c == ']'; });
  return word;
}

/// The first words of the commands of a shell text, as far as its separators tell.
std::vector<std::string> programs(std::string_view shell) {
  std::vector<std::string> found;
  std::string word;
  bool expected = true;
  for (const char c : std::string(shell) + '\n') {
    const bool separates = std::string_view(";&|\n({").find(c) != std::string_view::npos;
    if (!separates && c != ' ' && c != '\t') {
      word += c;
      continue;
    }
    static constexpr std::array<std::string_view, 7> kBefore = {
        "if", "then", "else", "do", "!", "}", ")"};
    const bool assigns = word.find('=') != std::string::npos;
    if (!word.empty() && expected && !assigns) {
      expected = std::find(kBefore.begin(), kBefore.end(), word) != kBefore.end();
      if (!expected) found.push_back(word);
    }
    word.clear();
    if (separates) expected = true;
  }
  return found;
}

class Linter {
 public:
  std::vector<LintMessage> check(std::string_view dockerfile) {
    for (const Statement& statement : read_statements(dockerfile)) {
      now_ = &statement;
      name_ = text::to_lower(statement.name);
      check_form();
      check_instruction();
      previous_ = name_;
      previous_flags_ = statement.flags;
    }
    if (!user_.empty() && (user_ == "root" || user_ == "0" || user_.starts_with("0:")))
      messages_.push_back({"DL3002", user_line_, "the last USER is root"});
    return std::move(messages_);
  }

 private:
  void say(std::string rule, std::string message) {
    messages_.push_back({std::move(rule), now_->line, std::move(message)});
  }

  void check_form() {
    const bool upper = text::to_lower(now_->name) != now_->name;
    const bool lower = std::any_of(
        now_->name.begin(), now_->name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    if ((upper && lower) || (seen_upper_ && !upper))
      say("ConsistentInstructionCasing", fmt::format("'{}' is not in upper case", now_->name));
    seen_upper_ = seen_upper_ || upper;
    if (now_->empty_continuation)
      say("NoEmptyContinuation", "an empty line stands within the instruction");
    if (previous_.empty() && name_ != "from" && name_ != "arg")
      say("DL3061", "the file begins with neither FROM nor ARG");
  }

  void check_instruction() {
    if (name_ == "from") check_from();
    if (name_ == "arg") check_arg();
    if (name_ == "env") check_env();
    if (name_ == "label") check_pairs();
    if (name_ == "copy") check_copy();
    if (name_ == "run") check_run();
    if (name_ == "add" && now_->text.find("://") == std::string::npos
        && now_->text.find(".t") == std::string::npos)
      say("DL3020", "COPY takes files from the context; ADD does more");
    if (name_ == "maintainer") say("DL4000", "MAINTAINER is deprecated; use a label");
    if (name_ == "cmd" || name_ == "entrypoint") check_command();
    if (name_ == "workdir") check_workdir();
    if (name_ == "user") check_user();
  }

  void check_workdir() {
    has_workdir_ = true;
    if (!bare(now_->text).starts_with('/') && !holds_reference(now_->text))
      say("DL3000", fmt::format("'{}' is no absolute path", now_->text));
  }

  void check_user() {
    user_ = now_->text;
    user_line_ = now_->line;
    if (!holds_reference(user_) && user_.find_first_not_of("0123456789:") != std::string::npos)
      say("DL3066", fmt::format("the user '{}' is no number", user_));
  }

  void check_described(std::string_view defined) {
    const std::string_view comment = now_->comment;
    if (!comment.empty() && !defined.empty() && comment.substr(0, comment.find(' ')) != defined)
      say("InvalidDefinitionDescription",
          fmt::format("the comment above begins with another word than '{}'; end it with an empty "
                      "comment line",
                      defined));
  }

  void check_from() {
    commands_.clear();
    has_workdir_ = false;
    const std::string image = now_->words.empty() ? "" : now_->words[0];
    stage_.clear();
    if (now_->words.size() == 3) {
      stage_ = now_->words[2];
      check_stage(now_->words[1]);
    }
    check_described(stage_);
    const std::string_view platform = now_->flag("platform");
    if (!platform.empty() && !holds_reference(platform))
      say("FromPlatformFlagConstDisallowed",
          fmt::format("the platform '{}' is constant", platform));
    if (platform == "$TARGETPLATFORM" || platform == "${TARGETPLATFORM}")
      say("RedundantTargetPlatform", "the target platform is what FROM takes anyway");
    if (holds_reference(image)) return check_from_argument(image);
    if (image == "scratch" || stages_.count(image) > 0) return add_stage();
    const std::size_t slash = image.rfind('/') == std::string::npos ? 0 : image.rfind('/');
    const std::size_t colon = image.find(':', slash);
    if (image.find('@') == std::string::npos && colon == std::string::npos)
      say("DL3006", fmt::format("the image '{}' has no tag", image));
    if (colon != std::string::npos && image.substr(colon) == ":latest")
      say("DL3007", fmt::format("the tag of '{}' moves", image));
    add_stage();
  }

  void check_from_argument(const std::string& image) {
    std::string name = image.substr(image.find('$') + 1);
    if (name.starts_with('{')) name.erase(0, 1);
    name.resize(std::min(name.find_first_not_of(kNameCharacters), name.size()));
    const auto argument = global_arguments_.find(name);
    const bool is_built_in = name.starts_with("BUILD") || name.starts_with("TARGET");
    if (argument == global_arguments_.end() && !is_built_in)
      say("UndefinedArgInFrom", fmt::format("no ARG above the first FROM declares '{}'", name));
    else if (argument != global_arguments_.end() && !argument->second
             && image.find(":-") == std::string::npos)
      say("InvalidDefaultArgInFrom", fmt::format("ARG {} has no default", name));
    add_stage();
  }

  void check_stage(std::string_view as) {
    const bool as_lower = as == "as";
    const bool from_lower = now_->name == "from";
    if (as_lower != from_lower) say("FromAsCasing", "FROM and AS differ in their case");
    if (text::to_lower(stage_) != stage_)
      say("StageNameCasing", fmt::format("the stage '{}' is not in lower case", stage_));
    if (stage_ == "scratch" || stage_ == "context")
      say("ReservedStageName", fmt::format("BuildKit keeps the name '{}' for itself", stage_));
    if (stages_.count(text::to_lower(stage_)) > 0)
      say("DuplicateStageName", fmt::format("there are two stages '{}'", stage_));
  }

  void add_stage() {
    ++stage_count_;
    if (!stage_.empty()) stages_.insert(text::to_lower(stage_));
  }

  void check_secret(std::string_view variable) {
    static constexpr std::array kWords = {"apikey",
                                          "auth",
                                          "credential",
                                          "credentials",
                                          "key",
                                          "pword",
                                          "passwd",
                                          "password",
                                          "secret",
                                          "token"};
    const std::string name = "_" + text::to_lower(variable) + "_";
    const bool is_secret = std::any_of(kWords.begin(), kWords.end(), [&name](const char* word) {
      return name.find(fmt::format("_{}_", word)) != std::string::npos;
    });
    if (is_secret && name.find("_public_") == std::string::npos)
      say("SecretsUsedInArgOrEnv",
          fmt::format("'{}' looks like a secret; use --mount=type=secret", variable));
  }

  void check_arg() {
    const std::size_t equals = std::min(now_->text.find('='), now_->text.size());
    const std::string variable(text::trim(now_->text.substr(0, equals)));
    check_secret(variable);
    check_described(variable);
    if (stage_count_ > 0) return;
    global_arguments_[variable] = bare(now_->text.substr(equals)).size() > 1;
  }

  void check_env() {
    check_pairs();
    for (const std::string& word : now_->words) {
      const std::size_t equals = word.find('=');
      if (equals == std::string::npos) continue;
      const std::string variable = word.substr(0, equals);
      if (variable.find_first_not_of(kNameCharacters) != std::string::npos) continue;
      check_secret(variable);
    }
  }

  void check_pairs() {
    if (!now_->words.empty() && now_->words[0].find('=') == std::string::npos)
      say("LegacyKeyValueFormat", "write key=value with an equals sign");
  }

  void check_copy() {
    std::vector<std::string> paths;
    for (const std::string& word : now_->words)
      paths.push_back(bare(word));
    const std::string from(now_->flag("from"));
    const bool is_number = from.find_first_not_of("0123456789") == std::string::npos;
    if (!from.empty() && !is_number && from == stage_)
      say("DL3023", fmt::format("the stage '{}' copies from itself", from));
    else if (!is_number && stages_.count(text::to_lower(from)) == 0
             && from.find(':') == std::string::npos && from.find('@') == std::string::npos)
      say("DL3022", fmt::format("no stage above is named '{}'", from));
    if (paths.empty()) return;
    if (paths.size() > 2 && !paths.back().ends_with('/') && !now_->text.starts_with('['))
      say("DL3021", "several sources need a destination that ends in '/'");
    if (!has_workdir_ && !paths.back().starts_with('/') && !holds_reference(paths.back()))
      say("DL3045", fmt::format("the destination '{}' is no absolute path", paths.back()));
    if (!from.empty() && paths.size() == 2 && paths[0] == "/" && paths[1] == "/")
      say("DL3067", "all of a stage is copied over the root directory");
  }

  void check_run() {
    if (previous_ == "run" && previous_flags_ == now_->flags)
      say("DL3059", "two RUN instructions follow each other; join them");
    if (now_->text.starts_with('[')) return;
    const std::vector<std::string> found = programs(now_->text);
    const auto runs = [&found](std::string_view program) {
      return std::find(found.begin(), found.end(), program) != found.end();
    };
    if (runs("cd")) say("DL3003", "use WORKDIR instead of cd");
    if (runs("sudo")) say("DL3004", "a RUN needs no sudo");
    if (runs("apt")) say("DL3027", "apt is for people; use apt-get");
    uses_curl_ = uses_curl_ || runs("curl");
    uses_wget_ = uses_wget_ || runs("wget");
    if (uses_curl_ && uses_wget_ && (runs("curl") || runs("wget")))
      say("DL4001", "both curl and wget are used");
    const std::string without_or = text::replace_all(now_->text, "||", "");
    const bool pipes = without_or.find(" | ") != std::string::npos;
    if (pipes && now_->text.find("pipefail") == std::string::npos)
      say("DL4006", "the failure of a command before a pipe goes unseen");
  }

  void check_command() {
    if (!now_->text.starts_with('['))
      say("JSONArgsRecommended", fmt::format("{} is not in the JSON form", now_->name));
    if (!commands_.insert(name_).second)
      say("MultipleInstructionsDisallowed", fmt::format("the stage has two {}", now_->name));
  }

  static constexpr std::string_view kNameCharacters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

  const Statement* now_ = nullptr;
  std::string name_, previous_, stage_, user_;
  int user_line_ = 0, stage_count_ = 0;
  bool seen_upper_ = false, uses_curl_ = false, uses_wget_ = false, has_workdir_ = false;
  std::vector<std::string> previous_flags_;
  std::set<std::string, std::less<>> stages_, commands_;
  std::map<std::string, bool, std::less<>> global_arguments_;  ///< whether it has a default
  std::vector<LintMessage> messages_;
};

}  // namespace

std::vector<LintMessage> lint(std::string_view dockerfile) {
  return Linter().check(dockerfile);
}

}  // namespace rockstage::emit
