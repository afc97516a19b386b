# What print() writes is read by BuildKit's own parser and word lexer as what was meant: random and nasty values.
# The Go compiler keeps its own cache, for the next run.
SHARED_CACHE=yes
. "$(dirname "$0")/lib.sh"
need go

unit=${ROCKSTAGE%/*}/tests/unit_emit
[ -x "$unit" ] || fail "needs $unit"
"$unit" '[.dockerfile_grammar]' >/dev/null

cp -r "$ROCKSTAGE_SOURCE/tests/support/dockerfile_grammar" reader
PATH=$("$ROCKSTAGE_SOURCE/tests/e2e/engine/go_toolchain.sh" "$XDG_CACHE_HOME"):$PATH
(cd reader && GOTOOLCHAIN=local go build -o ../read .) || fail "cannot build the reader with BuildKit's packages"

./read cases.json >report || { head -60 report >&2; fail "$(tail -1 report)"; }
[ "$(cut -d ' ' -f 1 report)" -ge 2000 ] || fail "too few cases: $(cat report)"
