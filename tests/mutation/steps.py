"""Takes a mechanism's source apart into its steps, as lib/attn/grading/marks.cpp does."""
import re
from dataclasses import dataclass, field

BEGIN = re.compile(r"^  ([fb])\.(\w+)\s*[-+*/]?=.*")
MARK = "// step: "


@dataclass
class Part:
    """Lines that compute something: a statement of forward or backward, or a function."""

    steps: list  # the ids of the steps that it belongs to
    first: int
    last: int  # both counted from 0
    code: str  # of a function its body
    signature: str = ""  # of a function
    result: str = ""  # of a statement "f.scores"
    is_step: bool = True  # no: a function that helps


@dataclass
class Source:
    mechanism: str
    lines: list
    parts: list = field(default_factory=list)


def without_comment(line):
    return line.split("//")[0].rstrip(" ")


def goes_on(line):
    if not line.strip():
        return False
    return not (
        line.strip().startswith("//")
        or line.startswith("  expect_")
        or line.startswith("  return")
        or line.startswith("}")
    )


def take_apart(mechanism, text):
    source = Source(mechanism, text.splitlines())
    lines = source.lines
    n = 0
    while n < len(lines):
        found = BEGIN.match(lines[n])
        if found:
            last = n
            while last + 1 < len(lines) and not without_comment(lines[last]).endswith(";"):
                last += 1
            while last + 1 < len(lines) and goes_on(lines[last + 1]) and not BEGIN.match(lines[last + 1]):
                last += 1
            code = "\n".join(lines[n : last + 1]) + "\n"
            result = f"{found[1]}.{found[2]}"
            source.parts.append(Part([f"{mechanism}.{found[2]}"], n, last, code, result=result))
            n = last
        n += 1
    known = {part.steps[0] for part in source.parts}
    for n, line in enumerate(lines):
        if not line.startswith(MARK):
            continue
        names = [name.strip() for name in line[len(MARK) :].split(",")]
        begin = n
        while lines[begin].startswith("//"):
            begin += 1
        end, opened = begin, False
        while lines[end] != "}" and not (not opened and without_comment(lines[end]).endswith("}")):
            opened |= "{" in lines[end]
            end += 1
        text = "\n".join(lines[begin : end + 1])
        opening, closing = text.index("{"), text.rindex("}")
        ids = [f"{mechanism}.{name}" for name in names]
        is_step = ids[0] not in known
        source.parts.append(
            Part(ids, begin, end, text[opening + 1 : closing], text[:opening].strip(), is_step=is_step)
        )
    source.parts.sort(key=lambda part: part.first)
    return source
