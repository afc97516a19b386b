#!/usr/bin/env python3
"""Writes hostile archives, each with what `rockstage verify` must say of it.

usage: hostile_archives.py DIR

DIR/expected has a line for each archive: its name, the exit code, and the rule or a word of the message.
"""
import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

OUT = sys.argv[1]
EXPECTED = []
LUA = b"return {}\n"


def write(name, data, code, word, most=5 * 1024):
    assert len(data) <= most, f"{name} has {len(data)} bytes"
    with open(os.path.join(OUT, name), "wb") as file:
        file.write(data)
    EXPECTED.append(f"{name} {code} {word}")


def header(name, size=0, kind=b"0", link="", mode=0o644, prefix=b""):
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname, info.mode = size, kind, link, mode
    return info.tobuf(tarfile.USTAR_FORMAT)


def padded(data):
    return data + bytes(-len(data) % 512)


def file(name, data=LUA, **more):
    return header(name, len(data), **more) + padded(data)


def pax(**records):
    body = b""
    for key, value in records.items():
        value = value if isinstance(value, bytes) else str(value).encode()
        length = len(key) + len(value) + 3
        while len(str(length)) + len(key) + len(value) + 3 != length:
            length = len(str(length)) + len(key) + len(value) + 3
        body += b"%d %s=%s\n" % (length, key.encode(), value)
    return header("PaxHeader/x", len(body), kind=b"x") + padded(body)


def checksum(block):
    block = bytearray(block)
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


END = bytes(1024)
GOOD = file("share/lua/5.1/a.lua")


def tars():
    write("hardlink-body.tar", GOOD + pax(comment="x") + header("lib/lua/5.1/e.lua", 10, b"1", "share/lua/5.1/a.lua") + padded(LUA) + END,
          3, "archive-ambiguous")
    write("symlink-body.tar", GOOD + header("share/lua/5.1/b.lua", 10, b"2", "a.lua") + padded(LUA) + END, 3, "archive-ambiguous")
    write("directory-body.tar", GOOD + header("share/lua/5.1/d/", 10, b"5", mode=0o755) + padded(LUA) + END, 3, "archive-ambiguous")
    write("lone-zero-block.tar", GOOD + bytes(512) + file("share/lua/5.1/b.lua") + END, 3, "archive-ambiguous")
    write("data-after-end.tar", GOOD + END + file("share/lua/5.1/b.lua") + END, 3, "archive-ambiguous")
    write("pax-size.tar", pax(size=10) + header("share/lua/5.1/a.lua", 5) + padded(LUA) + END, 3, "archive-ambiguous")
    write("duplicate.tar", GOOD + file("share/lua/5.1/a.lua", b"return 1\n") + END, 3, "archive-ambiguous")
    write("near-duplicate.tar", GOOD + file("./share/lua//5.1/a.lua", b"return 1\n") + END, 3, "archive-ambiguous")
    write("sparse.tar", GOOD + pax(**{"GNU.sparse.major": 1, "GNU.sparse.minor": 0, "GNU.sparse.name": "share/lua/5.1/s.lua",
                                      "GNU.sparse.realsize": 512}) + file("share/lua/5.1/s.lua", b"1\n0\n512\n" + bytes(504) + bytes(512)) + END,
          3, "archive-ambiguous")
    write("unknown-type.tar", GOOD + header("share/lua/5.1/b.lua", 10, b"Q") + padded(LUA) + END, 3, "archive-ambiguous")
    write("absolute.tar", GOOD + file("/share/lua/5.1/b.lua") + END, 3, "archive-path")
    write("dot-dot.tar", GOOD + file("share/../../b.lua") + END, 3, "archive-path")
    write("root-link.tar", header("./", 0, b"2", "/etc") + GOOD + END, 3, "archive-path")
    write("missing-hardlink.tar", GOOD + header("share/lua/5.1/b.lua", 0, b"1", "share/lua/5.1/none.lua") + END, 3, "archive-path")
    write("link-out.tar", GOOD + header("share/lua/5.1/b.lua", 0, b"2", "../../../../etc/passwd") + END, 3, "archive-path")
    bad = bytearray(file("share/lua/5.1/b.lua"))
    bad[0:1] = b"X"
    write("checksum.tar", GOOD + bytes(bad) + END, 4, "damaged")
    write("cut-off.tar", (GOOD + file("share/lua/5.1/b.lua", b"x" * 2000))[:1700], 4, "damaged")
    write("control-bytes.tar", GOOD + file("share/lua/5.1/\x1b[31m\r.txt") + END, 0, r"\x1B")
    overflow = bytearray(header("share/lua/5.1/b.lua"))
    overflow[124:136] = b"\xff" + b"\xff" * 11
    write("base-256.tar", GOOD + checksum(overflow) + END, 4, "damaged")
    write("long-record.tar.gz", gzip.compress(pax(comment=b"x" * (2 << 20)) + GOOD + END), 4, "1 MiB")
    write("long-names.tar.gz", gzip.compress(b"".join(pax(path="share/lua/5.1/" + f"{i:06}" + "n" * 5000) + file("x") for i in range(10)) + END),
          4, "4096")
    write("garbage-after-gzip.tar.gz", gzip.compress(GOOD + END) + b"garbage!", 4, "after the end")
    write("bzip2.tar", b"BZh91AY&SY" + bytes(100), 4, "bzip2")
    write("text.tar", b"this is no archive\n" * 40, 4, "no archive")
    write("nothing.tar", b"", 4, "no bytes")
    write("empty.tar", END, 3, "empty-subject")


