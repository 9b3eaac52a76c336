# SPDX-License-Identifier: BSD-2-Clause
"""Mutants of core/: each changes one place of one source, by a rule, always in the same order.

The rules read lines, not a syntax tree, and lean on the layout that clang-format enforces: a binary
operator has a space on both sides, a unary one has none. What does not compile is discarded later.
"""

import glob
import os
import re

RELATIONAL = {"<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"],
              "==": ["!="], "!=": ["=="]}
ARITHMETIC = {"+": ["-"], "-": ["+"], "*": ["/"], "/": ["*"], "%": ["/"], "<<": [">>"],
              ">>": ["<<"], "+=": ["-="], "-=": ["+="], "++": ["--"], "--": ["++"]}
BITWISE = {"&": ["|"], "|": ["&"], "^": ["|"], "|=": ["&="], "&=": ["|="]}
LOGICAL = {"&&": ["||"], "||": ["&&"]}
BINARY = [("relational", RELATIONAL), ("arithmetic", ARITHMETIC), ("bitwise", BITWISE),
          ("logical", LOGICAL)]
OPERATOR = re.compile(r"(?<=\s)(<<|>>|<=|>=|==|!=|&&|\|\||[-+|&]=|[-<>+*/%&|^])(?=\s|$)")
STEP = re.compile(r"\+\+|--")
NUMBER = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)([uU]?)\b")
NAMED = re.compile(r"\b(?:IWC_(?:LINE|FRAME_MIN|FRAME_MAX|BURST_MAX|LINE_MASK|SAID|SKIP|"
                   r"CLASSES_MAX|LINES_LOG2_MIN|LINES_LOG2_MAX)|U?INT(?:32|64)_MAX|WINDOW|NOWHERE|"
                   r"TAGS_MAX)\b")
TRUTH = re.compile(r"\b(true|false)\b")
ORDER = re.compile(r"iwc_port_(load_acquire|store_release)(?=\()")
UNARY = re.compile(r"(?<![\w)\]])[!~](?!=)")
CONDITION = re.compile(r"\b(if|while) \(")
DECLARATION = re.compile(r"(?:const|struct|enum|static|bool|void|unsigned|int|size_t|u?int\d+_t)\b")
NO_STATEMENT = re.compile(r"(?:if|else|for|while|do|switch|case|default|return|goto)\b|[{}.]")


class Mutant:
    """One changed place: what is line number `line` of `file` becomes `text`."""

    def __init__(self, file, line, kind, text, second=None):
        self.file, self.line, self.kind, self.text, self.second = file, line, kind, text, second
        self.number = 0

    @property
    def name(self):
        return f"{self.file}:{self.line}:{self.kind}:{self.number}"

    def apply(self, lines):
        """The source with the change; `second` is the next line where two change places."""
        changed = list(lines)
        changed[self.line - 1] = self.text
        if self.second is not None:
            changed[self.line] = self.second
        return changed


def sources(core):
    """What is mutated: every source of core/, and its one header with code of the fast path."""
    names = [os.path.basename(path) for path in glob.glob(os.path.join(core, "*.c"))]
    names = [n for n in names if not n.endswith(("_test.c", "_fuzz.c"))]
    return sorted(names + ["ring_one.h"])


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def code_only(lines):
    """The lines with comments and strings blanked, so that columns stay where they are."""
    text = "\n".join(lines)

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"', blank, text, flags=re.S).split("\n")


def number_near(match, step):
    value = int(match.group(1), 0) + step
    if value < 0:
        return None
    digits = hex(value) if match.group(1).lower().startswith("0x") else str(value)
    return digits + match.group(2)


def replaced(line, match, text, group=0):
    return line[: match.start(group)] + text + line[match.end(group):]


