#include "cli/reproducible.hpp"

#include "base/text.hpp"
#include "build/build.hpp"
#include "build/differences.hpp"
#include "build/reproducible.hpp"
#include "elf/elf_file.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace rockstage::cli {
namespace {

/// What two builds of one variant had that was not the same.
struct VariantDifferences {
  std::string lua, target;
  std::size_t files = 0;  ///< that were compared
  std::vector<build::Difference> differences;
};

class SecondBuild {
 public:
  SecondBuild(const FirstBuild& first, Io& io, Diagnostics& diagnostics)
      : first_(first), io_(io), diagnostics_(diagnostics) {}

  Result<std::vector<VariantDifferences>> run() {
    const auto& prepared = first_.prepared;
    RS_TRY_ASSIGN(const auto manifest, manifest_of(prepared));
    const build::FirstPlace here{
        prepared.rock, prepared.options, manifest, first_.plan.variants.front().tree};
    RS_TRY_ASSIGN(auto place, build::make_second_place(here, sys::parent(first_.scratch), io_));
    RS_TRY(let_time_pass());
    io_.progress.step("building once more, in another place");

    build::OtherUmaskRunner runner(io_.processes);
    build::ScriptRecorder scripts(runner);
    Io io{scripts, place.environment, io_.terminal, io_.progress, io_.out};
    Diagnostics said_before;  // the first build has said all of it
    Prepared again;
    again.options = place.options;
    again.rock = place.rock;
    again.home = place.environment.get("HOME").value_or("");
    RS_TRY(look_around(again, OnMissingToolchain::fail, io, said_before));
    RS_TRY_ASSIGN(const auto plan, plan::make(again.inputs(), again.options, said_before));
    build::RunContext context{io, said_before, again.options};
    const auto scratch = sys::join(place.directory.path(), "built");
    add_places(plan, scratch, place);
    RS_TRY_ASSIGN(const auto rocks, build_variants(plan, again.rock, scratch, context));
    around_ = {std::move(place.places), io_.terminal.unix_time()};
    build::sort_places(around_.places);

    for (std::size_t i = 0; i < rocks.size(); ++i) {
      RS_TRY(first_.scripts.read_kept(sys::join(first_.scratch, std::to_string(i))));
      RS_TRY(scripts.read_kept(sys::join(scratch, std::to_string(i))));
    }
    RS_TRY_ASSIGN(scripts_, build::compare_scripts(first_.scripts.runs(), scripts.runs(), around_));
    std::vector<VariantDifferences> out;
    for (const build::BuiltRock& rock : rocks) {
      RS_TRY_ASSIGN(auto compared, compare(rock));
      out.push_back(std::move(compared));
    }
    return out;
  }

 private:
  static Result<std::string> manifest_of(const Prepared& prepared) {
    if (!prepared.crate) return std::string();
    return plan::manifest_path(prepared.rock.spec, prepared.rock.directory, prepared.options);
  }

  /// A time of day in both builds is not the same one.
  static Result<void> let_time_pass() {
    std::this_thread::sleep_for(std::chrono::milliseconds(1100));
    return sys::check_interrupted();
  }

  void add_places(const plan::Plan& plan,
                  const std::string& scratch,
                  build::SecondPlace& place) const {
    place.places.push_back({"the directory of the build", first_.scratch, scratch});
    for (std::size_t i = 0; i < plan.variants.size(); ++i) {
      const auto& here = first_.plan.variants[i].compiles;
      const auto& there = plan.variants[i].compiles;
      if (!here.empty() && !there.empty())
        place.places.push_back(
            {"cargo's target directory", here.front().target_dir, there.front().target_dir});
    }
  }

  Result<std::vector<build::BuiltRock>> build_variants(const plan::Plan& plan,
                                                       const source::Rock& rock,
                                                       const std::string& scratch,
                                                       build::RunContext& context) {
    std::vector<build::BuiltRock> out;
    for (std::size_t i = 0; i < plan.variants.size(); ++i) {
      const auto directory = sys::join(scratch, std::to_string(i));
      RS_TRY(sys::make_directories(directory, 0700));
      auto built = build::run(plan, plan.variants[i], rock, directory, context);
      if (!built)
        return fail_while(std::move(built).error(),
                          "building it once more, in another place, for --verify-reproducible");
      out.push_back(*std::move(built));
    }
    return out;
  }

  /// The rock of the first build for the same Lua and target.
  [[nodiscard]] Result<const build::BuiltRock*> first_of(const build::BuiltRock& second) const {
    for (const auto& [tree, rocks] : first_.built) {
      for (const build::BuiltRock& rock : rocks) {
        if (rock.lua == second.lua && rock.target == second.target) return &rock;
      }
    }
    return fail(Errc::internal,
                fmt::format("the second build of '{}' is for '{}', which the first was not for",
                            second.spec.name,
                            second.target));
  }

  Result<VariantDifferences> compare(const build::BuiltRock& second) {
    RS_TRY_ASSIGN(const auto* found, first_of(second));
    const build::BuiltRock& first = *found;
    RS_TRY_ASSIGN(auto compared,
                  build::compare_directories(first.directory, second.directory, around_));
    for (build::Difference& difference : compared.differences) {
      const auto a = sys::read_file(sys::join(first.directory, difference.path));
      const auto b = sys::read_file(sys::join(second.directory, difference.path));
      if (a && b && *a != *b && elf::looks_like_elf(*a))
        build::name_build_script(difference, *a, *b, scripts_);
    }
    if (compared.differences.empty()) RS_TRY(warn_of_today(first.directory, compared.files));
    return VariantDifferences{lua::to_string(first.lua),
                              first.target,
                              compared.files.size(),
                              std::move(compared.differences)};
  }

