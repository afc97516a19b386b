#include "lint/shell_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace rockstage::lint {
namespace {

enum class Joint { sequence, both, otherwise, end };

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

struct Piece {
  std::string text;
  Joint joint;  ///< what stands behind it
};

class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {}

  std::vector<Piece> run() {
    while (at_ < text_.size())
      step();
    cut(Joint::end, 0);
    return std::move(pieces_);
  }

 private:
  void step() {
    const char c = text_[at_];
    const auto next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (c == '\\' && quote_ != '\'') return take(2);
    if (quote_ != 0) {
      if (c == quote_) quote_ = 0;
      return take(1);
    }
    if (c == '\'' || c == '"') {
      quote_ = c;
      return take(1);
    }
    if (c == '#' && (current_.empty() || is_blank(current_.back()))) return skip_comment();
    if (c == '&' && next == '&') return cut(Joint::both, 2);
    if (c == '|' && next == '|') return cut(Joint::otherwise, 2);
    if (c == ';' || c == '\n') return cut(Joint::sequence, 1);
    take(1);
  }

  void take(std::size_t count) {
    const auto part = text_.substr(at_, count);
    // A line that is continued is one line.
    current_ += part == "\\\n" ? " " : std::string(part);
    at_ += count;
  }

  void skip_comment() {
    const auto end = text_.find('\n', at_);
    at_ = end == std::string_view::npos ? text_.size() : end;
  }

  void cut(Joint joint, std::size_t width) {
    at_ += width;
    const auto trimmed = std::string(text::trim(current_));
    current_.clear();
    if (!trimmed.empty()) pieces_.push_back({trimmed, joint});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  char quote_ = 0;
  std::string current_;
  std::vector<Piece> pieces_;
};

std::vector<std::string> words(const std::string& text) {
  auto out = text::split(text::replace_all(text, "\t", " "), ' ');
  std::erase_if(out, [](const std::string& word) { return word.empty(); });
  return out;
}

bool is_any(std::string_view word, std::initializer_list<std::string_view> of) {
  return std::ranges::find(of, word) != of.end();
}

bool always_succeeds(const std::string& command) {
  return is_any(command_word(command), {"true", ":", "echo", "printf"}) || command == "exit 0";
}

/// `set` with `-e`, alone or among other letters, or with `-o errexit`.
bool sets_e(const std::string& command) {
  const auto all = words(command);
  if (all.empty() || all.front() != "set") return false;
  for (std::size_t i = 1; i < all.size() && all[i].starts_with("-") && all[i] != "--"; ++i) {
    if (all[i].find('e') != std::string::npos) return true;
    const bool names_option = all[i].ends_with("o") && i + 1 < all.size();
    if (names_option && all[++i] == "errexit") return true;
  }
  return false;
}

/// Whether what stands behind `||` ends the shell with a failure: `exit 1`, `{ echo no; exit 1; }`.
bool gives_up(const std::vector<Piece>& pieces, std::size_t at) {
  const bool is_group = pieces[at].text.starts_with("{");
  for (; at < pieces.size(); ++at) {
    const auto& text = pieces[at].text;
    if (command_word(text) == "exit" && !text.ends_with(" 0")) return true;
    if (!is_group || text.starts_with("}")) return false;
  }
  return false;
}

/// Finds what counts from behind, as a command's fate is decided by what follows it.
class StatusFinder {
 public:
  explicit StatusFinder(const std::vector<Piece>& pieces)
      : pieces_(pieces), stops_(!pieces.empty() && sets_e(pieces.front().text)) {}

  std::vector<Statement> run() {
    std::vector<Statement> out;
    for (std::size_t i = pieces_.size(); i-- > 0;) {
      if (i + 1 < pieces_.size()) step(pieces_[i].joint, i + 1);
      const auto all = words(pieces_[i].text);
      if (is_any(all.front(), {"fi", "done", "}"})) open_.push_back(now_);
      out.push_back({pieces_[i].text, now_.counts});
      leave_groups(all);
    }
    std::ranges::reverse(out);
    return out;
  }

 private:
  struct State {
    bool counts = true;   ///< a failure is seen
    bool decides = true;  ///< so is one of the commands before `&&`, which `set -e` passes over
  };

  void step(Joint joint, std::size_t next) {
    const auto& following = pieces_[next].text;
    if (joint == Joint::both) now_.counts = now_.decides;
    if (joint == Joint::sequence && !is_any(words(following).front(), {"fi", "}", "else", "elif"}))
      now_ = {stops_, false};
    if (joint != Joint::otherwise) return;
    if (gives_up(pieces_, next))
      now_ = {true, true};
    else if (always_succeeds(following))
      now_ = {false, false};
  }

  /// The last command before `else` has the fate of the whole, and so has what precedes the group.
  void leave_groups(const std::vector<std::string>& all) {
    for (const auto& word : all) {
      if (open_.empty()) return;
      const bool begins = is_any(word, {"if", "{", "for", "while", "until"});
      if (!begins && !is_any(word, {"else", "elif", "then", "do", "!"})) return;
      if (begins || is_any(word, {"else", "elif"})) now_ = open_.back();
      if (begins) open_.pop_back();
    }
  }

  const std::vector<Piece>& pieces_;
  bool stops_;
  State now_;
  std::vector<State> open_;  ///< of groups whose beginning is still to come
};

}  // namespace

std::vector<Statement> statements(std::string_view text) {
  const auto pieces = Splitter(text).run();
  return StatusFinder(pieces).run();
}

std::string command_word(const std::string& statement) {
  constexpr std::array<std::string_view, 9> kKeywords = {
      "if", "then", "else", "elif", "do", "while", "!", "{", "("};
  for (const auto& word : text::split(text::replace_all(statement, "\t", " "), ' ')) {
    if (word.empty() || std::ranges::find(kKeywords, word) != kKeywords.end()) continue;
    const auto equals = word.find('=');
    if (equals != std::string::npos && equals > 0 && word.find('/') > equals)
      continue;  // an assignment before the command
    return word;
  }
  return {};
}

}  // namespace rockstage::lint
