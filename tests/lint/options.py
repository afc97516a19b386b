#!/usr/bin/env python3
"""lint.options: the program, its manual, its completions and its man page name the same commands and options.

The manual of a command is docs/commands/COMMAND.md; its options are those in the first cells of its tables. A page without a table of options
takes the tables of the pages it links to. The options of every command are in docs/commands/README.md.
"""
import re

from support import ROOT, Complaints, run, run_json

MANUAL = ROOT / "docs/commands"
SHELLS = ("bash", "zsh", "fish")


def documented(page, follow=True):
    """The long options in the first cells of a page's tables."""
    text = page.read_text()
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("|") and line.count("|") > 2]
    found = {option for cell in cells for option in re.findall(r"--([a-z][a-z0-9-]*)", cell)}
    if not found and follow:
        for link in re.findall(r"\]\(([a-z]+\.md)\)", text):
            if (page.parent / link).is_file():
                found |= documented(page.parent / link, follow=False)
    return found


def names(options):
    return {option["name"] for option in options if option["exists"]}


def aliases(options):
    return {option["alias"] for option in options if option["alias"]}


def check_page(page, options, others, complaints):
    """`others`: options that the page may name too."""
    if not page.is_file():
        complaints.add(page, "is missing")
        return
    there = documented(page)
    for option in sorted(names(options) - there):
        complaints.add(page, f"--{option} is in no table")
    every = {option["name"] for option in options} | aliases(options)
    for option in sorted(there - every - others):
        complaints.add(page, f"--{option} is no option")


def check_texts(commands, everywhere, complaints):
    """What the program itself prints for people and shells."""
    texts = {f"completion {shell}": run("completion", shell).stdout for shell in SHELLS}
    texts["help --man"] = run("help", "--man").stdout.replace("\\-", "-")
    for name, text in texts.items():
        # fish writes an option as `-l name`.
        long = r"(?:--|-l '?){}(?![\w-])"
        for command in commands:
            if not re.search(rf"\b{command['name']}\b", text):
                complaints.add(f"rockstage {name}", f"command {command['name']} is missing")
        for option in sorted(names(everywhere).union(*(names(command["options"]) for command in commands))):
            if not re.search(long.format(option), text):
                complaints.add(f"rockstage {name}", f"--{option} is missing")
    overview = run("help").stdout
    for command in commands:
        if not re.search(rf"^ +{command['name']}\b", overview, re.MULTILINE):
            complaints.add("rockstage help", f"command {command['name']} is missing")
        page = run("help", command["name"]).stdout
        for option in sorted(names(command["options"]) | names(everywhere)):
            if not re.search(rf"--{option}(?![\w-])", page):
                complaints.add(f"rockstage help {command['name']}", f"--{option} is missing")


def main():
    complaints = Complaints()
    _, record = run_json("help")
    commands = [command for command in record["data"]["commands"] if command["exists"]]
    everywhere = record["data"]["options"]
    global_names = {option["name"] for option in everywhere}
    for command in commands:
        check_page(MANUAL / f"{command['name']}.md", command["options"], global_names, complaints)
    check_page(MANUAL / "README.md", everywhere, set(), complaints)
    for page in MANUAL.glob("*.md"):
        if page.stem != "README" and page.stem not in {command["name"] for command in commands}:
            complaints.add(page, "is about no command")
    check_texts(commands, everywhere, complaints)
    complaints.finish(len(commands))


main()
