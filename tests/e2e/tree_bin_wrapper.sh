#!/usr/bin/env bash
# A command of a tree runs after the tree was copied to another place: by path, through PATH, through a link.
. "$(dirname "$0")/lib.sh"
need luajit

mkdir rock
echo 'return "from the module"' >rock/words.lua
echo '#!/usr/bin/env lua
print(require("words"), ...)' >rock/tool.lua
cat >rock/words-1.0-1.rockspec <<'END'
package = "words"
version = "1.0-1"
source = { url = "git+https://example.org/words" }
build = { type = "builtin", modules = { words = "words.lua" }, install = { bin = { ["say words"] = "tool.lua" } } }
END
mkdir builder
rs build rock --tree=builder/tree
assert_file "builder/tree/bin/say words" 755
for part in "$PWD" "$HOME/" "$ROCKSTAGE_SOURCE"; do
  ! grep -rqF "$part" builder/tree || fail "the tree holds the builder's path '$part': $(grep -rlF "$part" builder/tree)"
done

mkdir -p "opt/it's here"
cp -r builder/tree "opt/it's here/copy"
rm -r builder
place="$PWD/opt/it's here/copy/bin"
wanted=$(printf 'from the module\tone two\t3')
assert_eq "$wanted" "$("$place/say words" "one two" 3)" "by its path"
assert_eq "$wanted" "$(PATH="$place:$PATH" && "say words" "one two" 3)" "through PATH"
assert_eq "$wanted" "$(cd "$place" && "./say words" "one two" 3)" "by a relative path"
ln -s "opt/it's here/copy/bin/say words" link
assert_eq "$wanted" "$(./link "one two" 3)" "through a link"
