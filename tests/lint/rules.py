#!/usr/bin/env python3
"""lint.rules: every rule of base/rules.hpp is looked for, and has a test that fires it and one that comes near.

A test names its rule at the start ("lint: rock-lock-file: …"). What only comes near says "not" or "no" in its name.
"""
import re

from support import ROOT, Complaints, files

RULES = ROOT / "src/base/rules.hpp"


def test_names(text):
    """Names of test cases; a long one is several literals."""
    for found in re.findall(r'TEST_CASE\(((?:\s*"(?:\\.|[^"\\])*")+)', text):
        yield "".join(re.findall(r'"((?:\\.|[^"\\])*)"', found))


def main():
    complaints = Complaints()
    rules = dict(re.findall(r'(\w+)\s*=\s*"([a-z]+(?:-[a-z]+)*)"', RULES.read_text()))
    tests = [name for path in files("tests/unit", ".cpp")
             for name in test_names(path.read_text())]
    code = "\n".join(path.read_text() for path in files("src", ".cpp") if path.parent != RULES.parent)
    for constant, rule in rules.items():
        named = [name for name in tests if re.search(rf"(?<![\w-]){rule}(?![\w-])", name)]
        said = {name: name.replace(rule, "") for name in named}
        quiet = [name for name in named if re.search(r"\b(?:not?|never|nothing|quiet|silent|without findings)\b", said[name])]
        if not named or len(named) == len(quiet):
            complaints.add(RULES, f"no test says when {rule} fires")
        if not quiet:
            complaints.add(RULES, f"no test says when {rule} does not fire (a near miss)")
        if not re.search(rf"\b{constant}\b", code) and f'"{rule}"' not in code:
            complaints.add(RULES, f"{rule} is found by nobody")
    complaints.finish(len(rules))


main()
