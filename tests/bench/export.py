#!/usr/bin/env python3
"""How long `rockstage export` takes, and how large its archives are, beside GNU tar piped into zstd and pigz.

usage: export.py [ROCKSTAGE [SCRATCH]]

The tree has 3,000 distinct programs and shared objects of this machine, 591 MB of them where it has so many.
"""
import os
import shutil
import subprocess
import sys
import tempfile

from compare import compare, timed

PROGRAM = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/release/rockstage")
OBJECTS, BYTES, MOST = 3000, 591_000_000, 20_000_000
MEMORY_MB = 200


def objects():
    """Real binaries, each once."""
    seen, found = set(), []
    for root in ("/usr/bin", "/usr/sbin", "/usr/lib", "/usr/local/lib"):
        for base, folders, files in os.walk(root):
            folders.sort()
            for name in sorted(files):
                path = os.path.join(base, name)
                if os.path.islink(path) or not os.path.isfile(path):
                    continue
                status = os.stat(path)
                if status.st_ino in seen or not 1000 < status.st_size < MOST:
                    continue
                seen.add(status.st_ino)
                with open(path, "rb") as file:
                    if file.read(4) == b"\x7fELF":
                        found.append((status.st_size, path))
    return [path for _, path in sorted(found)]


def make_tree(tree):
    """As many bytes as wanted: of the objects in order of size the largest that fit."""
    folder = f"{tree}/lib/lua/5.1/m"
    os.makedirs(folder)
    pool = objects()[-OBJECTS * 2:]
    total = 0
    step = max(1, len(pool) // OBJECTS)
    for i, path in enumerate(pool[::step]):
        size = os.path.getsize(path)
        if total + size > BYTES:
            break
        shutil.copy(path, f"{folder}/o{i}.so")
        total += size
    print(f"{total / 1e6:.0f} MB in {len(os.listdir(folder))} files")


def compare_sizes(what, ours, theirs, goal):
    mine = os.path.getsize(ours)
    other = int(subprocess.run(["sh", "-c", f"{theirs} | wc -c"], check=True, capture_output=True, text=True).stdout)
    verdict = "ok" if mine <= goal * other else "MISSED"
    print(f"{what}: {mine / 1e6:.1f} MB against {other / 1e6:.1f} MB, ratio {mine / other:.4f}, goal at most {goal}: {verdict}")
    return mine <= goal * other


def check_memory(what, command):
    peak = timed(command)[1]
    print(f"{what}: peak {peak:.0f} MB, goal at most {MEMORY_MB}: {'ok' if peak <= MEMORY_MB else 'MISSED'}")
    return peak <= MEMORY_MB


def main():
    scratch = tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None)
    try:
        tree = f"{scratch}/tree"
        make_tree(tree)
        good = True
        for suffix, packer, time_goal, size_goal in (("tar.zst", "zstd -T0 -3 --long=27", 1.0, 1.01),
                                                     ("tar.gz", "pigz -6", 0.4, 1.0)):
            file = f"{scratch}/a.{suffix}"
            ours = [PROGRAM, "export", "--isolated", "--force", tree, f"--output={file}"]
            theirs = f"tar -C {tree} -cf - . | {packer}"
            good &= compare(f"export .{suffix}", ours, f"{theirs} > {scratch}/other", time_goal)
            good &= compare_sizes(f"export .{suffix}", file, theirs, size_goal)
            good &= check_memory(f"export .{suffix}", ours)
        for suffix in ("tar", "zip", "tar.xz"):
            good &= check_memory(f"export .{suffix}", [PROGRAM, "export", "--isolated", "--force", tree,
                                                       f"--output={scratch}/a.{suffix}"])
        sys.exit(not good)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


main()
