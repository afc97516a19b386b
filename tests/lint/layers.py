#!/usr/bin/env python3
"""lint.layers: includes, CMakeLists.txt and the table in docs/architecture.md say the same.

A row of the table is `| layer | module | is | may include | headers kept to it |`. "every module above" allows all rows
before it, `x/types.hpp` allows that one header of x.
"""
import fnmatch
import re

from support import ROOT, Complaints, files

TABLE = ROOT / "docs/architecture.md"
CMAKE = ROOT / "CMakeLists.txt"


class Row:
    def __init__(self, layer, allowed, kept):
        self.layer = layer
        self.modules = {name for name in allowed if "/" not in name}
        self.headers = {name for name in allowed if "/" in name}
        self.kept = kept


def read_table():
    rows = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != 5 or not cells[0].isdigit():
            continue
        module = cells[1].strip("`")
        if cells[3] == "every module above":
            allowed = set(rows)
        else:
            allowed = set(re.findall(r"[a-z_]+(?:/[a-z_]+\.hpp)?", cells[3]))
        rows[module] = Row(int(cells[0]), allowed, set(re.findall(r"<([^>]+)>", cells[4])))
    return rows


def read_cmake():
    text = re.sub(r"#.*", "", CMAKE.read_text())
    modules = {}
    for name, rest in re.findall(r"rockstage_module\(\s*(\w+)([^)]*)\)", text):
        words = rest.split()
        start = words.index("DEPS") + 1 if "DEPS" in words else len(words)
        ends = [i for i, word in enumerate(words) if i > start and word in ("PUBLIC", "PRIVATE")]
        modules[name] = set(words[start:ends[0] if ends else len(words)])
    return modules


def check_table(rows, complaints):
    cmake = read_cmake()
    for name in sorted(set(rows) | set(cmake)):
        if name not in cmake:
            complaints.add(TABLE, f"module {name} is not in CMakeLists.txt")
        elif name not in rows:
            complaints.add(CMAKE, f"module {name} is not in the table of docs/architecture.md")
        else:
            wanted = rows[name].modules | {header.split("/")[0] for header in rows[name].headers}
            for other in sorted(wanted ^ cmake[name]):
                where, place = (CMAKE, "table") if other in wanted else (TABLE, "CMakeLists.txt")
                complaints.add(where, f"{name} has no {other}, the {place} has it")
    for name, row in rows.items():
        for other in sorted(row.modules | {header.split("/")[0] for header in row.headers}):
            if other not in rows:
                complaints.add(TABLE, f"{name} may include {other}, which is no module")
            elif rows[other].layer > row.layer:
                complaints.add(TABLE, f"{name} (layer {row.layer}) may include {other} (layer {rows[other].layer})")
    for folder in (ROOT / "src").iterdir():
        if folder.is_dir() and folder.name != "cmake" and folder.name not in rows:
            complaints.add(folder, "is in no row of docs/architecture.md")


def owners(rows, header):
    """The modules that may include a library's header; None when it is kept to nobody."""
    found = {name for name, row in rows.items() if any(fnmatch.fnmatchcase(header, kept) for kept in row.kept)}
    return found or None


def check_file(path, module, rows, complaints):
    includes = re.findall(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', path.read_text(), re.MULTILINE)
    row = rows[module]
    for kind, header in includes:
        if kind == "<":
            allowed = owners(rows, header)
            if allowed is not None and module not in allowed:
                complaints.add(path, f"<{header}> is kept to {', '.join(sorted(allowed))}")
            continue
        target = header.split("/")[0]
        if not (ROOT / "src" / header).is_file():
            complaints.add(path, f'"{header}" is not written from src ("module/file.hpp")')
        elif target != module and target not in row.modules and header not in row.headers:
            complaints.add(path, f'"{header}": {module} may not include {target}')
    if path.suffix == ".cpp" and path.with_suffix(".hpp").is_file():
        own = f"{path.relative_to(ROOT / 'src').with_suffix('.hpp')}"
        if not includes or includes[0] != ('"', own):
            complaints.add(path, f'the first include is not "{own}"')


def main():
    complaints = Complaints()
    rows = read_table()
    check_table(rows, complaints)
    checked = 0
    for path in files("src", ".hpp", ".cpp"):
        parts = path.relative_to(ROOT / "src").parts
        if len(parts) > 1 and parts[0] in rows:
            check_file(path, parts[0], rows, complaints)
            checked += 1
    complaints.finish(checked)


main()
