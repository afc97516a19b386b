#!/usr/bin/env python3
"""How long `rockstage verify` takes for a large image, beside what must be done at the least: hash and inflate its bytes once.

usage: verify_images.py [ROCKSTAGE [SCRATCH]]

The image is made of this machine's /usr: some 0.9 GB, in four layers of about the same size.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile

from compare import compare, timed

PROGRAM = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/release/rockstage")
BYTES, LAYERS = 920_000_000, 4
MAKE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support", "make_image.py")


def fill(folder):
    """Hard links of real files, largest directories first come, first served, in LAYERS directories."""
    total = [0] * LAYERS
    for base, folders, files in os.walk("/usr"):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(base, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            size = os.path.getsize(path)
            layer = total.index(min(total))
            if size > 200_000_000 or total[layer] + size > BYTES // LAYERS:
                continue
            copy = f"{folder}/layer{layer}{path}"
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            shutil.copy(path, copy)
            total[layer] += size
    return sum(total)


def make(out, form, compress, layers):
    subprocess.run([sys.executable, MAKE, "--form", form, "--compress", compress, out, *layers], check=True)


def main():
    scratch = tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None)
    try:
        size = fill(scratch)
        layers = [f"{scratch}/layer{i}" for i in range(LAYERS)]
        print(f"{size / 1e6:.0f} MB in {sum(len(f) for _, _, f in os.walk(scratch))} files")
        verify = [PROGRAM, "verify", "--isolated", "--fail-on=never"]
        good = True

        docker = f"{scratch}/docker.tar"
        make(docker, "docker-archive", "none", layers)
        good &= compare("docker-archive", [*verify, docker], ["openssl", "dgst", "-sha256", docker], 1.10)
        os.remove(docker)

        for how, theirs, goal in (("gzip", "igzip -dc {}", 1.20), ("zstd", "zstd -qdc {} | openssl dgst -sha256", 1.1)):
            oci = f"{scratch}/{how}"
            make(oci, "oci", how, layers)
            blobs = sorted(glob.glob(f"{oci}/blobs/sha256/*"), key=os.path.getsize)[-LAYERS:]
            line = "for f in " + " ".join(blobs) + "; do " + theirs.format('"$f"') + "; done"
            good &= compare(f"OCI, {how}", [*verify, "--jobs=2", oci], line, goal)
            if how == "gzip":
                good &= compare("OCI, gzip, two jobs beside one", [*verify, "--jobs=2", oci], [*verify, "--jobs=1", oci], 0.6)
            memory = timed([*verify, oci])[1]
            print(f"peak memory, OCI, {how}: {memory:.0f} MB, goal at most 32: {'ok' if memory <= 32 else 'MISSED'}")
            shutil.rmtree(oci)
        sys.exit(not good)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


main()
