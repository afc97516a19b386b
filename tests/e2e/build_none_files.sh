#!/usr/bin/env bash
# A rock of type none: install tables and copy_directories, with links inside the sources by what they lead to.
. "$(dirname "$0")/lib.sh"

mkdir -p rock/src rock/data
echo 'return 1' >rock/src/a.lua
ln -s a.lua rock/src/b.lua
echo x >rock/data/table.txt
cat >rock/rock-1.0-1.rockspec <<'END'
package = "rock"
version = "1.0-1"
source = { url = "git+https://example.org/rock" }
build = {
   type = "none",
   install = { lua = { ["x.b"] = "src/b.lua" } },
   copy_directories = { "data" },
}
END
before=$(snapshot rock)
rs build rock --tree=tree >/dev/null
assert_eq "$before" "$(snapshot rock)" "the checkout"
assert_file tree/share/lua/5.1/x/b.lua 644
assert_eq 'return 1' "$(cat tree/share/lua/5.1/x/b.lua)"
assert_file tree/lib/luarocks/rocks-5.1/rock/1.0-1/data/table.txt 644
