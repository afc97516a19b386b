#include "base/text.hpp"
#include "rock/rockspec_parts.hpp"

#include <algorithm>

namespace rockstage::rock {

namespace {

constexpr const char* kArguments = "build.cargo_extra_args";

/// Cargo options whose values rockstage must choose itself.
constexpr std::string_view kRefused[] = {"--target-dir", "--message-format", "--artifact-dir"};

/// Splits like a POSIX shell, without expansions: an unquoted character that a shell would act upon
/// is refused.
class WordSplitter {
 public:
  explicit WordSplitter(std::string_view text) : text_(text) {}

  Result<std::vector<std::string>> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == ' ' || c == '\t' || c == '\n') {
        end_word();
      } else if (c == '\'' || c == '"') {
        RS_TRY(quoted(c));
      } else if (c == '\\') {
        if (at_ == text_.size())
          return fail(Errc::invalid_input, std::string(kArguments) + ": ends with a backslash");
        word_ += text_[at_++];
        in_word_ = true;
      } else if (std::string_view("$`;&|<>(){}*?[]#~!\r").find(c) != std::string_view::npos) {
        return refuse(c);
      } else {
        word_ += c;
        in_word_ = true;
      }
    }
    end_word();
    return std::move(words_);
  }

 private:
  Result<void> quoted(char quote) {
    in_word_ = true;
    while (at_ < text_.size() && text_[at_] != quote) {
      char c = text_[at_++];
      if (quote == '"' && (c == '$' || c == '`')) return refuse(c);
      const bool escapes = quote == '"' && c == '\\' && at_ < text_.size()
                           && std::string_view("\\\"$`").find(text_[at_]) != std::string_view::npos;
      if (escapes) c = text_[at_++];
      word_ += c;
    }
    if (at_ == text_.size())
      return fail(Errc::invalid_input, std::string(kArguments) + ": a quote is not closed");
    ++at_;
    return {};
  }

  void end_word() {
    if (in_word_) words_.push_back(std::move(word_));
    word_.clear();
    in_word_ = false;
  }

  [[nodiscard]] static tl::unexpected<Error> refuse(char c) {
    return fail(
        Errc::invalid_input,
        std::string(kArguments) + ": '" + c + "' would be read by a shell, and no shell is run",
        "quote it with single quotes");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> words_;
  std::string word_;
  bool in_word_ = false;
};

Result<std::map<std::string, std::string>> read_modules(const lua::Value& value) {
  std::map<std::string, std::string> modules;
  if (value.table() == nullptr) {
    return fail(Errc::invalid_input,
                "build.modules: expected a table, found a " + std::string(value.type_name()));
  }
  RS_TRY_ASSIGN(const auto unnamed, string_list(value, "build.modules"));
  // A library's name has no dots: without a name of its own it is what the module is called last.
  for (const std::string& module : unnamed)
    modules[module] = module.substr(module.find_last_of("./") + 1);
  for (const auto& [module, library] : value.table()->fields) {
    const std::string field = field_path("build.modules", module);
    if (library.string() == nullptr || library.string()->empty()
        || library.string()->find('/') != std::string::npos)
      return fail(Errc::invalid_input, field + ": expected the name of the crate's library");
    modules[module] = *library.string();
  }
  for (const auto& [module, library] : modules) {
    const auto path = lua::module_to_path(module);
    if (!path)
      return fail(Errc::invalid_input, "build.modules: " + path.error().message, path.error().hint);
  }
  return modules;
}

Result<std::vector<std::string>> read_arguments(const lua::Value& value) {
  RS_TRY_ASSIGN(const auto texts, string_list(value, kArguments));
  std::vector<std::string> arguments;
  for (const std::string& text : texts) {
    RS_TRY_ASSIGN(const auto words, WordSplitter(text).run());
    arguments.insert(arguments.end(), words.begin(), words.end());
  }
  for (const std::string& argument : arguments) {
    const std::string option = argument.substr(0, argument.find('='));
    if (std::ranges::find(kRefused, option) != std::end(kRefused))
      return fail(Errc::invalid_input,
                  std::string(kArguments) + ": '" + option + "' cannot be given: rockstage sets it",
                  "leave it out");
  }
  return arguments;
}

Result<std::vector<InstallEntry>> read_include(const lua::Value& value) {
  if (value.table() == nullptr)
    return fail(Errc::invalid_input,
                "build.include: expected a table, found a " + std::string(value.type_name()));
  std::vector<InstallEntry> entries;
  RS_TRY_ASSIGN(const auto unnamed, string_list(value, "build.include"));
  for (std::size_t i = 0; i < unnamed.size(); ++i) {
    RS_TRY_ASSIGN(std::string path,
                  source_path(unnamed[i], "build.include[" + std::to_string(i + 1) + "]"));
    entries.push_back({"", std::move(path)});
  }
  const auto first_named = static_cast<std::ptrdiff_t>(entries.size());
  for (const auto& [from, to] : value.table()->fields) {
    const std::string field = field_path("build.include", from);
    if (to.string() == nullptr)
      return fail(Errc::invalid_input,
                  field + ": expected a string, found a " + std::string(to.type_name()));
    RS_TRY_ASSIGN(std::string path, source_path(from, field));
    RS_TRY_ASSIGN(std::string target, source_path(*to.string(), field));
    entries.push_back({std::move(target), std::move(path)});
  }
  std::sort(entries.begin() + first_named, entries.end(), [](const auto& a, const auto& b) {
    return a.path < b.path;
  });
  return entries;
}

}  // namespace

Result<RustMluaFields> rust_mlua_fields(const Rockspec& spec) {
  RustMluaFields fields;
  if (const lua::Value* value = spec.build.find("modules")) {
    RS_TRY_ASSIGN(fields.modules, read_modules(*value));
  }
  if (const lua::Value* value = spec.build.find("features")) {
    RS_TRY_ASSIGN(const auto lists, string_list(*value, "build.features"));
    for (const std::string& list : lists)
      for (const std::string& feature : text::split(text::replace_all(list, " ", ","), ','))
        if (!feature.empty()) fields.features.push_back(feature);
  }
  if (const lua::Value* value = spec.build.find("default_features")) {
    if (value->boolean() == nullptr)
      return fail(
          Errc::invalid_input,
          "build.default_features: expected a boolean, found a " + std::string(value->type_name()));
    fields.default_features = *value->boolean();
  }
  if (const lua::Value* value = spec.build.find("target_path")) {
    if (value->string() == nullptr)
      return fail(
          Errc::invalid_input,
          "build.target_path: expected a string, found a " + std::string(value->type_name()));
    fields.target_path = *value->string();
  }
  if (const lua::Value* value = spec.build.find("cargo_extra_args")) {
    RS_TRY_ASSIGN(fields.cargo_extra_args, read_arguments(*value));
  }
  if (const lua::Value* value = spec.build.find("include")) {
    RS_TRY_ASSIGN(fields.include, read_include(*value));
  }
  return fields;
}

}  // namespace rockstage::rock
