#!/usr/bin/env python3
"""lint.contract: what contract.json promises is there: commands, options, exit codes, rules and the keys of JSON records.

The contract may grow. A name that is reserved for later exits with 2 and says what does the job until then; once it exists, it is held to nothing here
until the contract lists it.
"""
import json
import pathlib
import re
import tempfile

from support import ROOT, Complaints, run, run_json

CONTRACT = ROOT / "tests/lint/contract.json"

ROCKSPEC = """package = "contract"
version = "1.0-1"
source = {url = "git+https://example.org/contract.git"}
build = {type = "builtin", modules = {contract = "contract.lua"}}
"""


def check_names(contract, data, complaints):
    """Commands and options are in the table that the program prints."""
    commands = {command["name"]: command for command in data["commands"]}
    for name, options in contract["commands"].items():
        if name not in commands or not commands[name]["exists"]:
            complaints.add(f"rockstage {name}", "the command is gone")
            continue
        there = {option["name"] for option in commands[name]["options"] if option["exists"]}
        there |= {option["alias"] for option in commands[name]["options"] if option["exists"]}
        for option in sorted(set(options) - there):
            complaints.add(f"rockstage {name}", f"--{option} is gone")
    there = {option["name"] for option in data["options"]}
    for option in sorted(set(contract["options"]) - there):
        complaints.add("rockstage", f"--{option} is gone")
    return commands


def check_later(arguments, complaints):
    """A reserved name answers with exit code 2, that it is not there yet, and what to do instead."""
    shown = f"rockstage {' '.join(arguments)}"
    code, record = run_json(*arguments)
    said = record["diagnostics"][-1] if record["diagnostics"] else {"message": "", "hint": ""}
    if code != 2:
        complaints.add(shown, f"exit code {code}, wanted 2")
    if "does not exist yet" not in said["message"] or not said["hint"]:
        complaints.add(shown, f"does not say that it does not exist yet, and what does the job: {said}")


def check_reserved(contract, commands, complaints):
    for name in contract["later_commands"]:
        if name not in commands:
            complaints.add(f"rockstage {name}", "the name is no longer reserved")
        elif not commands[name]["exists"]:
            check_later([name], complaints)
    for name, options in contract["later_options"].items():
        table = {option["name"]: option for option in commands.get(name, {"options": []})["options"]}
        for option in options:
            if option not in table:
                complaints.add(f"rockstage {name}", f"--{option} is no longer reserved")
            elif not table[option]["exists"]:
                value = ["x"] if table[option]["value"] else []
                check_later([name, f"--{option}", *value], complaints)


def keys(value, prefix=""):
    """Every key of a record by its path: `rocks[].files[].size`."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield prefix + key
            yield from keys(below, f"{prefix}{key}.")
    elif isinstance(value, list):
        for below in value:
            yield from keys(below, f"{prefix.rstrip('.')}[].")


def check_run(case, folder, contract, complaints):
    """One run of the contract: its exit code, the form of its record, the keys of its data."""
    arguments = [argument.replace("{dir}", str(folder)) for argument in case["run"]]
    shown = "rockstage " + " ".join(case["run"])
    code, record = run_json(*arguments, cwd=folder)
    if code != case["exit"]:
        complaints.add(shown, f"exit code {code}, wanted {case['exit']}: {record['diagnostics']}")
    if sorted(record) != sorted(contract["record"]):
        complaints.add(shown, f"the record has {sorted(record)}")
    if record["ok"] != (code == 0) or record["exit"] != code:
        complaints.add(shown, "ok and exit of the record are not those of the process")
    for item in record["diagnostics"]:
        if sorted(item) != sorted(contract["diagnostic"]):
            complaints.add(shown, f"a diagnostic has {sorted(item)}")
    if record["schema"] != f"rockstage.{case['schema']}/1":
        complaints.add(shown, f"the schema is {record['schema']}")
    for key in sorted(set(case.get("data", ())) - set(keys(record["data"]))):
        complaints.add(shown, f"data has no {key}")


def check_rules(contract, complaints):
    known = re.findall(r'"([a-z]+(?:-[a-z]+)*)"', (ROOT / "src/base/rules.hpp").read_text())
    for rule in sorted(set(contract["rules"]) - set(known)):
        complaints.add("src/base/rules.hpp", f"{rule} is gone")


def check_manual(contract, complaints):
    manual = run("help", "--man").stdout
    for code in contract["exit_codes"]:
        if not re.search(rf"^\.B (?:.*\b)?{code}\b", manual, re.MULTILINE):
            complaints.add("rockstage help --man", f"exit code {code} is missing")


def main():
    complaints = Complaints()
    contract = json.loads(CONTRACT.read_text())
    _, record = run_json("help")
    commands = check_names(contract, record["data"], complaints)
    check_reserved(contract, commands, complaints)
    check_rules(contract, complaints)
    check_manual(contract, complaints)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "rock").mkdir()
        (folder / "rock/contract-1.0-1.rockspec").write_text(ROCKSPEC)
        (folder / "rock/contract.lua").write_text("return {}\n")
        (folder / "broken").mkdir()
        (folder / "broken/broken-1.0-1.rockspec").write_text("package = \n")
        for case in contract["runs"]:
            check_run(case, folder, contract, complaints)
    complaints.finish(len(commands))


main()
