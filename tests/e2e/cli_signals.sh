#!/usr/bin/env bash
# SIGINT and SIGTERM end a build cleanly: exit 130 and 143, no tree, nothing left beside it, no child left running.
. "$(dirname "$0")/lib.sh"
need cargo python3

cp -r "$ROCKSTAGE_SOURCE/tests/fixtures/crates/nodeps-native" rock
cat >send.py <<'PYTHON'
"""Starts a build, waits until its build script runs, sends a signal, and tells how it ended."""
import os, signal, subprocess, sys, time
name, mark, command = sys.argv[1], sys.argv[2], sys.argv[3:]
signal.signal(signal.SIGINT, signal.SIG_DFL)
child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
deadline = time.time() + 60
while not (os.path.exists(mark) and os.path.getsize(mark)):
    if time.time() > deadline or child.poll() is not None:
        sys.exit("the build script did not start: " + child.communicate()[1])
    time.sleep(0.05)
child.send_signal(getattr(signal, name))
said = child.communicate()[1]
time.sleep(0.2)
try:
    # Dead, but not yet waited for by its new parent, is dead.
    if open(f"/proc/{open(mark).read()}/stat").read().rsplit(")", 1)[1].split()[0] != "Z":
        sys.exit("the build script still runs")
except FileNotFoundError:
    pass
print(child.returncode, next(line for line in said.splitlines() if line.startswith("error:")))
PYTHON

for pair in "SIGINT 130" "SIGTERM 143"; do
  set -- $pair
  mark="$PWD/mark.$1"
  cat >rock/build.rs <<RUST
fn main() {
    std::fs::write("$mark", std::process::id().to_string()).unwrap();
    std::thread::sleep(std::time::Duration::from_secs(60));
}
RUST
  assert_eq "$2 error: interrupted by $1" "$(python3 send.py "$1" "$mark" "$ROCKSTAGE" build rock --tree="$PWD/tree")"
  [ ! -e tree ] || fail "there is a tree"
  [ -z "$(find . -maxdepth 1 -name '.tree*')" ] || fail "something was left beside the tree"
done
