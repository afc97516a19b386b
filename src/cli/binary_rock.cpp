#include "cli/binary_rock.hpp"

#include "base/json.hpp"
#include "build/classify.hpp"
#include "cli/binary_objects.hpp"
#include "sys/files.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace rockstage::cli {
namespace {

constexpr std::uint64_t kLargestRecord = std::uint64_t{4} << 20;

/// What the rock's rockstage.json says that it was built for; empty where it has none.
struct BuiltFor {
  std::string lua, target;
};

BuiltFor built_for(const source::Rock& rock) {
  BuiltFor out;
  const auto text = sys::read_file(sys::join(rock.directory, "rockstage.json"), kLargestRecord);
  if (!text) return out;
  const auto record = parse_json(*text);
  if (!record || !record->is_object()) return out;
  // The target may become part of a path (`{target}`).
  static constexpr std::string_view kName =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  const auto take = [&record](const char* key, std::string& into) {
    const auto found = record->find(key);
    if (found == record->end() || !found->is_string()) return;
    auto value = found->get<std::string>();
    if (value.find_first_not_of(kName) == std::string::npos) into = std::move(value);
  };
  take("lua", out.lua);
  take("target", out.target);
  return out;
}

std::string name_of(const source::Rock& rock) {
  return sys::base_name(rock.binary->file);
}

/// The processor that LuaRocks (`uname -m`, or its own name), rustc and elf::machine_name call
/// differently.
std::string processor(std::string name) {
  if (name.size() == 4 && name.front() == 'i' && name.ends_with("86")) return "x86";
  for (const char* family : {"arm", "riscv64", "mips"})
    if (name.starts_with(family)) return family;
  return name == "ppc64le" ? "powerpc64le" : name;
}

std::string processor_of(const std::string& target) {
  return processor(target.substr(0, target.find('-')));
}

bool is_for(const std::string& arch, const std::string& target) {
  constexpr std::string_view kLinux = "linux-";
  return arch == "all"
         || (arch.starts_with(kLinux) && target.find("linux") != std::string::npos
             && processor(arch.substr(kLinux.size())) == processor_of(target));
}

/// Options that say how something is built, where nothing is.
Result<void> refuse_build_options(const Invocation& invocation, const source::Rock& rock) {
  for (const char* option :
       {"features", "no-default-features", "all-features", "package", "manifest-path", "profile"})
    if (invocation.flags.contains(option))
      return fail(
          Errc::usage,
          fmt::format(
              "--{} is for a rock that is built, and '{}' is a binary rock", option, name_of(rock)),
          fmt::format("leave --{} out, or name the rock's sources", option));
  return {};
}

Result<void> settle_lua(const Invocation& invocation,
                        const BuiltFor& record,
                        Prepared& prepared,
                        Diagnostics& diagnostics) {
  if (record.lua.empty()) return {};
  const auto built = lua::parse_lua(record.lua);
  if (!built) return {};
  const auto given = invocation.values.find("lua");
  if (given == invocation.values.end() || given->second.origin == config::Origin::fallback) {
    prepared.options.luas = {*built};
    return {};
  }
  for (const auto lua : prepared.options.luas)
    if (lua != *built)
      diagnostics.note(
          fmt::format("'{}' was built for {}, as its rockstage.json says, and is staged "
                      "for {}",
                      name_of(prepared.rock),
                      record.lua,
                      lua::to_string(lua)));
  return {};
}

/// Nothing is built and nothing but the hook runs: so much of the rockspec counts.
rock::Rockspec without_build(const rock::Rockspec& spec) {
  auto out = spec;
  out.build_type = "none";
  out.build = {};
  out.install = {};
  out.copy_directories = std::vector<std::string>{};
  out.patches.clear();
  out.extra_files.clear();
  out.external_dependencies.clear();
  return out;
}

Result<plan::Plan> plan_nothing(const Prepared& prepared,
                                const plan::BuildOptions& options,
                                Diagnostics& diagnostics) {
  const auto spec = without_build(prepared.rock.spec);
  auto inputs = prepared.inputs();
  inputs.spec = &spec;
  inputs.files.clear();
  inputs.host.missing.clear();
  return plan::make(inputs, options, diagnostics);
}

/// The machine of the file's name, and the target of rockstage.json.
Result<void> check_target(const source::Rock& rock,
                          const BuiltFor& record,
                          const std::string& target) {
  const auto& arch = rock.binary->arch;
  if (!is_for(arch, target))
    return fail(
        Errc::invalid_input,
        fmt::format("'{}' is for {}, and the target is {}", name_of(rock), arch, target),
        "get the rock for that machine, name the rock's with --target, or build it from its "
        "sources");
  if (arch != "all" && !record.target.empty() && record.target != target)
    return fail(
        Errc::invalid_input,
        fmt::format(
            "'{}' was built for {}, and the target is {}", name_of(rock), record.target, target),
        fmt::format("name its target with --target {}, or build it from its sources",
                    record.target));
  return {};
}

}  // namespace

