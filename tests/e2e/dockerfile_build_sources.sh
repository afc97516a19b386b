#!/usr/bin/env bash
# dockerfile: several SOURCEs in one image, a SOURCE that the builder fetches with git, and --only rock in a Dockerfile of somebody's own.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3 git
start_engine
base=$(base_image apisix-like)
builder=$(base_image builder)
mkdir rocks
cp -r "$ROCKSTAGE_SOURCE/examples/jsonscan" "$ROCKSTAGE_SOURCE/examples/textkit" rocks/

generate() {
  rs dockerfile "$@" --runtime apisix-debian --base "$base" --builder-image "$builder" >said 2>&1 || fail "dockerfile $*: exit code $?: $(cat said)"
}
# answers IMAGE WANTED CODE
answers() {
  assert_eq "$2" "$(docker run --rm --network=host "$1" /usr/local/openresty/luajit/bin/luajit -e "$3" 2>&1)" "$1"
}
ask_textkit='print(require("textkit").slug("Crème brûlée, 2"))'
ask_jsonscan='print(require("jsonscan").open([[{"a":[1,{"b":"yes"}]}]]):get("/a/1/b"))'

# Several.
generate rocks/textkit rocks/jsonscan --output both
docker_build -f both/Dockerfile -t rockstage-e2e/both rocks || fail "two SOURCEs do not build"
answers rockstage-e2e/both "creme-brulee-2
yes" "$ask_textkit $ask_jsonscan"
assert_eq "jsonscan@0.3.1-1 textkit@1.2.0-1" \
  "$(docker image inspect --format '{{index .Config.Labels "io.rockstage.rocks"}}' rockstage-e2e/both | tr ' ' '\n' | sort | xargs)" "label"

# From git, at a commit that the branch has left behind.
git_here() { git -c user.name=n -c user.email=e@example.org -c commit.gpgsign=false -c init.defaultBranch=main -C served/jsonscan.git "$@"; }
mkdir served
cp -r rocks/jsonscan served/jsonscan.git
git_here init -q
git_here add -A
git_here commit -q -m first
commit=$(git_here rev-parse HEAD)
git_here rm -q -r src
git_here commit -q -m broken
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
git daemon --listen=127.0.0.1 --port="$port" --base-path="$PWD/served" --export-all --reuseaddr "$PWD/served" 2>git.log 9>&- &
daemons+=($!)
url=git://127.0.0.1:$port/jsonscan.git
until git ls-remote "$url" >/dev/null 2>&1; do
  kill -0 "${daemons[-1]}" || fail "no git daemon: $(cat git.log)"
  sleep 0.1
done
generate "git+$url#$commit" --output from-git
mkdir empty
docker_build -f from-git/Dockerfile -t rockstage-e2e/from-git empty || fail "a git URL does not build"
answers rockstage-e2e/from-git yes "$ask_jsonscan"
assert_eq "$commit" "$(docker image inspect --format '{{index .Config.Labels "org.opencontainers.image.revision"}}' rockstage-e2e/from-git)" "revision"
# No commit: the one that it is now, which is said, and which has nothing to compile.
code=0
rs dockerfile "git+$url" --runtime apisix-debian --base "$base" >out 2>said || code=$?
head=$(git_here rev-parse HEAD)
[ $code = 0 ] && grep -q "^note: HEAD of $url is $head now, and that is what the Dockerfile builds$" said && grep -q "fetch .*$head" out ||
  fail "exit code $code: $(cat said)"

# In a Dockerfile of somebody's own: what is printed, and the lines that it says.
generate rocks/textkit --only rock --output part
{
  cat part/Dockerfile
  echo "FROM $base AS own"
  sed -n 's/^#   \(COPY --from=rock \)/\1/p' part/Dockerfile
  echo 'CMD ["/usr/local/openresty/luajit/bin/luajit", "-v"]'
} >own.Dockerfile
docker_build -f - -t rockstage-e2e/own rocks/textkit <own.Dockerfile || fail "--only rock does not build in another Dockerfile"
answers rockstage-e2e/own creme-brulee-2 "$ask_textkit"
docker save -o own.tar rockstage-e2e/own
rs verify own.tar --runtime apisix-debian --require textkit >said || fail "verify: exit code $?: $(cat said)"
