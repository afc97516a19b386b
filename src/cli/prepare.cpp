#include "cli/prepare.hpp"

#include "build/build.hpp"
#include "cargo/inspect.hpp"
#include "cli/binary_rock.hpp"
#include "cli/build_options.hpp"
#include "cli/resolve.hpp"
#include "source/open.hpp"
#include "sys/files.hpp"

namespace rockstage::cli {
namespace {

Result<cargo::CrateFacts> inspect_crate(const Prepared& prepared,
                                        Io& io,
                                        Diagnostics& diagnostics) {
  const auto& options = prepared.options;
  cargo::InspectRequest request;
  RS_TRY_ASSIGN(request.manifest_path,
                plan::manifest_path(prepared.rock.spec, prepared.rock.directory, options));
  request.targets = options.targets;
  RS_TRY_ASSIGN(auto profile, plan::profile_name(prepared.rock.spec, options));
  request.profiles.push_back(std::move(profile));
  request.locked = options.locked;
  request.offline = options.offline;
  return cargo::inspect(request, io, diagnostics);
}

/// A directory for what is in a rock file. What cargo makes of it goes with it: nobody would find
/// it again by the name of a scratch directory.
Result<void> make_room(source::Request& request, Prepared& out, const Io& io) {
  RS_TRY_ASSIGN(out.unpacked, sys::TempDir::make(scratch_parent(io), "rockstage-rock-"));
  request.scratch = sys::join(out.unpacked->path(), "unpacked");
  RS_TRY(sys::make_directories(request.scratch, 0700));
  if (out.options.target_dir.empty())
    out.options.target_dir = sys::absolute(sys::join(out.unpacked->path(), "target"));
  return {};
}

}  // namespace

std::string scratch_parent(const Io& io) {
  return io.environment.get_nonempty("TMPDIR").value_or("/tmp");
}

plan::Inputs Prepared::inputs() const {
  plan::Inputs out;
  out.spec = &rock.spec;
  out.directory = rock.directory;
  out.files = rock.files;
  out.licence_files = rock.licence_files;
  out.document_files = rock.document_files;
  out.crate = crate ? &*crate : nullptr;
  out.host = host;
  out.home = home;
  return out;
}

Result<Prepared> prepare(Invocation& invocation,
                         ProjectDefaults defaults,
                         OnMissingToolchain on_missing,
                         Io& io,
                         Diagnostics& diagnostics) {
  Prepared out;
  source::Request request;
  if (!invocation.arguments.empty()) request.argument = invocation.arguments.front();
  request.manifest_path = invocation.single("manifest-path");
  request.package = invocation.single("package");
  request.isolated = invocation.isolated;

  // Options first: a mistake in them should not wait for anything.
  if (defaults == ProjectDefaults::use && !invocation.isolated) {
    RS_TRY_ASSIGN(const auto project, source::find_project(request, io));
    RS_TRY(resolve(invocation, io, project ? &*project : nullptr));
  }
  RS_TRY_ASSIGN(out.options, build_options(invocation, io));
  out.home = io.environment.get("HOME").value_or("");

  const bool is_rock = request.argument.ends_with(".rock") && !sys::is_directory(request.argument);
  if (is_rock && defaults == ProjectDefaults::use) RS_TRY(make_room(request, out, io));
  RS_TRY_ASSIGN(out.rock, source::open(request, io, diagnostics));
  RS_TRY(look_around(out, on_missing, io, diagnostics));
  if (out.rock.binary) RS_TRY(settle_binary_rock(invocation, out, diagnostics));
  return out;
}

Result<void> look_around(Prepared& prepared,
                         OnMissingToolchain on_missing,
                         Io& io,
                         Diagnostics& diagnostics) {
  prepared.host = build::inspect_host(prepared.rock, prepared.options, io);
  if (prepared.rock.binary || prepared.rock.spec.build_type != "rust-mlua") return {};

  auto crate = inspect_crate(prepared, io, diagnostics);
  if (crate)
    prepared.crate = *std::move(crate);
  else if (on_missing == OnMissingToolchain::keep
           && (crate.error().code == Errc::not_found || crate.error().code == Errc::invalid_input))
    prepared.toolchain_problem = std::move(crate).error();
  else
    return tl::unexpected<Error>(std::move(crate).error());
  return {};
}

}  // namespace rockstage::cli
