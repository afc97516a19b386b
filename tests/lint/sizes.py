#!/usr/bin/env python3
"""lint.sizes: files and functions stay readable at one sitting.

Functions are found by their braces, in text whose comments, strings and preprocessor lines are blanked: a block at namespace or
class level that follows a parameter list is a function.
"""
import re

from support import ROOT, Complaints, files

MAX_LINES = {".cpp": 600, ".hpp": 300}
MAX_FUNCTION_LINES = 60
MAX_PARAMETERS = 5

LITERALS = re.compile(
    r'//[^\n]*|/\*.*?\*/|(?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.DOTALL)
PREPROCESSOR = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
SCOPE = re.compile(r"\b(namespace|class|struct|union|enum|extern)\b")
TAIL = re.compile(r"\s*(const|noexcept(\s*\([^()]*\))?|override|final|mutable|&&?|try|->[^(){};=]+)")


def blank(match):
    return re.sub(r"[^\n]", " ", match.group())


def plain(text):
    """The text without what only looks like code; lines stay where they are."""
    return PREPROCESSOR.sub(blank, LITERALS.sub(blank, text))


def matching(text, start, opening, closing):
    """The index of the bracket that closes the one at `start`; the end of the text when there is none."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] == opening) - (text[i] == closing)
        if depth == 0:
            return i
    return len(text)


def parameter_list(head):
    """(name, parameters) of the function whose text before `{` is `head`; None when it is none."""
    for match in re.finditer(r"(operator\s*(?:\(\)|[^\s\w(]+|\w+)|~?[\w:]+)\s*\(", head):
        end = matching(head, match.end() - 1, "(", ")")
        if end == len(head) or match.group(1) in ("noexcept", "decltype", "alignas", "requires", "__attribute__"):
            continue
        rest = head[end + 1:]
        while tail := TAIL.match(rest):
            rest = rest[tail.end():]
        if not rest.strip() or re.match(r"\s*:[^:]", rest):
            return match.group(1), head[match.end():end]
    return None


def count_parameters(text):
    """Commas outside brackets, plus one. A `<` counts as a bracket, as parameters compare nothing."""
    if text.strip() in ("", "void"):
        return 0
    depth, count = 0, 1
    for previous, character in zip(" " + text, text):
        if character in "([{<":
            depth += 1
        elif character in ")]}" or (character == ">" and previous != "-"):
            depth -= 1
        count += character == "," and depth == 0
    return count


def functions(text):
    """(name, parameters, first line, last line) of each function with a body."""
    start, i = 0, 0
    while i < len(text):
        character = text[i]
        if character in ";}":
            start = i + 1
        elif character == "(":
            i = matching(text, i, "(", ")")
        elif character == "{":
            head = re.sub(r"\b(public|private|protected)\s*:", " ", text[start:i])
            found = parameter_list(head)
            end = matching(text, i, "{", "}")
            if found and re.search(r"\)\s*:[^:]", head) and re.search(r"[\w>]\s*$", head) and not head.rstrip().endswith(
                    ("const", "noexcept", "override", "try")):
                i = end  # a member's initialiser: the body comes later
            elif found:
                first = start + len(text[start:i]) - len(text[start:i].lstrip())
                yield found[0], count_parameters(found[1]), text.count("\n", 0, first) + 1, text.count("\n", 0, end) + 1
                i, start = end, end + 1
            elif SCOPE.search(head) and not re.search(r"\benum\b|=\s*$", head):
                start = i + 1
            else:
                i = end
        i += 1


def check(path, complaints):
    shown = path.relative_to(ROOT)
    text = path.read_text()
    lines = text.count("\n")
    if lines > MAX_LINES[path.suffix]:
        complaints.add(path, f"{lines} lines, at most {MAX_LINES[path.suffix]}")
    for name, parameters, first, last in functions(plain(text)):
        length = last - first + 1
        if length > MAX_FUNCTION_LINES and name != "TEST_CASE":
            complaints.add(f"{shown}:{first}", f"{name} has {length} lines, at most {MAX_FUNCTION_LINES}")
        if parameters > MAX_PARAMETERS:
            complaints.add(f"{shown}:{first}", f"{name} has {parameters} parameters, at most {MAX_PARAMETERS}")


def check_the_measure():
    """The measure itself, on text whose answer is known."""
    sample = """
namespace a { struct S { S(int x) : a_{x}, b_(2) { f(); } int a_{1}; bool operator()(int l, int r) const { return l < r; } };
constexpr int kTable[] = {1, 2};
template <class T>
std::map<int, T> wide(std::map<int, T> a, int b, const char* c = "),{", int d = f(1, 2)) noexcept {
  if (a) { b(); }
  return {};
}
auto lambda = [](int v) { return v; };
enum class E { x };
}
"""
    found = [(name, count, last - first + 1) for name, count, first, last in functions(plain(sample))]
    assert found == [("S", 1, 1), ("operator()", 2, 1), ("wide", 4, 5)], found


def main():
    check_the_measure()
    complaints = Complaints()
    paths = [*files("src", ".hpp", ".cpp"), *files("tests", ".hpp", ".cpp")]
    for path in paths:
        check(path, complaints)
    complaints.finish(len(paths))


main()
