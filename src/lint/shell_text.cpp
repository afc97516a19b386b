#include "lint/shell_text.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace rockstage::lint {
namespace {

enum class Joint { sequence, both, otherwise, end };

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
    if (c == '\\') return take(2);
    if (quote_ != 0) {
      if (c == quote_) quote_ = 0;
      return take(1);
    }
    if (c == '\'' || c == '"') {
      quote_ = c;
      return take(1);
    }
    if (c == '#' && (current_.empty() || current_.back() == ' ')) return skip_comment();
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

bool always_succeeds(const std::string& command) {
  return command == "true" || command == ":";
}

bool sets_e(const std::string& command) {
  return command.starts_with("set -e") || command.starts_with("set -o errexit");
}

}  // namespace

std::vector<Statement> statements(std::string_view text) {
  const auto pieces = Splitter(text).run();
  const bool stops = !pieces.empty() && sets_e(pieces.front().text);
  std::vector<Statement> out;
  bool later_counts = true;  // whether the status of the list that this piece is part of decides
  for (std::size_t i = pieces.size(); i-- > 0;) {
    const auto& [content, joint] = pieces[i];
    const bool last = i + 1 == pieces.size();
    if (joint == Joint::sequence && !last) later_counts = stops;
    const bool ignored = joint == Joint::otherwise && !last && always_succeeds(pieces[i + 1].text);
    if (ignored) later_counts = false;
    out.push_back({content, later_counts});
  }
  std::ranges::reverse(out);
  return out;
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
