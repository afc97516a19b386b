#!/usr/bin/env bash
# dockerfile: what is broken on purpose is found by the smoke stage, or by verify, with the message a user needs.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3
start_engine
base=$(base_image apisix-like)
old=$(base_image old)
builder=$(base_image builder)
cp -r "$ROCKSTAGE_SOURCE/examples/jsonscan" "$ROCKSTAGE_SOURCE/examples/textkit" .

# breaks CONTEXT DOCKERFILE TEXT…: the build fails, and says each text.
breaks() {
  local context=$1 dockerfile=$2 text
  shift 2
  ! docker_build -f "$dockerfile" -t rockstage-e2e/broken "$context" 2>said || fail "$dockerfile builds"
  for text in "$@"; do
    grep -qiE -e "$text" said || fail "$dockerfile: nothing of '$text' in: $(tail -n 30 said)"
  done
}
generate() {
  rs dockerfile "$@" >said 2>&1 || fail "dockerfile $*: exit code $?: $(cat said)"
}

# The builder's C library is newer than the runtime's.
generate jsonscan --runtime debian-luajit --base "$old" --builder-image "$builder" --output newer
breaks jsonscan newer/Dockerfile jsonscan "GLIBC_2\.[0-9]+.*not found"

# The native module is missing.
generate jsonscan --runtime apisix-debian --base "$base" --builder-image "$builder" --output good
mkdir missing
sed -E '/^FROM .* AS smoke/,/^FROM .* AS runtime/{/^COPY .*lib\/lua/d}' good/Dockerfile >missing/Dockerfile
if cmp -s good/Dockerfile missing/Dockerfile; then
  sed -E '/^FROM .* AS smoke/,/^FROM .* AS runtime/s#^COPY (.*)/ /rock/$#COPY \1/share/ /rock/share/#' good/Dockerfile >missing/Dockerfile
fi
! cmp -s good/Dockerfile missing/Dockerfile || fail "the smoke stage copies otherwise: $(cat good/Dockerfile)"
breaks jsonscan missing/Dockerfile jsonscan "not found|no file|no such file|cannot open"

# The compiler is copied into the image: it builds, and verify finds it.
mkdir leaky
cat good/Dockerfile - >leaky/Dockerfile <<'DOCKERFILE'
COPY --from=builder /usr/bin/rustc /usr/local/bin/helper
DOCKERFILE
docker_build -f leaky/Dockerfile -t rockstage-e2e/leaky jsonscan || fail "does not build with rustc in it"
docker save -o leaky.tar rockstage-e2e/leaky
code=0
rs verify leaky.tar --runtime apisix-debian --require jsonscan >said || code=$?
assert_eq 3 "$code" "exit code with rustc in the image"
grep -q 'rust-toolchain: usr/local/bin/helper' said || fail "rustc is not found: $(cat said)"

# A module for another Lua.
generate textkit --runtime debian-lua5.4 --lua 5.4 --base "$base" --builder-image "$builder" --output other
sed 's#lib/lua/5\.4#lib/lua/5.1#g; s#share/lua/5\.4#share/lua/5.1#g; s#/usr/bin/lua5\.4#/usr/bin/luajit#g' other/Dockerfile >other/Dockerfile.luajit
breaks textkit other/Dockerfile.luajit "textkit" "undefined symbol|another Lua|Lua 5\.4"
