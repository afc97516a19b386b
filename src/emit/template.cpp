#include "emit/template.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace rockstage::emit {

namespace {

namespace mustache = kainjow::mustache;

constexpr std::size_t kMaxTemplateSize = 1U << 20U;
constexpr std::size_t kMaxDepth = 32;
constexpr std::size_t kMaxLookups = 1'000'000;  // lists within lists of a person's own template

/// A piece of a template.
struct Piece {
  enum class Kind { text, variable, section, inverted, end };
  Kind kind = Kind::text;
  std::string text;  ///< or the name
  std::size_t line = 0;
};

constexpr std::string_view kBlanks = " \t\r";

/// Splits a template into pieces, and checks what does not depend on the data.
class Scanner {
 public:
  explicit Scanner(const TemplateFile& file) : file_(file), text_(file.text) {}

  Result<std::vector<Piece>> scan() {
    if (text_.size() > kMaxTemplateSize)
      return fail(Errc::invalid_input, fmt::format("{} is larger than 1 MiB", file_.path));
    while (at_ < text_.size()) {
      const std::size_t tag = std::min(text_.find(open_, at_), text_.size());
      add_text(tag);
      if (tag < text_.size()) RS_TRY(read_tag());
    }
    if (!open_sections_.empty()) {
      const Piece& section = pieces_[open_sections_.back()];
      return error(section.line,
                   fmt::format("section '{}' is not closed", section.text),
                   fmt::format("end it with {{{{/{}}}}}", section.text));
    }
    return std::move(pieces_);
  }

 private:
  tl::unexpected<Error> error(std::size_t line,
                              std::string_view message,
                              std::string hint = {}) const {
    return fail(
        Errc::invalid_input, fmt::format("{}:{}: {}", file_.path, line, message), std::move(hint));
  }

  void add_text(std::size_t end) {
    if (end > at_)
      pieces_.push_back({Piece::Kind::text, std::string(text_.substr(at_, end - at_)), line_});
    move_to(end);
  }

  void move_to(std::size_t end) {
    const auto passed = text_.substr(at_, end - at_);
    line_ += static_cast<std::size_t>(std::count(passed.begin(), passed.end(), '\n'));
    at_ = end;
  }

  Result<void> read_tag() {
    const std::size_t start = at_;
    const bool triple = open_ == "{{" && text_.substr(start, 3) == "{{{";
    const std::string close = triple ? "}}}" : close_;
    const std::size_t inside = start + open_.size() + (triple ? 1 : 0);
    const std::size_t end = text_.find(close, inside);
    if (end == std::string_view::npos)
      return error(line_, fmt::format("'{}' without '{}'", open_, close));
    std::string_view content = text::trim(text_.substr(inside, end - inside));
    const char sigil = triple || content.empty() ? '&' : content.front();
    const bool has_sigil =
        !triple && std::string_view("#^/!&>=").find(sigil) != std::string_view::npos;
    if (has_sigil && !content.empty()) content = text::trim(content.substr(1));
    const std::size_t line = line_;
    if (has_sigil && sigil != '&')
      skip_tag_line(start, end + close.size());
    else
      move_to(end + close.size());
    return add_tag(has_sigil ? sigil : '&', content, line);
  }

  /// Passes the tag; one that stands alone on its line takes the line with it (mustache(5)).
  void skip_tag_line(std::size_t start, std::size_t end) {
    const std::size_t before = start == 0 ? start : text_.find_last_not_of(kBlanks, start - 1);
    const bool first = start == 0 || before == std::string_view::npos || text_[before] == '\n';
    const std::size_t after = std::min(text_.find_first_not_of(kBlanks, end), text_.size());
    const bool last = after == text_.size() || text_[after] == '\n';
    if (!first || !last) return move_to(end);
    if (!pieces_.empty() && pieces_.back().kind == Piece::Kind::text) {
      std::string& text = pieces_.back().text;
      text.erase(text.find_last_not_of(kBlanks) + 1);
    }
    move_to(std::min(after + 1, text_.size()));
  }

