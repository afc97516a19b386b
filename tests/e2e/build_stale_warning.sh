#!/usr/bin/env bash
# A library that lay in the sources and that no step of the build made is staged with a warning.
. "$(dirname "$0")/lib.sh"
need gcc

mkdir rock
echo 'int luaopen_old(void *l) { return l != 0; }' | gcc -shared -fPIC -nostdlib -x c - -o rock/old.so
cat >rock/rock-1.0-1.rockspec <<'END'
package = "rock"
version = "1.0-1"
source = { url = "git+https://example.org/rock" }
build = { type = "command", build_command = "true", install_command = "cp old.so $(LIBDIR)/old.so" }
END
rs build rock --tree=tree --json >result.json
assert_file tree/lib/lua/5.1/old.so 755
assert_eq true "$(json 'any("was not built: it lay in the sources" in x["message"] for x in d["diagnostics"] if x["level"] == "warning")' <result.json)"
