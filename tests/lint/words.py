#!/usr/bin/env python3
"""lint.words: no paths of somebody's machine, no mirrors, no unfinished work, in whatever is checked in."""
import re
import subprocess

from support import ROOT, Complaints

# Every pattern is written so that this file does not match it.
PATTERNS = {
    "a path of one machine": r"(?<![\w.~$}])/(?:wor[k]|roo[t])/\w|\.\./share[d]\b",
    "work that is not done": r"\b(?:TOD[O]|FIXM[E]|XX[X])\b|(?i:\bnot implemente[d]\b|\bunimplemente[d]\b)",
    "an empty shell of a function": r"(?i)\bstu[b]s?\b",
    "a package mirror": r"(?i)\b(?:[\w-]+\.)*(?:rsprox[y]\.cn|mirror[s]?\.[\w-]+\.[a-z]+|artifactor[y]|nexu[s]\.[\w.]+)\b"
                        r"|\bregistr[y]\s*=\s*\"sparse\+",
    "a loose end of a merge": r"^(?:<{7}|>{7}|={7})(?: |$)",
}
BINARY = {".png", ".so", ".rock", ".gz", ".zip", ".a", ".o"}


def checked_in():
    """The files of the checkout; all but build folders where there is no git (a source archive)."""
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return sorted({ROOT / name for name in listed.stdout.split("\0") if name})
    return sorted(p for p in ROOT.rglob("*") if "build" not in p.relative_to(ROOT).parts[:1])


def main():
    complaints = Complaints()
    checked = 0
    for path in checked_in():
        name = str(path.relative_to(ROOT))
        if not path.is_file() or path.is_symlink() or path.suffix in BINARY or path.name == "Cargo.lock":
            continue
        checked += 1
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            for meaning, pattern in PATTERNS.items():
                if found := re.search(pattern, line):
                    complaints.add(f"{name}:{number}", f"{meaning}: {found.group().strip()}")
    complaints.finish(checked)


main()
