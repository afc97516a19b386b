#!/usr/bin/env bash
# On a terminal a build shows one status line with crates done of all and the time; elsewhere one plain line a step.
. "$(dirname "$0")/lib.sh"
need cargo python3

cat >on_pty.py <<'PYTHON'
"""Runs a command on a pseudo-terminal of 80 columns and prints what it wrote."""
import fcntl, os, pty, struct, sys, termios
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
out = b""
while True:
    try:
        block = os.read(fd, 65536)
    except OSError:
        break
    if not block:
        break
    out += block
os.waitpid(pid, 0)
sys.stdout.buffer.write(out)
PYTHON

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native" rock
TERM=xterm python3 on_pty.py "$ROCKSTAGE" build rock --tree="$PWD/tree" >terminal
grep -q $'\r' terminal || fail "no status line on a terminal: $(cat -v terminal)"
grep -qF $'\x1b[K' terminal || fail "the status line is not taken back"
grep -qE '\[[=> ]+\] [01]/1' terminal || fail "no count of crates: $(cat -v terminal)"

rm -rf tree
"$ROCKSTAGE" build rock --tree="$PWD/tree" >out 2>lines
if grep -q $'[\r\x1b]' lines; then fail "control characters where there is no terminal"; fi
grep -qi "compiling" lines || fail "no step was told: $(cat lines)"

rm -rf tree
"$ROCKSTAGE" build rock --tree="$PWD/tree" --quiet >out 2>quiet
assert_eq "" "$(cat quiet)"
