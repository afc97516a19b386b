#include "base/text.hpp"
#include "build/assemble.hpp"
#include "build/build.hpp"
#include "build/cargo_shim.hpp"
#include "build/checks.hpp"
#include "build/classify.hpp"
#include "build/commands.hpp"
#include "build/metadata.hpp"
#include "build/rust.hpp"
#include "build/work_copy.hpp"
#include "cargo/inspect.hpp"
#include "sys/files.hpp"
#include "sys/interrupt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace rockstage::build {
namespace {

/// Builds one variant; its members are what one step leaves for the next.
class VariantBuild {
 public:
  VariantBuild(const plan::Plan& plan,
               const plan::Variant& variant,
               const source::Rock& rock,
               const std::string& scratch,
               RunContext& context)
      : plan_(plan), variant_(variant), rock_(rock), scratch_(scratch), context_(context) {}

  Result<BuiltRock> run() {
    const double started = context_.io.terminal.seconds();
    RS_TRY(prepare());
    RS_TRY(run_commands());
    RS_TRY(build_rust());
    RS_TRY(copy_files({rock_.spec, variant_, places_, made_by()}, context_.diagnostics));
    RS_TRY(write_fresh(sys::base_name(rock_.spec.file_name), rock_.spec.text));

    RS_TRY_ASSIGN(auto files, classify(places_.rock));
    if (by_commands()) RS_TRY(check_commands(files));
    RS_TRY(write_record());
    files["rockstage.json"] = FileClass::metadata;
    return built(std::move(files), context_.io.terminal.seconds() - started);
  }

 private:
  /// make, cmake, command: what lies in the rock directory afterwards is decided by the rock's own
  /// commands.
  [[nodiscard]] bool by_commands() const {
    static constexpr const char* kTypes[] = {"make", "cmake", "command"};
    return std::find(std::begin(kTypes), std::end(kTypes), plan_.build_type) != std::end(kTypes);
  }

  [[nodiscard]] MadeBy made_by() const {
    return by_commands() ? MadeBy::commands : MadeBy::sources_only;
  }

  Result<void> prepare() {
    places_ = {rock_.directory, sys::join(scratch_, "rock"), sys::join(scratch_, "objects")};
    RS_TRY(sys::make_directories(places_.rock));
    RS_TRY(sys::make_directories(places_.objects));
    if (!variant_.work_in_copy) return {};
    const bool uses_cargo = variant_.shim_cargo || !variant_.compiles.empty();
    if (uses_cargo && has_crate(rock_)) RS_TRY(find_toolchain());
    const WorkCopyRequest request = {
        rock_, scratch_, toolchain_ ? &*toolchain_ : nullptr, variant_.tree};
    RS_TRY_ASSIGN(copy_, make_work_copy(request, context_.io, context_.diagnostics));
    places_.work = copy_->work;
    return {};
  }

  /// Without cargo the rock's own text may still do: it is not for us to say that it needs one.
  Result<void> find_toolchain() {
    auto found = cargo::find_toolchain(rock_.directory, context_.io);
    if (!found && found.error().code != Errc::not_found)
      return tl::unexpected<Error>(std::move(found).error());
    if (found) toolchain_ = *std::move(found);
    return {};
  }

  Result<void> run_commands() {
    sys::Environment environment =
        tool_environment(context_.io.environment, rock_.spec.text, context_.options);
    if (by_commands()) {
      RS_TRY(make_install_directories(places_.rock));
      RS_TRY_ASSIGN(found_before_, find_shared_objects(places_.work));
    }
    if (toolchain_ && variant_.shim_cargo) {
      RS_TRY_ASSIGN(
          shim_,
          install_shim({*toolchain_, *copy_, scratch_, context_.options.locked}, context_.io));
      environment.set("PATH",
                      shim_->directory + ":" + environment.get("PATH").value_or("/usr/bin:/bin"));
      environment.unset("CARGO");  // it would lead past the shim
      tell_missing_lock();
    }
    RS_TRY_ASSIGN(const auto before, sys::list_directory(scratch_));
    for (const plan::RunStep& step : variant_.runs) {
      RS_TRY(sys::check_interrupted());
      RS_TRY(run_step(step, places_, environment, context_.io));
    }
    RS_TRY(warn_about_writes_elsewhere(before));
    if (shim_) {
      RS_TRY_ASSIGN(messages_, read_messages(shim_->messages));
    }
    return settle(places_.rock, context_.diagnostics);
  }

