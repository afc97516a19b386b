#!/usr/bin/env bash
# Modules are loaded inside an image by docker: each in a container of its own, which goes; failures are told apart.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/engine.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/smoke_modules.bash"
need cargo cc python3
start_engine
image=$(base_image luajit)
left() { docker ps -aq && docker volume ls -q; }
before=$(left)

"$ROCKSTAGE" build "$ROCKSTAGE_SOURCE/examples/textkit" --tree="$PWD/tree" --lua=luajit >/dev/null || fail "textkit does not build"
smoke "$PWD/tree" --image "$image" --engine docker
assert_eq 0 "$code" "$(cat err) $(cat report.json)"
assert_eq "textkit ok textkit.core ok" "$(statuses)"
case $(found 'd["data"]["runtime"]') in "docker image $image (luajit, LuaJIT "*) ;; *) fail "$(cat report.json)" ;; esac

make_bad_modules "$PWD/bad"
smoke "$PWD/bad" --image "$image" --timeout 5
check_bad_modules
# A library that this machine has and the image lacks.
cc -shared -fPIC -o libonlyhere.so -x c - <<<'int onlyhere(void) { return 0; }'
mkdir -p needy/lib/lua/5.1
cc -shared -fPIC -x c - -o needy/lib/lua/5.1/needy.so -L. -lonlyhere <<<'int onlyhere(void); int luaopen_needy(void *state) { return state ? onlyhere() : 0; }'
smoke "$PWD/needy" --image "$image"
assert_eq 3 "$code" "$(cat err)"
case $(found 'd["data"]["findings"][0]["message"]') in *libonlyhere.so*) ;; *) fail "$(cat report.json)" ;; esac
# Files that the user of the container cannot read.
chmod 600 bad/share/lua/5.1/good.lua
smoke "$PWD/bad" --image "$image" --module good --user 636
assert_eq 3 "$code" "$(cat err)"
chmod 644 bad/share/lua/5.1/good.lua
smoke "$PWD/bad" --image "$image" --module good --user 636
assert_eq 0 "$code" "$(cat err) $(cat report.json)"

# An image alone: its label names its modules, its own search paths have them.
mkdir context
cp -r bad/share context/
docker build -q -t rockstage-e2e-smoke:labelled -f - context >/dev/null <<EOF
FROM $image
COPY share/lua/5.1/good.lua /usr/local/share/lua/5.1/good.lua
LABEL io.rockstage.modules="good"
EOF
smoke --image rockstage-e2e-smoke:labelled
assert_eq 0 "$code" "$(cat err) $(cat report.json)"
assert_eq "good ok" "$(statuses)"
docker rmi rockstage-e2e-smoke:labelled >/dev/null
smoke --image "$image"
assert_eq 1 "$code"
grep -q io.rockstage.modules err || fail "the label is not named: $(cat err)"

# Nothing is pulled; an interpreter that is not there is named.
smoke "$PWD/bad" --image rockstage-e2e-none:1 --engine docker
assert_eq 1 "$code"
grep -q 'docker pull rockstage-e2e-none:1' err || fail "$(cat err)"
smoke "$PWD/bad" --image "$image" --lua 5.4
assert_eq 1 "$code"
grep -q 'no interpreter of 5.4' err || fail "$(cat err)"
assert_eq "$before" "$(left)" "what stayed behind"
