#include "base/text.hpp"
#include "lua/lexical.hpp"
#include "rock/rockspec_parts.hpp"

#include <algorithm>
#include <iterator>

namespace rockstage::rock {

namespace {

constexpr const char* kFormats[] = {"1.0", "1.1", "3.0", "3.1"};
constexpr std::size_t k10 = 0;
constexpr std::size_t k11 = 1;
constexpr std::size_t k30 = 2;

enum class Shape {
  string,
  boolean,
  table,         ///< only the fields listed
  open,          ///< those listed are checked, others are not looked at
  strings,       ///< a list of strings
  dependencies,  ///< likewise, of dependencies
};

enum class Need { optional, mandatory, before_30 };

struct Field {
  std::string_view path;  ///< `*` is any name
  std::size_t since;      ///< index into kFormats
  Shape shape;
  Need need = Need::optional;
};

/// LuaRocks' type/rockspec.tl.
constexpr Field kFields[] = {
    {"rockspec_format", k10, Shape::string},
    {"package", k10, Shape::string, Need::mandatory},
    {"version", k10, Shape::string, Need::mandatory},
    {"description", k10, Shape::table},
    {"description.summary", k10, Shape::string},
    {"description.detailed", k10, Shape::string},
    {"description.homepage", k10, Shape::string},
    {"description.license", k10, Shape::string},
    {"description.maintainer", k10, Shape::string},
    {"description.labels", k30, Shape::strings},
    {"description.issues_url", k30, Shape::string},
    {"dependencies", k10, Shape::dependencies},
    {"build_dependencies", k30, Shape::dependencies},
    {"test_dependencies", k30, Shape::dependencies},
    {"supported_platforms", k10, Shape::strings},
    {"external_dependencies", k10, Shape::table},
    {"external_dependencies.*", k10, Shape::table},
    {"external_dependencies.*.program", k10, Shape::string},
    {"external_dependencies.*.header", k10, Shape::string},
    {"external_dependencies.*.library", k10, Shape::string},
    {"source", k10, Shape::table, Need::mandatory},
    {"source.url", k10, Shape::string, Need::mandatory},
    {"source.md5", k10, Shape::string},
    {"source.file", k10, Shape::string},
    {"source.dir", k10, Shape::string},
    {"source.tag", k10, Shape::string},
    {"source.branch", k10, Shape::string},
    {"source.module", k10, Shape::string},
    {"source.cvs_tag", k10, Shape::string},
    {"source.cvs_module", k10, Shape::string},
    {"build", k10, Shape::open, Need::before_30},
    {"build.type", k10, Shape::string},
    {"build.install", k10, Shape::table},
    {"build.install.lua", k10, Shape::open},
    {"build.install.lib", k10, Shape::open},
    {"build.install.conf", k10, Shape::open},
    {"build.install.bin", k10, Shape::open},
    {"build.copy_directories", k10, Shape::strings},
    {"hooks", k10, Shape::table},
    {"hooks.post_install", k10, Shape::string},
    {"deploy", k11, Shape::table},
    {"deploy.wrap_bin_scripts", k11, Shape::boolean},
    {"test", k30, Shape::open},
    {"test.type", k30, Shape::string},
};

constexpr std::string_view kOverridable[] = {"build",
                                             "dependencies",
                                             "build_dependencies",
                                             "test_dependencies",
                                             "external_dependencies",
                                             "source",
                                             "hooks",
                                             "test"};

std::string_view parent_of(std::string_view path) {
  const auto dot = path.rfind('.');
  return dot == path.npos ? std::string_view{} : path.substr(0, dot);
}

std::string_view last_of(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

std::string with_article(std::string_view type) {
  return (type == "nil" ? "" : "a ") + std::string(type);
}

class Checker {
 public:
  explicit Checker(std::size_t format) : format_(format) {}

  Faults run(const lua::Table& globals, const std::vector<std::string>& undefined_reads) {
    for (const std::string& name : undefined_reads)
      if (find("", name) == nullptr)
        faults_.push_back({"unknown variable '" + name + "'",
                           "a rockspec sees only what it has set itself, and no Lua library"});
    check_table(globals, "", "", Mandatory::checked);
    return std::move(faults_);
  }

 private:
  /// LuaRocks' own platform tables are partial.
  enum class Mandatory { checked, ignored };

  /// The field `key` of the table `parent`, both as the schema names them.
  static const Field* find(std::string_view parent, std::string_view key) {
    const Field* any = nullptr;
    for (const Field& field : kFields) {
      if (parent_of(field.path) != parent) continue;
      if (last_of(field.path) == key) return &field;
      if (last_of(field.path) == "*") any = &field;
    }
    return any;
  }

  void check_table(const lua::Table& table,
                   std::string_view schema_path,
                   const std::string& path,
                   Mandatory mandatory) {
    const bool closed = schema_path.empty() || shape_of(schema_path) == Shape::table;
    if (closed && !table.items.empty())
      faults_.push_back({path + "[1]: expected only named fields", ""});
    for (const auto& [key, value] : table.fields) {
      const std::string shown = field_path(path, key);
      if (key == "platforms"
          && std::ranges::find(kOverridable, schema_path) != std::end(kOverridable)) {
        check_platform_tables(value, schema_path, shown);
      } else if (const Field* field = find(schema_path, key)) {
        check_field(value, *field, shown, mandatory);
      } else if (closed) {
        faults_.push_back({shown + ": unknown field" + suggestion(schema_path, key), ""});
      }
    }
    if (mandatory == Mandatory::checked) check_presence(table, schema_path, path);
  }

  static Shape shape_of(std::string_view schema_path) {
    return std::ranges::find(kFields, schema_path, &Field::path)->shape;
  }

  static std::string suggestion(std::string_view schema_path, const std::string& key) {
    std::vector<std::string> names;
    for (const Field& field : kFields)
      if (parent_of(field.path) == schema_path) names.emplace_back(last_of(field.path));
    return text::did_you_mean(key, names);
  }

  void check_presence(const lua::Table& table,
                      std::string_view schema_path,
                      const std::string& path) {
    for (const Field& field : kFields) {
      if (parent_of(field.path) != schema_path || table.find(last_of(field.path)) != nullptr)
        continue;
      const bool needed =
          field.need == Need::mandatory || (field.need == Need::before_30 && format_ < k30);
      if (needed)
        faults_.push_back(
            {field_path(path, std::string(last_of(field.path))) + ": is missing, and mandatory",
             ""});
    }
  }

  void check_platform_tables(const lua::Value& value,
                             std::string_view schema_path,
                             const std::string& path) {
    if (!expect(value.table() != nullptr, "a table", value, path)) return;
    for (const auto& [platform, overrides] : value.table()->fields) {
      const std::string shown = field_path(path, platform);
      if (expect(overrides.table() != nullptr, "a table", overrides, shown))
        check_content(*overrides.table(),
                      *std::ranges::find(kFields, schema_path, &Field::path),
                      shown,
                      Mandatory::ignored);
    }
  }

  void check_field(const lua::Value& value,
                   const Field& field,
                   const std::string& path,
                   Mandatory mandatory) {
    if (field.since > format_) {
      faults_.push_back({path + ": needs rockspec format " + kFormats[field.since]
                             + ", this one has " + kFormats[format_],
                         ""});
    } else if (field.shape == Shape::string) {
      expect(value.string() != nullptr, "a string", value, path);
    } else if (field.shape == Shape::boolean) {
      expect(value.boolean() != nullptr, "a boolean", value, path);
    } else if (expect(value.table() != nullptr, "a table", value, path)) {
      check_content(*value.table(), field, path, mandatory);
    }
  }

  void check_content(const lua::Table& table,
                     const Field& field,
                     const std::string& path,
                     Mandatory mandatory) {
    if (field.shape == Shape::strings || field.shape == Shape::dependencies)
      check_strings(table, field, path);
    else
      check_table(table, field.path, path, mandatory);
  }

  void check_strings(const lua::Table& table, const Field& field, const std::string& path) {
    for (std::size_t i = 0; i < table.items.size(); ++i) {
      const std::string shown = path + "[" + std::to_string(i + 1) + "]";
      const std::string* text = table.items[i].string();
      if (!expect(text != nullptr, "a string", table.items[i], shown)) continue;
      const bool has_namespace =
          field.shape == Shape::dependencies && text->find('/') != text->npos;
      if (has_namespace && format_ < k30)
        faults_.push_back(
            {shown + ": '" + *text + "' has a namespace, which needs rockspec format 3.0", ""});
    }
    for (const auto& [key, value] : table.fields) {
      const std::string shown = field_path(path, key);
      if (key == "platforms" && field.shape == Shape::dependencies)
        check_platform_tables(value, field.path, shown);
      else
        faults_.push_back({shown + ": expected a list without names and gaps",
                           "LuaRocks would not read this entry"});
    }
  }

  bool expect(bool is_so, const char* what, const lua::Value& found, const std::string& path) {
    if (!is_so)
      faults_.push_back(
          {path + ": expected " + what + ", found " + with_article(found.type_name()), ""});
    return is_so;
  }

  std::size_t format_;
  Faults faults_;
};

}  // namespace

Result<std::size_t> format_index(const std::string& format) {
  const auto found = std::ranges::find(kFormats, format);
  if (found != std::end(kFormats)) return static_cast<std::size_t>(found - std::begin(kFormats));
  return fail(Errc::invalid_input,
              "rockspec_format: '" + format + "' is not supported",
              "known formats: 1.0, 1.1, 3.0, 3.1");
}

Faults check_schema(const lua::Table& globals,
                    const std::vector<std::string>& undefined_reads,
                    const std::string& format) {
  const auto index = format_index(format);
  if (!index) return {{index.error().message, index.error().hint}};
  Faults faults = Checker(*index).run(globals, undefined_reads);
  if (faults.empty()) return faults;
  for (std::size_t later = *index + 1; later < std::size(kFormats); ++later) {
    if (!Checker(later).run(globals, undefined_reads).empty()) continue;
    faults.front().hint = std::string("adding 'rockspec_format = \"") + kFormats[later]
                          + "\"' to the rockspec will fix this";
    break;
  }
  return faults;
}

}  // namespace rockstage::rock