  void tell_missing_lock() {
    const bool is_crate = sys::is_file(sys::join(copy_->workspace, "Cargo.toml"));
    if (is_crate && !sys::exists(sys::join(copy_->workspace, "Cargo.lock")))
      context_.diagnostics.warning("no Cargo.lock: this build is not repeatable",
                                   "run `cargo generate-lockfile` and commit Cargo.lock");
  }

  Result<void> warn_about_writes_elsewhere(const std::vector<std::string>& before) {
    RS_TRY_ASSIGN(const auto after, sys::list_directory(scratch_));
    for (const std::string& name : after) {
      if (std::find(before.begin(), before.end(), name) != before.end()) continue;
      context_.diagnostics.warning(
          fmt::format("the build wrote '{}' beside the rock directory: not staged", name),
          "install below $(PREFIX)");
    }
    return {};
  }

  Result<void> build_rust() {
    const RustJob job = {plan_, variant_, places_, copy_ ? &*copy_ : nullptr};
    RS_TRY_ASSIGN(rust_, build_libraries(job, context_));
    if (shim_) rust_ = {messages_.crates(), {}, messages_.linked_libraries()};
    return {};
  }

  Result<void> check_commands(const std::map<std::string, FileClass>& files) {
    const CommandsResult result = {rock_.spec,
                                   places_.rock,
                                   files,
                                   variant_.lua,
                                   variant_.target,
                                   messages_.cdylibs(),
                                   places_.work,
                                   found_before_};
    RS_TRY(check_promises(result));
    return warn_about_files(result, context_.diagnostics);
  }

  Result<void> write_record() {
    const auto known = [&](const char* tool) {
      const auto found = plan_.toolchain.find(tool);
      return found == plan_.toolchain.end() ? std::string() : found->second;
    };
    BuildRecord record = {plan_, variant_, rock_.git, rust_, known("cargo"), known("rustc"), {}};
    if (toolchain_) record.cargo = toolchain_->cargo_version;
    if (toolchain_) record.rustc = toolchain_->rustc_version;
    record.source_date_epoch = context_.io.environment.get("SOURCE_DATE_EPOCH").value_or("");
    return write_fresh("rockstage.json", to_json(record));
  }

  /// A file of the rock directory that the build may have put there, too.
  [[nodiscard]] Result<void> write_fresh(const std::string& name, const std::string& text) const {
    const std::string path = sys::join(places_.rock, name);
    RS_TRY(sys::remove_file(path));
    return sys::write_file(path, text);
  }

  BuiltRock built(std::map<std::string, FileClass> files, double seconds) const {
    BuiltRock out;
    out.spec = rock_.spec;
    out.directory = places_.rock;
    out.lua = variant_.lua;
    out.target = variant_.target;
    out.tree = variant_.tree;
    out.modules = modules_of(files, variant_.lua);
    out.files = std::move(files);
    out.post_install = variant_.post_install;
    out.seconds = seconds;
    return out;
  }

  const plan::Plan& plan_;
  const plan::Variant& variant_;
  const source::Rock& rock_;
  const std::string& scratch_;
  RunContext& context_;

  Places places_;
  std::optional<cargo::Toolchain> toolchain_;  ///< of what is built in a copy
  std::optional<WorkCopy> copy_;
  std::optional<InstalledShim> shim_;
  std::map<std::string, FoundObject> found_before_;
  cargo::MessageReader messages_;  ///< of the shim
  RustOutcome rust_;
};

}  // namespace

Result<BuiltRock> run(const plan::Plan& plan,
                      const plan::Variant& variant,
                      const source::Rock& rock,
                      const std::string& scratch,
                      RunContext& context) {
  auto result = VariantBuild(plan, variant, rock, scratch, context).run();
  if (result) return result;
  return fail_while(
      std::move(result).error(),
      fmt::format("building {} {} for {}", plan.name, plan.version, lua::to_string(variant.lua)));
}

}  // namespace rockstage::build
