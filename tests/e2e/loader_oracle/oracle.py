"""Tries every case with the real loader and with verify, and compares: oracle.py ROCKSTAGE FOLDER [LUA55]."""
import json
import os
import re
import subprocess
import sys

from cases import cases

RUNTIMES = {  # what runs a module here, and the profile that describes it
    "luajit": ("luajit", "debian-luajit", "5.1"),
    "5.1": ("lua5.1", "debian-lua5.1", "5.1"),
    "5.2": ("lua5.2", "debian-lua5.2", "5.2"),
    "5.3": ("lua5.3", "debian-lua5.3", "5.3"),
    "5.4": ("lua5.4", "debian-lua5.4", "5.4"),
    "worker": ("luajit", "debian-nginx-lua", "5.1"),  # as www-data
}
WORKER = ("setpriv", "--reuid=33", "--regid=33", "--clear-groups", "--")
JUDGED = re.compile("elf-|lua-|ffi-|file-mode")


def write_tree(case, folder, version):
    for path, content in case.files.items():
        full = os.path.join(folder, path.replace("{V}", version))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(content)
    os.makedirs(os.path.join(folder, "lib/lua", version), exist_ok=True)
    if case.unreadable:
        os.chmod(os.path.join(folder, case.unreadable.replace("{V}", version)), 0o600)


def real_load(case, folder, command, version):
    """(whether it works, what was said)."""
    script = (f"package.path = '{folder}/share/lua/{version}/?.lua' "
              f"package.cpath = '{folder}/lib/lua/{version}/?.so' "
              f"local m = require '{case.module}' " + case.then)
    done = subprocess.run([*command, "-e", script], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                          cwd="/")
    return done.returncode == 0, done.stderr.decode(errors="replace").strip() or f"exit {done.returncode}"


def verdict(rockstage, folder, profile):
    """The errors that verify finds in the rules about loading."""
    done = subprocess.run([rockstage, "verify", folder, "--runtime", profile, "--platform", "linux/amd64", "--json"],
                          capture_output=True, timeout=60)
    if done.returncode not in (0, 3):
        sys.exit(f"verify failed: exit {done.returncode}: {done.stderr.decode(errors='replace')}")
    data = json.loads(done.stdout)["data"]
    return [f for platform in data["platforms"] for f in platform["findings"]
            if f["severity"] == "error" and JUDGED.match(f["rule"])]


def agrees_on_symbol(said, errors):
    """The symbol that the loader names is the first of those that verify says are missing."""
    named = re.search(r"undefined symbol: (lua\w+)", said)
    missing = [f["evidence"]["symbols"] for f in errors if f["rule"] == "lua-abi" and "symbols" in f["evidence"]]
    if not named or named.group(1).startswith("luaopen_") or not missing:
        return True
    return missing[0][0] == named.group(1)


def main():
    rockstage, folder = sys.argv[1:3]
    if sys.argv[3:]:
        RUNTIMES["5.5"] = (sys.argv[3], "generic-5.5", "5.5")
    # Debian has two packages with the library that luajit runs on: LuaJIT's own, and OpenResty's.
    if not subprocess.run(["luajit", "-e", "require 'thread.exdata'"], capture_output=True).returncode:
        RUNTIMES["luajit"] = ("luajit", "debian-nginx-lua", "5.1")
    wrong, differing, count = [], [], 0
    for number, case in enumerate(cases(os.path.join(folder, "objects"))):
        for runtime in filter(RUNTIMES.get, case.runtimes):
            program, profile, version = RUNTIMES[runtime]
            command = [*WORKER, program] if runtime == "worker" else [program]
            tree = os.path.join(folder, f"tree-{number}-{runtime}")
            write_tree(case, tree, version)
            works, said = real_load(case, tree, command, version)
            errors = verdict(rockstage, tree, profile)
            count += 1
            same = works == (not errors)
            line = (f"{case.name} on {runtime}: the loader {'takes' if works else 'refuses'} it ({said}); verify says "
                    f"{[f['message'] for f in errors] or 'nothing'}")
            if case.differs:
                (wrong if same else differing).append(line + ": " + case.differs)
            elif not same or not agrees_on_symbol(said, errors):
                wrong.append(line)
    print(f"{count} cases, {len(differing)} differ as is known, {len(wrong)} wrong")
    for line in differing:
        print("known:", line)
    for line in wrong:
        print("WRONG:", line)
    if count < 60:
        sys.exit("fewer cases than there should be")
    sys.exit(1 if wrong else 0)


main()
