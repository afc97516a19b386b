#include "build/build.hpp"

#include "base/json.hpp"
#include "cli/binary_rock.hpp"
#include "cli/build_options.hpp"
#include "cli/commands/commands.hpp"
#include "cli/prepare.hpp"
#include "cli/reproducible.hpp"
#include "plan/describe.hpp"
#include "report/staged.hpp"
#include "stage/stage.hpp"
#include "sys/files.hpp"
#include "sys/temp_dir.hpp"

#include <fmt/format.h>

namespace rockstage::cli {
namespace {

Result<Outcome> dry_run(const plan::Plan& plan) {
  RS_TRY_ASSIGN(auto data, parse_json(plan::to_json(plan)));
  return Outcome{.data = {{"plan", std::move(data)}}, .text = plan::to_text(plan)};
}

/// A dependency that is not in the tree does not stop the build: there are no rock servers yet to
/// get it from.
Result<void> tell_missing_dependencies(const rock::Rockspec& spec,
                                       const plan::Variant& variant,
                                       Diagnostics& diagnostics) {
  RS_TRY_ASSIGN(const auto missing, stage::missing_dependencies(spec, variant.tree, variant.lua));
  for (const auto& text : missing)
    diagnostics.note(
        fmt::format(
            "{} depends on '{}', which is not in the tree '{}'", spec.name, text, variant.tree),
        "stage it with `rockstage build` from its sources, or see that the image has it");
  return {};
}

Result<BuiltByTree> build_all(const plan::Plan& plan,
                              const Prepared& prepared,
                              const std::string& scratch,
                              build::RunContext& context) {
  BuiltByTree out;
  for (std::size_t i = 0; i < plan.variants.size(); ++i) {
    const auto& variant = plan.variants[i];
    const auto directory = sys::join(scratch, std::to_string(i));
    RS_TRY(sys::make_directories(directory, 0700));
    RS_TRY_ASSIGN(auto rock,
                  prepared.rock.binary
                      ? take_binary_rock(prepared, variant, context.diagnostics)
                      : build::run(plan, variant, prepared.rock, directory, context));
    out[variant.tree].push_back(std::move(rock));
  }
  return out;
}

}  // namespace

Result<Outcome> command_build(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  RS_TRY(tree_of(invocation));

  // The rock, its sources on disk, and what is known of crate, toolchain and host; nothing has been
  // executed of it.
  RS_TRY_ASSIGN(
      const auto prepared,
      prepare(invocation, ProjectDefaults::use, OnMissingToolchain::fail, io, diagnostics));

  // From here on every decision is in the plan.
  RS_TRY_ASSIGN(const auto plan,
                prepared.rock.binary
                    ? plan_binary_rock(prepared, diagnostics)
                    : plan::make(prepared.inputs(), prepared.options, diagnostics));
  if (invocation.flag("dry-run")) return dry_run(plan);
  if (invocation.flag("verbose")) io.progress.say(plan::to_text(plan));
  for (const auto& variant : plan.variants) {
    RS_TRY(stage::check_tree(variant.tree));
    RS_TRY(tell_missing_dependencies(prepared.rock.spec, variant, diagnostics));
  }

  // Every variant is built before the first tree is touched.
  RS_TRY_ASSIGN(const auto scratch, sys::TempDir::make(scratch_parent(io), "rockstage-build-"));
  build::ScriptRecorder scripts(io.processes);
  Io recorded{scripts, io.environment, io.terminal, io.progress, io.out};
  build::RunContext context{recorded, diagnostics, prepared.options};
  RS_TRY_ASSIGN(const auto built, build_all(plan, prepared, scratch.path(), context));

  Outcome outcome{.data = {{"tree", prepared.options.tree},
                           {"lua", nlohmann::json::array()},
                           {"rocks", nlohmann::json::array()},
                           {"reproducible", nullptr},
                           {"differences", nlohmann::json::array()}}};
  for (const auto lua : prepared.options.luas)
    outcome.data["lua"].push_back(lua::to_string(lua));
  if (invocation.flag("verify-reproducible")) {
    RS_TRY(verify_reproducible(
        {prepared, plan, scratch.path(), built, scripts}, outcome, io, diagnostics));
    if (outcome.exit != 0) return outcome;
  }
  const auto others =
      prepared.options.keep ? stage::OtherVersions::keep : stage::OtherVersions::remove;
  for (const auto& [tree, rocks] : built) {
    RS_TRY_ASSIGN(const auto staged, stage::deploy(rocks, others, io, diagnostics));
    for (auto& record : report::staged_data(staged))
      outcome.data["rocks"].push_back(std::move(record));
    outcome.text += report::staged_text(tree, staged);
  }
  return outcome;
}

Result<Outcome> command_install(Invocation& invocation, Io& io, Diagnostics& diagnostics) {
  if (invocation.arguments.empty())
    return fail(Errc::usage, "which rock?", "usage: rockstage install SOURCE --tree DIR");
  if (invocation.arguments.size() == 2) {
    invocation.arguments[0] += "@" + invocation.arguments[1];
    invocation.arguments.pop_back();
  }
  return command_build(invocation, io, diagnostics);
}

}  // namespace rockstage::cli
