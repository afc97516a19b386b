"""What the lint tests share: where the project is, a list of complaints, and how a test is skipped."""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SKIPPED = 77


class Complaints:
    """Collects what is wrong; `finish` prints it, sorted, and ends the test."""

    def __init__(self):
        self._lines = set()

    def add(self, where, text):
        if isinstance(where, pathlib.Path):
            where = where.relative_to(ROOT)
        self._lines.add(f"{where}: {text}")

    def finish(self, checked):
        if checked == 0:
            self._lines.add("nothing was checked: the test looks in the wrong place")
        for line in sorted(self._lines):
            print(line)
        print(f"{checked} checked, {len(self._lines)} complaints")
        sys.exit(1 if self._lines else 0)


def skip(reason):
    """Ends the test as skipped, or as failed where everything must be there."""
    print(reason)
    sys.exit(1 if os.environ.get("ROCKSTAGE_REQUIRE_ALL") == "1" else SKIPPED)


def files(folder, *suffixes):
    """The files below ROOT/folder with one of the suffixes, sorted."""
    return sorted(p for p in (ROOT / folder).rglob("*") if p.is_file() and p.suffix in suffixes)


def program():
    """The rockstage under test."""
    path = os.environ.get("ROCKSTAGE", "")
    if not path:
        sys.exit("set ROCKSTAGE to the program under test")
    return os.path.abspath(path)


def run(*arguments, cwd=None):
    """Runs the program under test, away from the settings of whoever runs the tests."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ROCKSTAGE_")}
    return subprocess.run([program(), *arguments], cwd=cwd, env=environment, text=True, timeout=120,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)


def run_json(*arguments, cwd=None):
    """The exit code and the record of a run with --json; ends the test when there is no record."""
    result = run(*arguments, "--json", cwd=cwd)
    try:
        return result.returncode, json.loads(result.stdout)
    except json.JSONDecodeError as error:
        sys.exit(f"rockstage {' '.join(arguments)} --json: no JSON record ({error}): "
                 f"{result.stdout!r} {result.stderr!r}")
