#include "config/yaml_document.hpp"

#include "sys/files.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <optional>
#include <set>
#include <sstream>

namespace rockstage::config {
namespace {

constexpr std::uint64_t kLargestFile = std::uint64_t{1} << 20;
constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kDeepest = 64;

struct Problem {
  int line = 0;
  std::string message;
};

/// Builds the tree from the parser's events. After the first problem the rest is ignored.
class Builder final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(mark, YamlNode{}); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    refuse(mark, "aliases (`*name`) are not taken: write the value out");
  }

  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t,
                const std::string& value) override {
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.quoted = tag == "!";
    node.scalar = value;
    add(mark, std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string&,
                       YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::list);
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark,
                  const std::string&,
                  YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    open(mark, YamlNode::Kind::map);
  }

  void OnMapEnd() override { close(); }

  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }

  YamlNode take() { return std::move(root_); }

 private:
  /// A list or map that is still open; it is moved into its parent when it closes.
  struct Open {
    YamlNode node;
    std::optional<std::string> key;  ///< of a map: the key whose value comes next
    std::set<std::string> keys;
  };

  void refuse(const YAML::Mark& mark, std::string message) {
    if (!problem_) problem_ = Problem{mark.line + 1, std::move(message)};
  }

  void open(const YAML::Mark& mark, YamlNode::Kind kind) {
    if (!open_.empty() && wants_key()) refuse(mark, "a key must be a text");
    if (open_.size() >= kDeepest)
      refuse(mark, fmt::format("values are nested deeper than {} levels", kDeepest));
    count(mark);
    if (problem_) return;
    Open fresh;
    fresh.node.kind = kind;
    fresh.node.line = mark.line + 1;
    open_.push_back(std::move(fresh));
  }

  void close() {
    if (problem_) return;
    auto done = std::move(open_.back().node);
    open_.pop_back();
    place(std::move(done));
  }

  void add(const YAML::Mark& mark, YamlNode node) {
    count(mark);
    if (problem_) return;
    node.line = mark.line + 1;
    if (!open_.empty() && wants_key())
      key(mark, std::move(node));
    else
      place(std::move(node));
  }

  [[nodiscard]] bool wants_key() const {
    return open_.back().node.kind == YamlNode::Kind::map && !open_.back().key;
  }

  void key(const YAML::Mark& mark, YamlNode node) {
    if (node.kind != YamlNode::Kind::scalar) return refuse(mark, "a key must be a text");
    if (!open_.back().keys.insert(node.scalar).second)
      return refuse(mark, fmt::format("the key '{}' stands twice", node.scalar));
    open_.back().key = std::move(node.scalar);
  }

  void place(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    auto& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
      return;
    }
    parent.node.fields.emplace_back(*std::move(parent.key), std::move(node));
    parent.key.reset();
  }

  void count(const YAML::Mark& mark) {
    if (++nodes_ > kMostNodes)
      refuse(mark, fmt::format("the file has more than {} values", kMostNodes));
  }

  YamlNode root_;
  std::vector<Open> open_;
  std::optional<Problem> problem_;
  std::size_t nodes_ = 0;
};

tl::unexpected<Error> refuse(const std::string& name, int line, const std::string& message) {
  return fail(Errc::invalid_input, fmt::format("{}:{}: {}", name, line, message));
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  const auto found = std::ranges::find(fields, key, &std::pair<std::string, YamlNode>::first);
  return found == fields.end() ? nullptr : &found->second;
}

Result<YamlNode> parse_yaml_document(const std::string& content, const std::string& name) {
  Builder builder, rest;
  try {
    std::istringstream stream(content);
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    if (builder.problem()) return refuse(name, builder.problem()->line, builder.problem()->message);
    if (parser.HandleNextDocument(rest))
      return fail(Errc::invalid_input,
                  fmt::format("{}: the file has more than one document", name));
  } catch (const YAML::Exception& error) {
    return refuse(name, error.mark.line + 1, "bad YAML: " + error.msg);
  }
  return builder.take();
}

Result<YamlNode> read_yaml_document(const std::string& path) {
  RS_TRY_ASSIGN(const auto content, sys::read_file(path, kLargestFile));
  return parse_yaml_document(content, path);
}

}  // namespace rockstage::config
