#!/usr/bin/env bash
# dockerfile: names, paths and values with quotes, `$`, backslashes, blanks and letters of any script go into the image as they are;
# what no Dockerfile can carry is refused, with the value and a way out.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3
start_engine
base=$(base_image apisix-like)
builder=$(base_image builder)

summary="It's \$HOME, \"quoted\", \`date\`, 100 % \\\\n ünï漢 # && ; <<EOF"
label="a \$BASE \${x:-y} 'single' \"double\" \\ back\\\\slash \`tick\` ünï漢 !"
folder="a b \$HOME 'q' ünï"
sources="lua \$BASE [1] 'x' \"y\" ünï"
files=("plain.lua" "blank file.lua" "dollar\$BASE.lua" "single'quote.lua" 'double"quote.lua' "ünï漢.lua" "-dash.lua" "star*.lua" "[x].lua"
  "hash#.lua" "semi;colon&.lua" "<<EOF.lua" "{brace}.lua" "~tilde.lua")

# A rock with a module for each of the files, which gives back the name of its file; the files lie in its root, too.
mkdir -p "context/$folder/$sources" wanted/odd
for file in "${files[@]}"; do
  printf 'return [==[%s]==]\n' "$file" | tee "context/$folder/$file" "context/$folder/$sources/$file" >"wanted/odd/$file"
done
python3 - "$summary" "$sources" "${files[@]}" >"context/$folder/odd-1.0-1.rockspec" <<'PYTHON'
import sys

def lua(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

summary, folder, *files = sys.argv[1:]
print('rockspec_format = "3.0"\npackage = "odd"\nversion = "1.0-1"')
print('source = {url = "git+https://example.org/odd.git"}')
print('description = {summary = %s, license = "MIT"}' % lua(summary))
print("build = {type = 'builtin', modules = {")
for file in files:
    print("  [%s] = %s," % (lua("odd." + file[:-4]), lua(folder + "/" + file)))
print("}}")
PYTHON

rs dockerfile "context/$folder" --runtime apisix-debian --base "$base" --builder-image "$builder" \
  --label "org.example.odd=$label" --output "out $folder" >said 2>&1 || fail "exit code $?: $(cat said)"
# As a person would: by the line that is said, in a shell.
command=$(sed -n 's/^now: docker build //p' said)
eval "docker_build -t rockstage-e2e/odd $command" || fail "does not build"
eval "docker_build --target rock --output tree $command" || fail "no artifact"
eval "docker_build --target builder -t rockstage-e2e/odd-builder $command" || fail "no builder"
diff -r wanted tree/share/lua/5.1 || fail "the tree has other files than the rock"
labels() { docker image inspect --format "{{index .Config.Labels \"$1\"}}" rockstage-e2e/odd; }
assert_eq "$summary" "$(labels org.opencontainers.image.description)" "summary"
assert_eq "$label" "$(labels org.example.odd)" "label"
code=
for file in "${files[@]}"; do code+="assert(require([==[odd.${file%.lua}]==]) == [==[$file]==]) "; done
docker run --rm --network=host rockstage-e2e/odd /usr/local/openresty/luajit/bin/luajit -e "$code" || fail "not all modules answer in the image"
assert_eq "$(LC_ALL=C ls "context/$folder")" "$(docker run --rm --network=host rockstage-e2e/odd-builder env LC_ALL=C ls /src)" "what the builder got"

# refused CODE SENTENCE ARGUMENTS…: nothing is written.
refused() {
  local wanted=$1 sentence=$2 code=0
  shift 2
  rs dockerfile "$@" --output refused >said 2>&1 || code=$?
  grep -qxF -e "error: $sentence" said || fail "dockerfile $*: exit code $code, no '$sentence' in: $(cat said)"
  assert_eq "$wanted" "$code" "exit code of dockerfile $*"
  [ ! -e refused ] || fail "dockerfile $*: something was written"
}
rock=("context/$folder" --runtime apisix-debian)
refused 4 "LABEL k: 'a\\nb' has a newline, which no Dockerfile can carry there" "${rock[@]}" --label $'k=a\nb'
refused 4 "LABEL k: 'a\\x01b' has a control character" "${rock[@]}" --label $'k=a\x01b'
refused 4 "LABEL k: 'a\\xFFb' is not UTF-8" "${rock[@]}" --label $'k=a\xffb'
refused 4 "LABEL: 'a key' is no name of a label" "${rock[@]}" --label "a key=b"
refused 2 "--label takes K=V, not 'key'" "${rock[@]}" --label key
refused 4 "--base: 'a b:1' has characters that cannot stand there" "${rock[@]}" --base "a b:1"
refused 4 "--base: '\$HOME:1' has characters that cannot stand there" "${rock[@]}" --base "\$HOME:1"
refused 4 "--base: 'a:1\\nRUN true' has a newline, which no Dockerfile can carry there" "${rock[@]}" --base $'a:1\nRUN true'
refused 4 "FROM: 'a:1 AS x' has characters that cannot stand there" "${rock[@]}" --builder-image "a:1 AS x"
refused 4 "FROM: '\${BASE}' has characters that cannot stand there" "${rock[@]}" --builder-image "\${BASE}"
refused 4 "--tag: 'a\"b:1' has characters that cannot stand there" "${rock[@]}" --tag 'a"b:1'
refused 2 "--platform takes linux/amd64 and linux/arm64, not 'linux/amd64;true' (did you mean 'linux/amd64'?)" "${rock[@]}" --platform "linux/amd64;true"
refused 2 "the runtime apisix-debian has no destination 'usr local' (did you mean 'usr-local'?)" "${rock[@]}" --destination "usr local"

# made NAME VERSION FILE: a rock of that name and version in `made`, with one file more.
made() {
  rm -rf made
  mkdir made
  printf 'package = [==[%s]==]\nversion = [==[%s]==]\nsource = {url = "git+https://example.org/m.git"}\nbuild = {type = "builtin", modules = {m = "m.lua"}}\n' \
    "$1" "$2" >made/made-1.0-1.rockspec
  echo 'return {}' >made/m.lua
  touch "made/$3"
}
rock=(made --runtime apisix-debian)
declare -A problem=(
  [$'new\nline']="'new\\nline' has a newline, which no Dockerfile can carry there"
  ['back\slash']="'back\\slash' has a backslash, which builders read in different ways"
  [$'control\x01']="'control\\x01' has a control character"
  [$'no-utf8\xff']="'no-utf8\\xFF' is not UTF-8"
)
for file in "${!problem[@]}"; do
  made made 1.0-1 "$file"
  refused 4 "COPY: ${problem[$file]}" "${rock[@]}"
  grep -qxF "  hint: rename the file" said || fail "no hint: $(cat said)"
done
for name in "o ne" "o\$ne" "o'ne" 'o"ne' 'o\ne' "ünï"; do
  made "$name" 1.0-1 file
  refused 4 "made-1.0-1.rockspec: package: '$name' is no rock name" "${rock[@]}"
done
for version in "1.0 0-1" "1.0\$x-1" "1.0'-1" '1.0"-1' '1.0\-1'; do
  made made "$version" file
  refused 4 "made-1.0-1.rockspec: version: '$version' is no rock version" "${rock[@]}"
done
