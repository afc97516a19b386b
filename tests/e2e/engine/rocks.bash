# Sourced after engine.sh by the scripts that write Dockerfiles for each runtime.

# rocks_for_runtimes: textkit, jsonscan and plain lie in the directory; sets `runtimes` to all of their names.
rocks_for_runtimes() {
  cp -r "$ROCKSTAGE_SOURCE/examples/textkit" "$ROCKSTAGE_SOURCE/examples/jsonscan" .
  mkdir plain
  echo 'return {}' >plain/plain.lua
  cat >plain/plain-1.0-1.rockspec <<'ROCKSPEC'
rockspec_format = "3.0"
package = "plain"
version = "1.0-1"
source = {url = "git+https://example.org/plain.git"}
description = {summary = "Nothing but Lua", license = "MIT"}
build = {type = "builtin", modules = {plain = "plain.lua"}}
ROCKSPEC
  runtimes=$(bash "$engine_folder/runtimes.sh" "$ROCKSTAGE_SOURCE")
  [ "$(wc -w <<<"$runtimes")" -ge 20 ] || fail "no list of runtimes: $runtimes"
}

# rock_for RUNTIME: prints which of them its Lua can have.
rock_for() {
  case $1 in
  *5.5) echo plain ;;
  *5.[1-4]) echo textkit ;;
  *) echo jsonscan ;;
  esac
}
