#!/usr/bin/env python3
"""lint.headers: every header of src compiles on its own.

usage: headers.py BUILD_DIR. The flags are those with which BUILD_DIR compiles the header's module. Where ccache is installed only headers that
changed cost anything.
"""
import concurrent.futures
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

from support import ROOT, Complaints, files

SOURCES = ROOT / "src"
UNUSED = ("-MD", "-g", "-O", "-W", "-fsanitize", "-ffile-prefix")  # they change nothing here but the time it takes
CCACHE = [program] if (program := shutil.which("ccache")) else []


def flags_by_module(build):
    """module → the compile command of one of its files, up to what names the file."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["directory"], entry["file"])
        if not source.is_relative_to(SOURCES) or source.parent == SOURCES:
            continue
        words = shlex.split(entry["command"])
        keep, skip_next = [], False
        for word in words:
            if skip_next:
                skip_next = False
            elif word in ("-o", "-c", "-MF", "-MT"):
                skip_next = word != "-c"
            elif word != entry["file"] and not word.startswith(UNUSED):
                keep.append(word)
        commands.setdefault(source.relative_to(SOURCES).parts[0], keep)
    return commands


def compile_alone(header, command, folder):
    name = str(header.relative_to(SOURCES))
    probe = folder / (name.replace("/", "__") + ".cpp")
    text = f'#include "{name}"\n'
    if not probe.is_file() or probe.read_text() != text:
        probe.write_text(text)
    done = subprocess.run([*CCACHE, *command, "-w", "-c", str(probe), "-o", f"{probe}.o"], cwd=folder, capture_output=True,
                          text=True, timeout=120, check=False)
    return "" if done.returncode == 0 else "\n".join(done.stderr.splitlines()[:4])


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    folder = build / "lint_headers"
    folder.mkdir(exist_ok=True)
    commands = flags_by_module(build)
    complaints = Complaints()
    headers = files("src", ".hpp")
    if not commands:
        sys.exit(f"{build}/compile_commands.json has no file of src")
    any_command = next(iter(commands.values()))
    with concurrent.futures.ThreadPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        pending = {header: pool.submit(compile_alone, header,
                                       commands.get(header.relative_to(SOURCES).parts[0], any_command), folder)
                   for header in headers}
        for header, future in pending.items():
            if error := future.result():
                complaints.add(header, f"does not compile on its own\n{error}")
    complaints.finish(len(headers))


main()
