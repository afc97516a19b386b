#!/usr/bin/env bash
# What can be no tree is told before the build: a file, a path that no Lua search path can hold, no right to write.
. "$(dirname "$0")/lib.sh"

mkdir rock
echo 'return 1' >rock/m.lua
cat >rock/m-1.0-1.rockspec <<'END'
package = "m"
version = "1.0-1"
source = { url = "git+https://example.org/m" }
build = { type = "command", build_command = "touch built-nevertheless", install_command = "true" }
END

# refused TREE CODE TEXT
refused() {
  local code=0
  rs build rock --tree="$1" >/dev/null 2>said || code=$?
  assert_eq "$2" $code "exit code for $1"
  grep -qF -- "$3" said || fail "$1: $(cat said)"
}
echo text >file
refused file 1 "is no directory"
refused 'a?b' 4 "cannot work in a Lua search path"
refused 'a;b' 4 "cannot work in a Lua search path"
ln -s nowhere dangling
refused dangling 1 "link"
if [ "$(id -u)" != 0 ]; then
  mkdir closed
  chmod 555 closed
  refused closed 1 "cannot write to the tree"
  refused closed/tree 1 "cannot be written"
fi
