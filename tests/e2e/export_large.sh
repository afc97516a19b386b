#!/usr/bin/env bash
# A file of more than 8 GiB (sparse here) goes through, and the memory that is needed does not grow with it.
. "$(dirname "$0")/lib.sh"
need python3 tar zstd

mkdir -p tree/share
truncate -s 8589934593 tree/share/large
python3 - <<'END'
import os, resource, subprocess, sys
subprocess.run([os.environ["ROCKSTAGE"], "export", "--quiet", "tree", "--output=t.tar.zst"], check=True, stdout=subprocess.DEVNULL)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
assert peak <= 200, f"peak {peak:.0f} MB"
END
zstd -q --long=27 -dc t.tar.zst | tar -tv >said
grep -q '8589934593 .*share/large$' said || fail "said: $(cat said)"
(zstd -q -dc t.tar.zst || true) | head -c 2048 >head
grep -aq 'size=8589934593' head || fail "no extended header"