  Result<void> add_tag(char sigil, std::string_view name, std::size_t line) {
    switch (sigil) {
      case '!':
        return {};
      case '=':
        return set_delimiters(name, line);
      case '>':
        return error(line,
                     fmt::format("'{{{{>{}}}}}' includes another template", name),
                     "write its text here: a template stands for itself");
      default:
        break;
    }
    if (name.empty() || name.find_first_of(" \t\r\n") != std::string_view::npos)
      return error(line, fmt::format("'{}' is no name of a variable", name));
    if (sigil == '/') return end_section(name, line);
    if (sigil == '&') {
      pieces_.push_back({Piece::Kind::variable, std::string(name), line});
      return {};
    }
    if (open_sections_.size() == kMaxDepth)
      return error(line, fmt::format("more than {} sections within each other", kMaxDepth));
    open_sections_.push_back(pieces_.size());
    const auto kind = sigil == '#' ? Piece::Kind::section : Piece::Kind::inverted;
    pieces_.push_back({kind, std::string(name), line});
    return {};
  }

  Result<void> end_section(std::string_view name, std::size_t line) {
    if (open_sections_.empty())
      return error(line, fmt::format("section '{}' ends here, but was not opened", name));
    const Piece& section = pieces_[open_sections_.back()];
    if (section.text != name)
      return error(line,
                   fmt::format("section '{}' ends here, but '{}' of line {} is still open",
                               name,
                               section.text,
                               section.line));
    // The number of the beginning: that is what the two have in common for the renderer.
    pieces_.push_back({Piece::Kind::end, std::to_string(open_sections_.back()), line});
    open_sections_.pop_back();
    return {};
  }

  /// `{{=<% %>=}}`, for text that is full of braces itself.
  Result<void> set_delimiters(std::string_view content, std::size_t line) {
    if (content.ends_with('=')) {
      content = text::trim(content.substr(0, content.size() - 1));
      const std::size_t blank = content.find(' ');
      if (blank != std::string_view::npos) {
        open_ = content.substr(0, blank);
        close_ = text::trim(content.substr(blank));
        if (close_.find_first_of(" =") == std::string::npos) return {};
      }
    }
    return error(line, "wrong change of delimiters", "write it like {{=<% %>=}}");
  }

  const TemplateFile& file_;
  std::string_view text_;
  std::string open_ = "{{", close_ = "}}";
  std::size_t at_ = 0, line_ = 1;
  std::vector<Piece> pieces_;
  std::vector<std::size_t> open_sections_;  ///< places in `pieces_`
};

/// What the renderer is given: tags whose names are the numbers of the pieces, text too. So each
/// lookup is known by its line, and the renderer's own treatment of lines (it leaves an empty one
/// behind a section that is skipped) never begins.
std::string numbered(const std::vector<Piece>& pieces) {
  std::string text;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    switch (pieces[i].kind) {
      case Piece::Kind::text:
      case Piece::Kind::variable:
        text += fmt::format("{{{{&{}}}}}", i);
        break;
      case Piece::Kind::section:
        text += fmt::format("{{{{#{}}}}}", i);
        break;
      case Piece::Kind::inverted:
        text += fmt::format("{{{{^{}}}}}", i);
        break;
      case Piece::Kind::end:
        text += fmt::format("{{{{/{}}}}}", pieces[i].text);
        break;
    }
  }
  return text;
}

/// JSON as the renderer's data; a null is an empty text. `names` gets every key.
mustache::data convert(const nlohmann::json& value, std::set<std::string>& names) {
  if (value.is_object()) {
    mustache::data object;
    for (const auto& [key, member] : value.items()) {
      names.insert(key);
      object.set(key, convert(member, names));
    }
    return object;
  }
  if (value.is_array()) {
    mustache::data list(mustache::data::type::list);
    for (const auto& member : value)
      list.push_back(convert(member, names));
    return list;
  }
  if (value.is_boolean()) return {value.get<bool>()};
  if (value.is_string()) return {value.get<std::string>()};
  return {value.is_null() ? std::string() : value.dump()};
}

/// Answers the renderer's lookups, and keeps the first thing that was wrong.
class Lookup : public mustache::basic_context<std::string> {
 public:
  Lookup(const TemplateFile& file, const std::vector<Piece>& pieces, std::set<std::string> names)
      : file_(file), pieces_(pieces), names_(names.begin(), names.end()) {
    texts_.reserve(pieces.size());
    for (const Piece& piece : pieces)
      texts_.emplace_back(piece.text);
  }

