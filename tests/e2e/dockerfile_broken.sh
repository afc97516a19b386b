#!/usr/bin/env bash
# dockerfile: what is broken on purpose is found by the smoke stage, or by verify, in the words that a user needs.
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
need python3
start_engine
base=$(base_image apisix-like)
old=$(base_image old)
builder=$(base_image builder)
cp -r "$ROCKSTAGE_SOURCE/examples/jsonscan" "$ROCKSTAGE_SOURCE/examples/textkit" .

# breaks CONTEXT DOCKERFILE LINE…: the build fails, and what its smoke stage says has each LINE, an extended regular expression for all
# of one. What docker says of the RUN itself is no answer: the script in it holds every message.
breaks() {
  local context=$1 dockerfile=$2 line
  shift 2
  ! docker_build -f "$dockerfile" -t rockstage-e2e/broken "$context" 2>log || fail "$dockerfile builds"
  sed -nE 's/^#[0-9]+ [0-9]+\.[0-9]+ //p' log >said
  for line in "$@"; do
    grep -qxE -e "$line" said || fail "$dockerfile: no '$line' in: $(tail -n 30 said)"
  done
}
generate() {
  rs dockerfile "$@" >said 2>&1 || fail "dockerfile $*: exit code $?: $(cat said)"
}
# refused WORDS… -- ARGUMENTS…: rockstage ends with code 2 and says that line.
refused() {
  local sentence=$1 code=0
  shift
  rs dockerfile "$@" >out 2>said || code=$?
  assert_eq 2 "$code" "dockerfile $*"
  grep -qxF -e "$sentence" said || fail "dockerfile $*: no '$sentence' in: $(cat said)"
}

# The builder's C library is newer than the runtime's.
generate jsonscan --runtime debian-luajit --base "$old" --builder-image "$builder" --output newer
breaks jsonscan newer/Dockerfile "	/lib/.*/libc\.so\.6: version \`GLIBC_2\.3[2-9]' not found \(required by /rock/lib/lua/5\.1/jsonscan\.so\)" \
  "smoke: it was built on a newer distribution: use a builder no newer than this image"

# The native module is missing.
generate jsonscan --runtime apisix-debian --base "$base" --builder-image "$builder" --output good
mkdir missing
sed 's#^COPY --from=rock / /rock/$#COPY --from=rock /share/ /rock/share/#' good/Dockerfile >missing/Dockerfile
breaks jsonscan missing/Dockerfile "jsonscan: the native library was not found:" \
  "	/rock/lib/lua/5\.1/jsonscan\.so: cannot open shared object file: No such file or directory" \
  "smoke: a shared library is not in this image, or is for another machine"

# The native module needs a library that the base image lacks: said before, and shown by the build.
mkdir needy
echo 'const char *XML_ExpatVersion(void); int luaopen_needy(void *state) { return state == 0 || XML_ExpatVersion() == 0; }' >needy/needy.c
cat >needy/needy-1.0-1.rockspec <<'ROCKSPEC'
rockspec_format = "3.0"
package = "needy"
version = "1.0-1"
source = {url = "git+https://example.org/needy.git"}
external_dependencies = {EXPAT = {library = "expat"}}
build = {
   type = "command",
   build_command = "gcc -shared -fPIC -o needy.so needy.c -l:libexpat.so.1",
   install_command = "cp needy.so $(LIBDIR)/needy.so",
}
ROCKSPEC
generate needy --runtime apisix-debian --base "$base" --builder-image "$builder" --output lacking
grep -qxF "note: needy may need libexpat.so.1 (external dependency 'expat') at run time, which '$base' is not known to have" said ||
  fail "not predicted: $(cat said)"
grep -qxF "  hint: if the smoke stage fails, install Debian's package libexpat1 in the base image" said || fail "no package: $(cat said)"
breaks needy lacking/Dockerfile "	libexpat\.so\.1: cannot open shared object file: No such file or directory" \
  "smoke: a shared library is not in this image, or is for another machine" "smoke: 0 loaded, 0 skipped, 1 failed"

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
for line in "error: rust-toolchain: usr/local/bin/helper \(layer [0-9]+: COPY /usr/bin/rustc /usr/local/bin/helper .*\)" \
  "  'usr/local/bin/helper' is a program of the Rust compiler, by its content" \
  "  fix: build in a stage of its own, and copy only the staged tree into the final stage"; do
  grep -qxE -e "$line" said || fail "no '$line' in: $(cat said)"
done

# A module for another Lua: refused where it is asked for, and seen where a Dockerfile was changed by hand.
code=0
rs dockerfile textkit --runtime apisix-debian --lua 5.4 >out 2>said || code=$?
assert_eq 2 "$code" "exit code for a Lua that the runtime has not"
assert_eq "error: apisix-debian runs openresty, and --lua 5.4 was given" "$(head -n 1 said)"
generate textkit --runtime debian-lua5.4 --base "$base" --builder-image "$builder" --output other
breaks textkit other/Dockerfile '.*exec: "/usr/bin/lua5\.4": stat /usr/bin/lua5\.4: no such file or directory.*'
sed 's#lua/5\.4#lua/5.1#g; s#/usr/bin/lua5\.4#/usr/bin/luajit#' other/Dockerfile >other/Dockerfile.luajit
breaks textkit other/Dockerfile.luajit "	/rock/lib/lua/5\.1/textkit/core\.so: undefined symbol: luaL?_.*" \
  "smoke: it was built for another Lua: build it for the Lua of this image"
