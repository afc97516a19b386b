#!/usr/bin/env bash
# Modules are loaded by a real nginx worker: it answers 200 and lives on; what kills it is named, and nothing stays behind.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
. "$ROCKSTAGE_SOURCE/tests/e2e/smoke_modules.bash"
need cargo luajit cc python3
export PATH=$PATH:/usr/sbin TMPDIR=$scratch/tmp
mkdir "$TMPDIR"
need nginx

"$ROCKSTAGE" build "$ROCKSTAGE_SOURCE/examples/textkit" --tree="$PWD/tree" --lua=luajit >/dev/null || fail "textkit does not build"
smoke "$PWD/tree" --nginx --eval 'assert(require("textkit.core"))'
assert_eq 0 "$code" "$(cat err) $(cat report.json)"
assert_eq "textkit ok textkit.core ok" "$(statuses)"
case $(found 'd["data"]["runtime"]') in
*nginx/*worker* | openresty/*worker*) ;;
*) fail "the runtime is no nginx worker: $(cat report.json)" ;;
esac

# What ends the worker.
make_bad_modules "$PWD/bad"
smoke "$PWD/bad" --nginx --timeout 5
check_bad_modules

# A script of a project may end with os.exit(0).
echo 'assert(require("good")) os.exit(0)' >script.lua
smoke "$PWD/bad" --nginx --module good --script script.lua
assert_eq 0 "$code" "$(cat err) $(cat report.json)"

# As another user: what root alone may read does not load.
if [ "$(id -u)" -eq 0 ]; then
  chmod 711 "$scratch" "$scratch/work" && chmod 1777 "$TMPDIR"
  chmod 600 bad/share/lua/5.1/good.lua
  smoke "$PWD/bad" --nginx --module good --user 636
  assert_eq 3 "$code" "$(cat err)"
  chmod 644 bad/share/lua/5.1/good.lua
  smoke "$PWD/bad" --nginx --module good --user 636
  assert_eq 0 "$code" "$(cat err) $(cat report.json)"
fi

assert_eq "" "$(ls "$TMPDIR")" "what stayed behind"
! pgrep -f "nginx.* -p $TMPDIR" >/dev/null || fail "an nginx was left running"

smoke "$PWD/bad" --nginx="$PWD/none"
assert_eq 1 "$code"
grep -q libnginx-mod-http-lua err || fail "the package is not named: $(cat err)"