  void push(const mustache::data* data) override { stack_.push_back(data); }

  void pop() override { stack_.pop_back(); }

  [[nodiscard]] const mustache::data* get(const std::string& number) const override {
    if (failure_) return nullptr;
    const std::size_t index = std::strtoul(number.c_str(), nullptr, 10);
    const Piece& piece = pieces_[index];
    if (piece.kind == Piece::Kind::text) return &texts_[index];
    if (++lookups_ > kMaxLookups)
      return wrong(piece, "the lists within each other make too long a text");
    const mustache::data* found = find(piece.text);
    if (found == nullptr)
      return wrong(
          piece,
          fmt::format(
              "unknown variable '{}'{}", piece.text, text::did_you_mean(piece.text, names_)));
    if (piece.kind != Piece::Kind::variable)
      return found->is_string() && found->string_value().empty() ? &no_ : found;
    if (found->is_bool()) return found->is_true() ? &true_text_ : &false_text_;
    if (!found->is_string())
      return wrong(
          piece,
          fmt::format(
              "'{}' is a {}, not a text", piece.text, found->is_list() ? "list" : "record"));
    return found;
  }

  [[nodiscard]] const mustache::data* get_partial(const std::string& /*name*/) const override {
    return nullptr;
  }

  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  [[nodiscard]] const mustache::data* find(const std::string& name) const {
    if (name == ".") return stack_.back();
    const std::vector<std::string> path = text::split(name, '.');
    for (auto level = stack_.rbegin(); level != stack_.rend(); ++level) {
      const mustache::data* found = (*level)->get(path.front());
      for (std::size_t i = 1; found != nullptr && i < path.size(); ++i)
        found = found->get(path[i]);
      if (found != nullptr) return found;
    }
    return nullptr;
  }

  const mustache::data* wrong(const Piece& piece, std::string_view message) const {
    failure_ = Error{
        Errc::invalid_input, fmt::format("{}:{}: {}", file_.path, piece.line, message), "", {}};
    return nullptr;
  }

  const TemplateFile& file_;
  const std::vector<Piece>& pieces_;
  std::vector<std::string> names_;
  std::vector<mustache::data> texts_;
  std::vector<const mustache::data*> stack_;
  mustache::data no_{false}, true_text_{"true"}, false_text_{"false"};
  // The renderer's interface is const; what it finds on the way is not.
  mutable std::optional<Error> failure_;
  mutable std::size_t lookups_ = 0;
};

}  // namespace

Templates::Templates() {
  for (const TemplateFile& file : builtin_templates())
    files_[file.name] = file;
}

Result<Templates> Templates::with(std::vector<TemplateFile> own) {
  Templates templates;
  std::vector<std::string> names;
  for (const auto& [name, file] : templates.files_)
    names.push_back(name);
  for (TemplateFile& file : own) {
    const auto place = templates.files_.find(file.name);
    if (place == templates.files_.end())
      return fail(Errc::usage,
                  fmt::format("'{}' is no template of rockstage{}",
                              file.path,
                              text::did_you_mean(file.name, names)),
                  fmt::format("the templates are {}", text::join(names, ", ")));
    RS_TRY(Scanner(file).scan());
    place->second = std::move(file);
  }
  return templates;
}

Result<std::string> Templates::render(std::string_view name, const nlohmann::json& data) const {
  const auto place = files_.find(name);
  if (place == files_.end())
    return fail(Errc::internal, fmt::format("there is no template '{}'", name));
  const TemplateFile& file = place->second;
  RS_TRY_ASSIGN(const std::vector<Piece> pieces, Scanner(file).scan());

  std::set<std::string> names;
  const mustache::data root = convert(data, names);
  Lookup lookup(file, pieces, std::move(names));
  lookup.push(&root);
  mustache::mustache renderer(numbered(pieces));
  if (!renderer.is_valid())
    return fail(Errc::internal, fmt::format("{}: {}", file.path, renderer.error_message()));
  std::string text = renderer.render(lookup);
  if (lookup.failure()) return tl::unexpected<Error>(*lookup.failure());
  return text;
}

}  // namespace rockstage::emit