def operators(line, code):
    """Operators for others, memory orders for weaker ones, negations taken away."""
    for match in OPERATOR.finditer(code):
        for kind, table in BINARY:
            for other in table.get(match.group(), []):
                yield kind, replaced(line, match, other)
    for match in STEP.finditer(code):
        yield "arithmetic", replaced(line, match, ARITHMETIC[match.group()][0])
    for match in UNARY.finditer(code):
        yield "negation", replaced(line, match, "")
    for match in ORDER.finditer(code):
        yield "order", replaced(line, match, match.group(1).split("_")[0] + "_relaxed", 1)


def constants(line, code):
    """Numbers and named limits by one more and one less; true for false."""
    for match in NUMBER.finditer(code):
        for step in (1, -1):
            text = number_near(match, step)
            if text is not None:
                yield "constant", replaced(line, match, text)
    for match in NAMED.finditer(code):
        for step in ("+", "-"):
            yield "constant", replaced(line, match, f"({match.group()} {step} 1u)")
    for match in TRUTH.finditer(code):
        yield "constant", replaced(line, match, {"true": "false", "false": "true"}[match.group()])


def closing(code, start):
    """Where the parenthesis closes that opens at start, -1 if not on this line."""
    depth = 0
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return -1


def conditions(line, code):
    for match in CONDITION.finditer(code):
        end = closing(code, match.end() - 1)
        if end > 0:
            inside = line[match.end(): end]
            yield "condition", f"{line[: match.end()]}!({inside}){line[end:]}"
    match = re.match(r"\s+return (?!true;|false;|!)(.*[^\s\d].*);", code)
    if match:
        yield "condition", replaced(line, match, f"!({line[match.start(1): match.end(1)]})", 1)


def starts_statement(code, before):
    text = code.strip()
    if not code.startswith("\t") or not text or \
            not before.rstrip().endswith((";", "{", "}", ")", "else")):
        return False
    if DECLARATION.match(text) or NO_STATEMENT.match(text):
        return False
    return re.match(r"[\w(*]", text) is not None


def statements(line, code, before):
    """A statement that is not executed; it may go on over the next lines."""
    if not starts_statement(code, before):
        return
    indent = len(code) - len(code.lstrip())
    kind = "fence" if "iwc_port_fence" in code else "statement"
    if code.strip() in ("break;", "continue;"):
        yield kind, line[:indent] + ";"
    elif not code.strip().startswith("(void)"):
        yield kind, line[:indent] + "while (0) " + line[indent:]


def is_whole(code, before):
    return starts_statement(code, before) and code.rstrip().endswith(";") and \
        code.count("(") == code.count(")") and code.strip() not in ("break;", "continue;")


def swap(lines, codes, i, before):
    """Two calls in the other order. Assignments to private memory may change places."""
    if i + 1 >= len(lines) or not is_whole(codes[i], before) or \
            not before.rstrip().endswith((";", "{", "}")):
        return
    tabs = [re.match(r"\t*", code).group() for code in codes[i: i + 2]]
    calls = all(re.search(r"\w\(", code) for code in codes[i: i + 2])
    if calls and tabs[0] == tabs[1] and is_whole(codes[i + 1], codes[i]):
        yield "swap", lines[i + 1], lines[i]


def mutants_of(file, lines):
    codes = code_only(lines)
    before = ""
    for i, (line, code) in enumerate(zip(lines, codes)):
        found = []
        if code.startswith("\t") or code.startswith("    ") or code.startswith("#define"):
            found += [(k, t, None) for k, t in operators(line, code)]
            found += [(k, t, None) for k, t in constants(line, code)]
        if code.startswith("\t"):
            found += [(k, t, None) for k, t in conditions(line, code)]
            found += [(k, t, None) for k, t in statements(line, code, before)]
            found += list(swap(lines, codes, i, before))
        count = {}
        for kind, text, second in found:
            mutant = Mutant(file, i + 1, kind, text, second)
            count[kind] = mutant.number = count.get(kind, 0) + 1
            yield mutant
        if code.strip():
            before = code


def generate(core):
    for file in sources(core):
        yield from mutants_of(file, read_lines(os.path.join(core, file)))