  /// Both builds are of one day: what a library holds of it is not seen as a difference.
  Result<void> warn_of_today(const std::string& directory, const std::vector<std::string>& files) {
    if (io_.environment.get_nonempty("SOURCE_DATE_EPOCH")) return {};
    for (const std::string& file : files) {
      RS_TRY_ASSIGN(const auto bytes, sys::read_file(sys::join(directory, file)));
      if (!elf::looks_like_elf(bytes)) continue;
      const auto today = build::find_today(bytes, around_.now);
      if (today.empty()) continue;
      diagnostics_.warning(
          fmt::format("'{}' holds the date of today, '{}': built on another day it may differ",
                      file,
                      today),
          "set SOURCE_DATE_EPOCH, or leave the date out");
    }
    return {};
  }

  const FirstBuild& first_;
  Io& io_;
  Diagnostics& diagnostics_;
  build::Surroundings around_;
  std::vector<build::ScriptDifference> scripts_;
};

/// "the time of the build, from the build script of stamp 0.1.0, which writes BUILT_AT".
std::string reason(const build::Difference& difference) {
  std::string cause;
  switch (difference.cause) {
    case build::Cause::path:
      cause = fmt::format("a path of the build ({})", difference.what);
      break;
    case build::Cause::time:
      cause = "the time of the build";
      break;
    case build::Cause::randomness:
      cause = "randomness: neither a path nor a time";
      break;
    case build::Cause::unknown:
      cause = "not known: neither a path nor a time";
      break;
  }
  if (difference.build_script.empty()) return cause;
  return fmt::format("{}, from the build script of {}, which writes {}",
                     cause,
                     difference.build_script,
                     difference.output);
}

std::string fix(const build::Difference& difference) {
  const bool script = !difference.build_script.empty();
  switch (difference.cause) {
    case build::Cause::path:
      return script ? "let the build script write no absolute path"
                    : "leave the path out: env!(\"CARGO_MANIFEST_DIR\") holds one, and so does "
                      "__FILE__ and what cc -g writes (-ffile-prefix-map=$PWD=. maps it)";
    case build::Cause::time:
      return script ? "let the build script read SOURCE_DATE_EPOCH in place of the clock"
                    : "take the time from SOURCE_DATE_EPOCH, as cc does for __DATE__ and __TIME__ "
                      "where it is set";
    case build::Cause::randomness:
      return script ? "let the build script write the same for the same input: no random numbers, "
                      "nothing in the order of a hash map or a directory"
                    : "look for random numbers, and for what is in the order of a hash map, a "
                      "directory or threads";
    case build::Cause::unknown:
      break;
  }
  return "look at what the build takes from its environment, the number of jobs, and files outside "
         "the sources";
}

std::string difference_text(const build::Difference& difference) {
  std::string out = difference.path;
  if (!difference.where.empty()) out += ", " + difference.where;
  return out
         + fmt::format("\n  first   {}\n  second  {}\n  cause   {}\n  fix     {}\n",
                       difference.first,
                       difference.second,
                       reason(difference),
                       fix(difference));
}

nlohmann::json text_or_null(const std::string& text) {
  return text.empty() ? nlohmann::json() : nlohmann::json(text);
}

bool is_same(const VariantDifferences& variant) {
  return variant.differences.empty();
}

std::string differences_text(const std::string& rock,
                             const std::vector<VariantDifferences>& variants) {
  std::string out;
  for (const auto& variant : variants) {
    const auto count = variant.differences.size();
    out += is_same(variant)
               ? fmt::format("reproducible: {} for {}, {} files the same in two builds\n",
                             rock,
                             variant.lua,
                             variant.files)
               : fmt::format("not reproducible: {} for {}, {} of {} files {} in two builds\n",
                             rock,
                             variant.lua,
                             count,
                             variant.files,
                             count == 1 ? "differs" : "differ");
    for (const auto& difference : variant.differences)
      out += difference_text(difference);
  }
  if (!std::ranges::all_of(variants, is_same)) out += "nothing was staged\n";
  return text::escape_for_terminal(out);
}

nlohmann::json differences_data(const std::vector<VariantDifferences>& variants) {
  auto out = nlohmann::json::array();
  for (const auto& variant : variants) {
    for (const auto& difference : variant.differences)
      out.push_back({{"lua", variant.lua},
                     {"target", variant.target},
                     {"path", difference.path},
                     {"where", text_or_null(difference.where)},
                     {"first", difference.first},
                     {"second", difference.second},
                     {"cause", build::to_string(difference.cause)},
                     {"build_script", text_or_null(difference.build_script)},
                     {"reason", reason(difference)},
                     {"fix", fix(difference)}});
  }
  return out;
}

}  // namespace

Result<void> verify_reproducible(const FirstBuild& first,
                                 Outcome& outcome,
                                 Io& io,
                                 Diagnostics& diagnostics) {
  const auto& rock = first.prepared.rock;
  if (rock.binary)
    return fail(Errc::usage,
                fmt::format("'{}' was built already: there is nothing to build twice",
                            sys::base_name(rock.binary->file)),
                "leave out --verify-reproducible, or build from the sources");
  RS_TRY_ASSIGN(const auto variants, SecondBuild(first, io, diagnostics).run());
  const bool same = std::ranges::all_of(variants, is_same);
  outcome.data["reproducible"] = same;
  outcome.data["differences"] = differences_data(variants);
  outcome.text += differences_text(first.plan.name + " " + first.plan.version, variants);
  if (!same) outcome.exit = 3;
  return {};
}

}  // namespace rockstage::cli
