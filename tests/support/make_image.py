#!/usr/bin/env python3
"""Makes a container image from layers, without an engine.

usage: make_image.py [--form FORM] [--compress none|gzip|zstd] [--created-by TEXT]… [--change LINE]…
                     [--platform OS/ARCH] OUT LAYER…

LAYER is a directory (its files in byte order, owner 0, whiteouts as `.wh.NAME`), a ready tar, or `-` for one from stdin. FORM is
docker-archive (as Docker 25 and later writes it), docker-archive-legacy (as Docker 24 and earlier), oci (a directory) or oci-archive.
LINE is one of a Dockerfile, as `docker import --change` takes it: ENV NAME=VALUE, USER, WORKDIR, or CMD with a JSON list.
"""
import argparse
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile

LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"


def tar_of(layer):
    """The bytes of a layer: a file's own, or a tar of everything in a directory."""
    if layer == "-":
        return sys.stdin.buffer.read()
    if os.path.isfile(layer):
        with open(layer, "rb") as file:
            return file.read()
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for folder, folders, files in os.walk(layer):
            folders.sort()
            names = [name for name in folders if os.path.islink(os.path.join(folder, name))] + files
            where = os.path.relpath(folder, layer)
            if where != ".":
                tar.add(folder, where, recursive=False, filter=plain)
            for name in sorted(names):
                path = os.path.join(folder, name)
                tar.add(path, os.path.normpath(os.path.join(where, name)), recursive=False, filter=plain)
    return out.getvalue()


def plain(info):
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


def configured(lines):
    """The configuration of the image that the lines of a Dockerfile make."""
    config = {"Env": []}
    for line in lines:
        word, _, value = line.partition(" ")
        if word == "ENV":
            config["Env"].append(value)
        elif word == "CMD":
            config["Cmd"] = json.loads(value)
        else:
            config[{"USER": "User", "WORKDIR": "WorkingDir"}[word]] = value
    return config


def compressed(data, how):
    if how == "none":
        return data
    command = {"gzip": ["gzip", "-n", "-6"], "zstd": ["zstd", "-q", "-3"]}[how]
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def write_tar(out, members):
    with tarfile.open(out, "w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            info.mode = 0o644
            tar.addfile(info, io.BytesIO(data))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--form", default="docker-archive")
    parser.add_argument("--compress", default="none")
    parser.add_argument("--created-by", action="append", default=[])
    parser.add_argument("--change", action="append", default=[])
    parser.add_argument("--platform", default="linux/amd64")
    parser.add_argument("out")
    parser.add_argument("layers", nargs="+")
    options = parser.parse_args()

    tars = [tar_of(layer) for layer in options.layers]
    system, _, machine = options.platform.partition("/")
    history = [{"created": "1970-01-01T00:00:00Z", "created_by": text} for text in options.created_by]
    history += [{"created": "1970-01-01T00:00:00Z", "created_by": "COPY"}] * (len(tars) - len(history))
    config = json.dumps({
        "architecture": machine, "os": system, "created": "1970-01-01T00:00:00Z",
        "config": configured(options.change),
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + sha256(tar) for tar in tars]},
        "history": history,
    }).encode()

    if options.form == "docker-archive-legacy":
        names = [sha256(b"v1" + tar) + "/layer.tar" for tar in tars]
        members = [(name, tar) for name, tar in zip(names, tars)] + [(sha256(config) + ".json", config)]
        listed = [{"Config": sha256(config) + ".json", "RepoTags": ["made:latest"], "Layers": names}]
        write_tar(options.out, members + [("manifest.json", json.dumps(listed).encode())])
        return

    blobs = [compressed(tar, options.compress) for tar in tars]
    suffix = {"none": "", "gzip": "+gzip", "zstd": "+zstd"}[options.compress]
    manifest = json.dumps({
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "sha256:" + sha256(config), "size": len(config)},
        "layers": [{"mediaType": LAYER_TYPE + suffix, "digest": "sha256:" + sha256(blob), "size": len(blob)} for blob in blobs],
    }).encode()
    index = json.dumps({
        "schemaVersion": 2,
        "manifests": [{"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "sha256:" + sha256(manifest),
                       "size": len(manifest), "platform": {"os": system, "architecture": machine}}],
    }).encode()
    everything = sorted((sha256(blob), blob) for blob in [*blobs, config, manifest])
    members = [("blobs/sha256/" + name, blob) for name, blob in everything]
    members += [("index.json", index), ("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')]
    if options.form == "docker-archive":
        listed = [{"Config": "blobs/sha256/" + sha256(config), "RepoTags": ["made:latest"],
                   "Layers": ["blobs/sha256/" + sha256(blob) for blob in blobs]}]
        write_tar(options.out, members + [("manifest.json", json.dumps(listed).encode())])
    elif options.form == "oci-archive":
        write_tar(options.out, members)
    elif options.form == "oci":
        for name, data in members:
            path = os.path.join(options.out, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(data)
    else:
        sys.exit(f"unknown form {options.form}")


main()
