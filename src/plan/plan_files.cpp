#include "base/text.hpp"
#include "plan/parts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::plan {
namespace {

constexpr unsigned kRead = 0644;
constexpr unsigned kExecute = 0755;

struct InstallTable {
  const char* name;
  rock::InstallKind kind;
  const std::vector<rock::InstallEntry>& entries;
  unsigned mode;
};

void add_table(const InstallTable& table, Variant& variant) {
  std::size_t position = 0;
  for (const auto& entry : table.entries) {
    ++position;
    CopyStep step;
    step.from = "{work}/" + entry.path;
    step.to = fmt::format("{}/{}", table.name, rock::install_target(table.kind, entry));
    step.mode = table.mode;
    const auto name = fmt::format("build.install.{}", table.name);
    step.field =
        entry.key.empty() ? fmt::format("{}[{}]", name, position) : field_name(name, entry.key);
    // LuaRocks takes only the directory from the key of a library; whether the key is meant, its
    // luaopen_* says.
    step.rekey = table.kind == rock::InstallKind::lib && !entry.key.empty();
    variant.copies.push_back(std::move(step));
  }
}

bool is_below(const std::string& file, const std::string& directory) {
  return directory.empty() || file.starts_with(directory + "/");
}

/// The directories that are copied whole: those that the rockspec names, else `doc` when documents
/// are wanted.
std::vector<std::string> directories(const Context& context) {
  const auto& spec = *context.inputs.spec;
  if (spec.copy_directories) return *spec.copy_directories;
  const auto has_doc = std::ranges::any_of(context.inputs.files,
                                           [](const auto& file) { return is_below(file, "doc"); });
  if (context.options.documents && has_doc) return {"doc"};
  return {};
}

}  // namespace

Result<void> add_files(const Context& context, Variant& variant) {
  const auto& install = context.inputs.spec->install;
  add_table({"lua", rock::InstallKind::lua, install.lua, kRead}, variant);
  add_table({"lib", rock::InstallKind::lib, install.lib, kExecute}, variant);
  add_table({"conf", rock::InstallKind::conf, install.conf, kRead}, variant);
  add_table({"bin", rock::InstallKind::bin, install.bin, kExecute}, variant);

  const auto copied = directories(context);
  for (const auto& directory : copied) {
    CopyStep step;
    step.from = directory.empty() ? "{work}" : "{work}/" + directory;
    step.to = directory;
    step.field = "build.copy_directories";
    step.is_directory = true;
    variant.copies.push_back(std::move(step));
  }
  const auto comes_with_directory = [&](const std::string& to) {
    return std::ranges::any_of(copied, [&](const auto& directory) {
      return is_below(to, directory) && std::ranges::binary_search(context.inputs.files, to);
    });
  };
  auto documents = context.inputs.licence_files;
  if (context.options.documents && copied.empty())
    documents.insert(documents.end(),
                     context.inputs.document_files.begin(),
                     context.inputs.document_files.end());
  for (const auto& file : documents) {
    CopyStep step;
    step.from = "{work}/" + file;
    step.to = "doc/" + file;
    step.field = "the sources' root";
    if (!comes_with_directory(step.to)) variant.copies.push_back(std::move(step));
  }
  return {};
}

}  // namespace rockstage::plan
