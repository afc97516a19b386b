#include "build/cargo_shim.hpp"

#include "base/text.hpp"
#include "cargo/config.hpp"
#include "cargo/query.hpp"
#include "cargo/rustflags.hpp"
#include "sys/files.hpp"

namespace rockstage::build {
namespace {

/// Between the flags in CARGO_ENCODED_RUSTFLAGS.
constexpr std::string_view kSeparator = "\x1f";

constexpr std::string_view kScript = R"sh(
separator=$(printf '\037')

# The subcommand, and what the caller has decided already.
at=0 command= command_at=0 toolchain= manifest= target= takes= plain=
for word do
  at=$((at + 1))
  case $takes in
  manifest) manifest=$word takes=; continue ;;
  target) target=$word takes=; continue ;;
  value) takes=; continue ;;
  esac
  case $word in
  --) break ;;
  --manifest-path) takes=manifest ;;
  --manifest-path=*) manifest=${word#*=} ;;
  --target) takes=target ;;
  --target=*) target=${word#*=} ;;
  --locked | --frozen) locked=given ;;
  --message-format | --message-format=* | -h | --help | -V | --version) plain=yes ;;
  -C | -Z | --color | --config | --explain) takes=value ;;
  +*) [ "$at" -ne 1 ] || toolchain=$word ;;
  -*) ;;
  *) [ -n "$command" ] || command=$word command_at=$at ;;
  esac
done

# A variable of the caller's replaces the configuration's flags, as in cargo; ours are added to either.
if [ -z "$target" ] || [ "$target" = "$host" ]; then
  if [ -n "${CARGO_ENCODED_RUSTFLAGS+set}" ]; then
    configured=$CARGO_ENCODED_RUSTFLAGS
  elif [ -n "${RUSTFLAGS-}" ]; then
    configured=
    set -f
    for flag in $RUSTFLAGS; do configured=$configured${configured:+$separator}$flag; done
    set +f
  fi
  case $configured in
  *"$added"*) CARGO_ENCODED_RUSTFLAGS=$configured ;;
  *) CARGO_ENCODED_RUSTFLAGS=$configured${configured:+$separator}$added ;;
  esac
  export CARGO_ENCODED_RUSTFLAGS
fi

case $command in
build | b | rustc) ;;
*) plain=yes ;;
esac
[ -z "$plain" ] || exec "$cargo" "$@"

if [ -z "$locked" ]; then
  root=$("$cargo" ${toolchain:+"$toolchain"} locate-project --workspace --message-format plain \
    ${manifest:+--manifest-path "$manifest"} 2>/dev/null) && [ -f "${root%/*}/Cargo.lock" ] && locked=yes
fi
options=--message-format=json-render-diagnostics
[ "$locked" != yes ] || options="--locked $options"

at=0
for word do
  at=$((at + 1))
  [ "$at" -ne 1 ] || set --
  set -- "$@" "$word"
  # Two words at most, without blanks in them.
  [ "$at" -ne "$command_at" ] || set -- "$@" $options
done
exec "$cargo" "$@" >>"$messages/$$.json"
)sh";

/// The flags of cargo's configuration alone: the script looks at the variables when it is called.
Result<std::vector<std::string>> configured_flags(const cargo::Toolchain& toolchain,
                                                  const std::string& work,
                                                  Io& io) {
  RS_TRY_ASSIGN(const auto config, cargo::load_config(work, toolchain.cargo_home));
  RS_TRY_ASSIGN(
      const auto printed,
      cargo::ask({toolchain.rustc, "--print", "cfg", "--target", toolchain.host}, work, io));
  cargo::CfgSet cfg;
  for (const std::string& line : text::split(printed.out, '\n'))
    cfg.emplace(text::trim(line));
  sys::Environment environment = io.environment;
  environment.unset("CARGO_ENCODED_RUSTFLAGS");
  environment.unset("RUSTFLAGS");
  return cargo::user_rustflags(toolchain.host, cfg, config, environment).flags;
}

}  // namespace

std::string shim_script(const CargoShim& shim) {
  std::string text =
      "#!/bin/sh\n# cargo, as this build runs it: keeps to the lock file, and keeps what cargo "
      "says that it made.\n";
  const auto set = [&](const char* name, const std::string& value) {
    text += std::string(name) + "=" + text::shell_quote(value) + "\n";
  };
  set("cargo", shim.cargo);
  set("host", shim.host);
  set("messages", shim.messages);
  set("configured", text::join(shim.configured_flags, kSeparator));
  set("added", text::join(shim.added_flags, kSeparator));
  set("locked", shim.locked ? "yes" : "");
  return text + std::string(kScript);
}

Result<InstalledShim> install_shim(const ShimRequest& request, Io& io) {
  const cargo::Toolchain& toolchain = request.toolchain;
  InstalledShim installed = {sys::join(request.scratch, "shim"),
                             sys::join(request.scratch, "messages")};
  CargoShim shim;
  shim.cargo = toolchain.cargo;
  shim.host = toolchain.host;
  shim.messages = installed.messages;
  shim.locked = request.locked;
  RS_TRY_ASSIGN(shim.configured_flags, configured_flags(toolchain, request.copy.work, io));
  cargo::RemapPaths paths;
  paths.home = io.environment.get("HOME").value_or("");
  paths.cargo_home = toolchain.cargo_home;
  paths.rustup_home = toolchain.rustup_home;
  paths.sysroot = toolchain.sysroot;
  paths.commit_hash = toolchain.commit_hash;
  paths.workspace_root = request.copy.workspace;
  paths.target_dir = sys::join(request.copy.workspace, "target");
  paths.outside_path_dependencies = request.copy.outside;
  shim.added_flags = cargo::remap_flags(paths);
  RS_TRY(sys::make_directories(installed.messages));
  RS_TRY(sys::write_file(sys::join(installed.directory, "cargo"), shim_script(shim), 0755));
  return installed;
}

Result<cargo::MessageReader> read_messages(const std::string& directory) {
  cargo::MessageReader reader;
  RS_TRY_ASSIGN(const auto names, sys::list_directory(directory));
  for (const std::string& name : names) {
    RS_TRY_ASSIGN(const auto text, sys::read_file(sys::join(directory, name)));
    for (const std::string& line : text::split(text, '\n'))
      reader.line(line);
  }
  return reader;
}

}  // namespace rockstage::build
