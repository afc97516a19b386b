#include "cli/prepare.hpp"

#include "build/build.hpp"
#include "cargo/inspect.hpp"
#include "cli/build_options.hpp"
#include "cli/resolve.hpp"
#include "source/open.hpp"

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

}  // namespace

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

  RS_TRY_ASSIGN(out.rock, source::open(request, io, diagnostics));
  out.host = build::inspect_host(out.rock, out.options, io);
  if (out.rock.spec.build_type != "rust-mlua") return out;

  auto crate = inspect_crate(out, io, diagnostics);
  if (crate)
    out.crate = *std::move(crate);
  else if (on_missing == OnMissingToolchain::keep
           && (crate.error().code == Errc::not_found || crate.error().code == Errc::invalid_input))
    out.toolchain_problem = std::move(crate).error();
  else
    return tl::unexpected<Error>(std::move(crate).error());
  return out;
}

}  // namespace rockstage::cli
