#!/usr/bin/env python3
"""How long `rockstage verify` takes for a bare tree, beside reading or hashing its files.

usage: verify_trees.py [ROCKSTAGE [SCRATCH]]

The tree has 1,000 shared objects of this machine and 2,000 Lua files; the small one is one native module.
"""
import hashlib
import os
import shutil
import statistics
import sys
import tempfile

from compare import compare, timed

PROGRAM = os.path.abspath(sys.argv[1] if len(sys.argv) > 1 else "build/release/rockstage")
OBJECTS, SCRIPTS, MOST = 1000, 2000, 60_000_000


def objects():
    found = []
    for base, folders, files in os.walk("/usr/lib"):
        folders.sort()
        for name in sorted(files):
            path = os.path.join(base, name)
            if ".so" in name and os.path.isfile(path) and not os.path.islink(path) and os.path.getsize(path) < MOST:
                with open(path, "rb") as file:
                    if file.read(4) == b"\x7fELF":
                        found.append(path)
    return sorted(found, key=os.path.getsize, reverse=True)


def make_tree(tree, pool, count, scripts):
    os.makedirs(f"{tree}/lib/lua/5.1/m")
    os.makedirs(f"{tree}/share/lua/5.1/m")
    for i in range(count):
        shutil.copy(pool[i % len(pool)], f"{tree}/lib/lua/5.1/m/o{i}.so")
    text = "local M = {}\nfunction M.run(n)\n  return n + 1\nend\n" * 40 + "return M\n"
    for i in range(scripts):
        with open(f"{tree}/share/lua/5.1/m/s{i}.lua", "w", encoding="ascii") as file:
            file.write(f"-- {i}\n{text}")


def add_manifest(tree):
    """One rock that owns every file, as LuaRocks writes it."""
    sums, modules = {"lib": [], "lua": []}, []
    for kind, folder in (("lib", "lib/lua/5.1/m"), ("lua", "share/lua/5.1/m")):
        for name in sorted(os.listdir(f"{tree}/{folder}")):
            with open(f"{tree}/{folder}/{name}", "rb") as file:
                sums[kind].append((name, hashlib.md5(file.read()).hexdigest()))
            modules.append((f"m.{name.rsplit('.', 1)[0]}", f"m/{name}"))
    rock = f"{tree}/lib/luarocks/rocks-5.1/m/1.0-1"
    os.makedirs(rock)
    with open(f"{rock}/rock_manifest", "w", encoding="ascii") as file:
        file.write("rock_manifest = {\n" + ",\n".join(
            f"   {kind} = {{ m = {{\n" + ",\n".join(f'["{name}"] = "{digest}"' for name, digest in rows) + "}}"
            for kind, rows in sums.items()) + "\n}\n")
    with open(f"{tree}/lib/luarocks/rocks-5.1/manifest", "w", encoding="ascii") as file:
        file.write("commands = {}\ndependencies = { m = { [\"1.0-1\"] = {} } }\nmodules = {\n" + ",\n".join(
            f'["{module}"] = {{ "m/1.0-1" }}' for module, _ in modules) + "\n}\nrepository = { m = { [\"1.0-1\"] = { {\n"
            "arch = \"installed\", commands = {}, dependencies = {}, modules = {\n" + ",\n".join(
                f'["{module}"] = "{name}"' for module, name in modules) + "\n} } } } }\n")


def main():
    scratch = tempfile.mkdtemp(dir=sys.argv[2] if len(sys.argv) > 2 else None)
    verify = [PROGRAM, "verify", "--isolated", "--fail-on=never", "--runtime=generic-luajit"]
    try:
        pool = objects()
        tree = f"{scratch}/tree"
        make_tree(tree, pool, OBJECTS, SCRIPTS)
        size = sum(os.path.getsize(f"{base}/{name}") for base, _, files in os.walk(tree) for name in files)
        print(f"{size / 1e6:.0f} MB")
        good = compare("bare tree", [*verify, tree], f"find {tree} -type f -exec cat {{}} +", 3)
        good &= compare("bare tree beside readelf", [*verify, tree],
                        f"find {tree} -name '*.so' | while read -r f; do readelf -dW -VW --dyn-syms \"$f\"; done", 1 / 15)
        add_manifest(tree)
        good &= compare("tree with a manifest", [*verify, tree], f"find {tree} -type f -exec openssl dgst -md5 {{}} +", 0.6)

        small = f"{scratch}/small"
        make_tree(small, pool[-1:], 1, 3)
        took = statistics.median(timed([*verify, small])[0] for _ in range(21))
        print(f"small tree: {took * 1e3:.1f} ms, goal at most 10: {'ok' if took <= 0.010 else 'MISSED'}")

        ten, one = f"{scratch}/ten", f"{scratch}/one"
        make_tree(ten, pool[-1:], 0, 20000)
        make_tree(one, pool[-1:], 0, 2000)
        good &= compare("ten times the files", [*verify, ten], [*verify, one], 11)
        sys.exit(not (good and took <= 0.010))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


main()
