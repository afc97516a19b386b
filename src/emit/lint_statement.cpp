#include "emit/lint_statement.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace rockstage::emit {

namespace {

std::string delimiter_of(std::string_view text) {
  const std::size_t at = text.find("<<");
  if (at == std::string_view::npos) return {};
  std::string_view rest = text.substr(at + 2);
  if (rest.starts_with('-')) rest.remove_prefix(1);
  std::string word(rest.substr(0, rest.find_first_of(" \t|;&")));
  std::erase_if(word, [](char c) { return c == '"' || c == '\''; });
  return word;
}

void split_flags(Statement& statement) {
  std::string_view rest = text::trim(statement.text);
  while (rest.starts_with("--")) {
    const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
    statement.flags.emplace_back(rest.substr(0, end));
    rest = text::trim(rest.substr(end));
  }
  statement.text = rest;
  std::string blanks = text::replace_all(statement.text, "\t", " ");
  for (std::string& word : text::split(blanks, ' '))
    if (!word.empty()) statement.words.push_back(std::move(word));
}

class Reader {
 public:
  explicit Reader(std::string_view text) : lines_(text::split(text, '\n')) {}

  std::vector<Statement> read() {
    std::string comment;
    while (at_ < lines_.size()) {
      const std::string_view line = text::trim(lines_[at_]);
      if (line.empty() || line.starts_with('#')) {
        if (!line.empty()) comment = text::trim(line.substr(1));
        ++at_;
        continue;
      }
      Statement statement = read_one();
      statement.comment = std::move(comment);
      comment.clear();
      statements_.push_back(std::move(statement));
    }
    return std::move(statements_);
  }

 private:
  Statement read_one() {
    Statement statement;
    statement.line = static_cast<int>(at_) + 1;
    std::string text;
    bool continues = true;
    for (bool first = true; continues && at_ < lines_.size(); first = false) {
      std::string_view line = text::trim(lines_[at_++]);
      if (!first && line.starts_with('#')) continue;
      if (line.empty()) statement.empty_continuation |= at_ < lines_.size();
      continues = line.empty() || (line.ends_with('\\') && !line.ends_with("\\\\"));
      if (line.ends_with('\\') && continues) line.remove_suffix(1);
      text += line;
      text += ' ';
    }
    const std::size_t blank = std::min(text.find_first_of(" \t"), text.size());
    statement.name = text.substr(0, blank);
    statement.text = text.substr(blank);
    split_flags(statement);
    const std::string name = text::to_lower(statement.name);
    if ((name == "run" || name == "copy" || name == "add") && !statement.text.starts_with('['))
      read_here_document(statement);
    return statement;
  }

  void read_here_document(Statement& statement) {
    const std::string delimiter = delimiter_of(statement.text);
    if (delimiter.empty()) return;
    std::string body;
    while (at_ < lines_.size() && text::trim(lines_[at_]) != delimiter)
      body += lines_[at_++] + '\n';
    ++at_;
    if (text::to_lower(statement.name) == "run") statement.text = std::move(body);
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  std::vector<Statement> statements_;
};

}  // namespace

std::string_view Statement::flag(std::string_view flag_name) const {
  for (const std::string_view flag : flags)
    if (flag.size() > flag_name.size() + 2 && flag.substr(2).starts_with(flag_name)
        && flag[flag_name.size() + 2] == '=')
      return flag.substr(flag_name.size() + 3);
  return {};
}

std::vector<Statement> read_statements(std::string_view dockerfile) {
  return Reader(dockerfile).read();
}

}  // namespace rockstage::emit