def bombs():
    zeros = header("share/lua/5.1/z.bin", 1 << 30)
    packer = subprocess.Popen(["gzip", "-9", "-n"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    piece, left = bytes(1 << 24), 1 << 30
    import threading
    out = []
    reader = threading.Thread(target=lambda: out.append(packer.stdout.read()))
    reader.start()
    packer.stdin.write(zeros)
    while left:
        packer.stdin.write(piece)
        left -= len(piece)
    packer.stdin.write(END)
    packer.stdin.close()
    reader.join()
    write("bomb.tar.gz", out[0], 4, "--max-ratio", most=2 << 20)
    write("deep.tar", GOOD + pax(path="share/lua/5.1/" + "d/" * 200 + "x.lua") + file("x") + END, 4, "128")


def sha(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def oci(name, code, word, layer=None, **changes):
    """An OCI archive of one layer; a change replaces what it names."""
    layer = layer if layer is not None else GOOD + END
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [changes.get("diff_id", sha(layer))]}}).encode()
    described = {"mediaType": changes.get("layer_type", "application/vnd.oci.image.layer.v1.tar"),
                 "digest": changes.get("layer_digest", sha(layer)), "size": changes.get("layer_size", len(layer))}
    manifest = {"schemaVersion": changes.get("schema", 2), "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": sha(config), "size": len(config)},
                "layers": [described]}
    manifest.update(changes.get("more", {}))
    manifest = json.dumps(manifest).encode()
    index = changes.get("index") or json.dumps({"schemaVersion": 2, "manifests": [
        {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": changes.get("manifest_digest", sha(manifest)), "size": len(manifest),
         "platform": {"os": "linux", "architecture": "amd64"}}]}).encode()
    members = [] if changes.get("no_layer") else [(sha(layer)[7:], layer)]
    members += [(sha(config)[7:], config), (sha(manifest)[7:], manifest)]
    data = b"".join(file("blobs/sha256/" + digest, blob) for digest, blob in members)
    data += file("index.json", index) + file("oci-layout", b'{"imageLayoutVersion":"1.0.0"}') + END
    write(name, data, code, word, most=changes.get("most", 16 * 1024))


def images():
    oci("layer-digest.tar", 3, "image-digest", layer_digest=sha(b"other"))
    oci("layer-size.tar", 3, "image-digest", layer_size=7)
    oci("diff-id.tar", 3, "image-digest", diff_id=sha(b"other"))
    oci("missing-layer.tar", 3, "image-digest", no_layer=True)
    oci("digest-path.tar", 4, "digest", layer_digest="sha256:../../etc/passwd")
    oci("both-kinds.tar", 4, "manifests", more={"manifests": []})
    oci("schema-1.tar", 4, "schema", schema=1, more={"mediaType": "application/vnd.docker.distribution.manifest.v1+json"})
    oci("foreign-layer.tar", 3, "image-digest", layer_type="application/vnd.oci.image.layer.nondistributable.v1.tar", no_layer=True)
    oci("deep-json.tar", 4, "nested", index=b"[" * 10000 + b"]" * 10000, most=64 * 1024)
    oci("bad-whiteout.tar", 3, "archive-path", layer=file(".wh..") + END)
    oci("own-whiteout.tar", 3, "image-layer-order", layer=GOOD + file("share/lua/5.1/.wh.a.lua", b"") + END)
    # Gzip members may have bytes behind them that only some readers see.
    tail = gzip.compress(GOOD + END) + bytes(3) + b"hidden"
    oci("hidden-tail.tar", 4, "after the end", layer=tail, layer_type="application/vnd.oci.image.layer.v1.tar+gzip", diff_id=sha(GOOD + END))


tars()
bombs()
images()
with open(os.path.join(OUT, "expected"), "w", encoding="ascii") as listing:
    listing.write("\n".join(EXPECTED) + "\n")