Result<void> settle_binary_rock(const Invocation& invocation,
                                Prepared& prepared,
                                Diagnostics& diagnostics) {
  RS_TRY(refuse_build_options(invocation, prepared.rock));
  if (sys::exists(sys::join(prepared.rock.directory, "rock_namespace")))
    diagnostics.note(fmt::format("'{}': its namespace is left out", name_of(prepared.rock)));
  return settle_lua(invocation, built_for(prepared.rock), prepared, diagnostics);
}

Result<plan::Plan> plan_binary_rock(const Prepared& prepared, Diagnostics& diagnostics) {
  const auto& rock = prepared.rock;
  const auto record = built_for(rock);
  auto options = prepared.options;
  if (options.targets.empty() && !record.target.empty()) {
    Diagnostics unheard;
    RS_TRY_ASSIGN(const auto here, plan_nothing(prepared, options, unheard));
    const auto& host = here.variants.front().target;
    // It may say more than the machine, such as x86_64-unknown-linux-musl.
    if (processor_of(record.target) == processor_of(host)) options.targets = {record.target};
  }
  RS_TRY_ASSIGN(auto plan, plan_nothing(prepared, options, diagnostics));
  plan.build_type = rock.spec.build_type;
  plan.source = rock.binary->file;
  for (auto& variant : plan.variants) {
    RS_TRY(check_target(rock, record, variant.target));
    for (const auto& file : rock.files) {
      RS_TRY_ASSIGN(const auto status, sys::status(sys::join(rock.directory, file)));
      plan::CopyStep step;
      step.from = sys::join(rock.binary->file, file);
      step.to = file;
      step.mode = status.mode;
      step.field = "rock_manifest";
      variant.copies.push_back(std::move(step));
    }
  }
  return plan;
}

Result<build::BuiltRock> take_binary_rock(const Prepared& prepared,
                                          const plan::Variant& variant,
                                          Diagnostics& diagnostics) {
  const auto& rock = prepared.rock;
  build::BuiltRock out;
  out.spec = rock.spec;
  out.directory = rock.directory;
  out.lua = variant.lua;
  out.target = variant.target;
  out.tree = variant.tree;
  out.post_install = variant.post_install;
  auto files = build::classify(rock.directory);
  if (!files)
    return fail_while(std::move(files).error(), fmt::format("looking into '{}'", name_of(rock)));
  out.files = *std::move(files);
  // What stage writes itself, and what no rock_manifest lists.
  std::erase_if(out.files, [&rock](const auto& file) {
    return !std::ranges::binary_search(rock.files, file.first);
  });
  out.modules = build::modules_of(out.files, variant.lua);
  RS_TRY(check_objects({rock, variant, out.files}, diagnostics));
  return out;
}

}  // namespace rockstage::cli
