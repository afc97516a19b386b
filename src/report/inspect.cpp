#include "report/inspect.hpp"

#include "base/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace rockstage::report {
namespace {

nlohmann::json null_or(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

std::string line(const char* name, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("  {:<10}{}\n", name, value);
}

std::string list(const std::vector<std::string>& items) {
  return text::join(items, ", ");
}

/// "glibc, at least GLIBC_2.34 (for dlsym, pthread_key_create)".
std::string libc_line(const InspectedFile& file) {
  auto out = file.libc;
  if (file.floor.empty()) return out;
  out += fmt::format(", at least {}", file.floor);
  if (!file.floor_symbols.empty()) out += fmt::format(" (for {})", list(file.floor_symbols));
  if (file.strong_floor != file.floor)
    out += fmt::format("; without weak references {}",
                       file.strong_floor.empty() ? "none" : file.strong_floor);
  return out;
}

std::string lua_line(const InspectedFile& file) {
  if (file.kind != "native-module") return {};
  const auto fits = file.lua.empty() ? std::string("none") : list(file.lua);
  return file.lua_reason.empty() ? fits : fmt::format("{} ({})", fits, file.lua_reason);
}

std::string crates_line(const InspectedFile& file) {
  std::vector<std::string> names;
  for (const auto& crate : file.crates)
    names.push_back(fmt::format("{} {}", crate.name, crate.version));
  return list(names);
}

}  // namespace

std::string inspect_text(const std::vector<InspectedFile>& files) {
  std::string out;
  for (const auto& file : files) {
    if (!out.empty()) out += "\n";
    out += fmt::format("{}: {}, {}, {} bits\n", file.path, file.kind, file.machine, file.bits);
    out += line("libc", libc_line(file));
    out += line("needs", list(file.needed));
    out += line("runpath", file.runpath);
    out += line("exports", list(file.exports));
    out += line("lua", lua_line(file));
    out += line("rustc", file.rustc);
    out += line("crates", crates_line(file));
  }
  return text::escape_for_terminal(out);
}

nlohmann::json inspect_data(const std::vector<InspectedFile>& files) {
  auto list = nlohmann::json::array();
  for (const auto& file : files) {
    auto crates = nlohmann::json::array();
    for (const auto& crate : file.crates)
      crates.push_back({{"name", crate.name}, {"version", null_or(crate.version)}});
    list.push_back({{"path", file.path},
                    {"kind", file.kind},
                    {"machine", file.machine},
                    {"class", file.bits},
                    {"libc", null_or(file.libc)},
                    {"floor", null_or(file.floor)},
                    {"strong_floor", null_or(file.strong_floor)},
                    {"floor_symbols", file.floor_symbols},
                    {"needed", file.needed},
                    {"runpath", null_or(file.runpath)},
                    {"exports", file.exports},
                    {"lua", file.lua},
                    {"lua_reason", null_or(file.lua_reason)},
                    {"rustc", null_or(file.rustc)},
                    {"crates", std::move(crates)}});
  }
  return {{"files", std::move(list)}};
}

}  // namespace rockstage::report
