#!/usr/bin/env python3
"""Changes every line of every step that students are asked for, and looks whether the cases notice.

  tests/mutation/mutants.py [CHAPTER...] [--seed 7] [--jobs 1] [--work DIR] [--slips FILE] [--table FILE]

Compiles, for each mechanism, its reference with all mutants, each of which can be chosen by name as
the known mistakes of the answer key can; then replays each on the cases that `attn cases CHAPTER
--seed 7` writes, the results of other steps being right, until one shows a difference. What shows
none is a survivor: the cases are not good enough, or the mutant is equivalent to the reference and
stands in equivalent.txt with the reason. Exits with 3 if there are survivors that do not.

Needs a built checkout, and the answer key, which `attn cases` makes.
"""
import argparse
import concurrent.futures
import fnmatch
import json
import math
import pathlib
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile

import operators
import steps

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build/release"
MECHANISMS = ROOT / "lib/attn/mechanisms"
HERE = pathlib.Path(__file__).resolve().parent
CHAPTERS = [
    "nadaraya-watson", "scoring", "seq2seq", "bahdanau", "global-local", "soft-hard", "scaled-dot-product",
    "self-attention", "positional-encoding", "multi-head", "transformer-encoder", "transformer-decoder",
]  # fmt: skip


def asked(chapter):
    """The ids of the chapter's steps."""
    table = (ROOT / f"chapters/exercises/{chapter}.yaml").read_text()
    return re.findall(r"^  - step: (\S+)", table, re.M)


def key_folder():
    keys = [path for path in (BUILD / "grading").glob("*/key") if (path.parent / "ready").exists()]
    if not keys:
        sys.exit("mutants: there is no answer key yet; run `attn cases CHAPTER --seed 7 --out DIR` first")
    return max(keys, key=lambda path: path.stat().st_mtime)


def known_mistakes(mechanism):
    """From the source of the answer key: by id the code of each."""
    text = (key_folder() / f"lib/attn/mechanisms/{mechanism}.cpp").read_text()
    found = {}
    for match in re.finditer(r'if \(exercise::mistaken\("([\w.]+/\d+)"\)\) (\{|result = \[&\]\(\) -> \S+ \{)\n', text):
        depth, at = 1, match.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        found[match[1]] = text[match.end() : at - 1]
    return found


def members_of(texts):
    """By object (f, b, forward, params …) the names after its dot, in their order."""
    members = {}
    for owner, name in re.findall(r"\b(\w+)\.(\w+)\b(?!\()", texts):
        members.setdefault(owner, [])
        if name not in members[owner]:
            members[owner].append(name)
    fields = [name for name in members.get("f", [])]
    for name in fields:
        members.setdefault("forward", [])
        if name not in members["forward"]:
            members["forward"].append(name)
    return members


def parameters_of(source, part):
    """The names of the enclosing function's parameters, and the types that are tensors."""
    if part.signature:
        head = part.signature
    else:
        begin = part.first
        while begin > 0 and not re.match(r"^[A-Za-z].*\(", source.lines[begin]):
            begin -= 1
        head = " ".join(source.lines[begin : part.first])
        head = head[: head.index("{")]
    inner = head[head.index("(") + 1 : head.rindex(")")]
    inner = re.sub(r"/\*.*?\*/", "", inner)
    inner = re.sub(r"<[^<>]*>", "", inner)
    return [re.findall(r"\w+", one)[-1] for one in inner.split(",") if len(re.findall(r"\w+", one)) > 1]


class Mutant:
    def __init__(self, part, number, what, code):
        self.part, self.what, self.code = part, what, code
        self.id = f"{part.steps[0]}/m{part.first}.{number}"
        self.numbers = None
        self.killed_by = None

    def line(self):
        return " ".join(self.code.split())

    def changed(self):
        """What is not as in the reference, with a few characters around it."""
        was = " ".join(" ".join(line.split("//")[0] for line in self.part.code.splitlines()).split())
        now = self.line()
        first = next((n for n, (a, b) in enumerate(zip(was, now)) if a != b), 0)
        if len(now) < 160:
            return now
        return f"... {now[max(0, first - 60):first + 60]} ..."


class Mechanism:
    def __init__(self, name, ids):
        self.name = name
        self.source = steps.take_apart(name, (MECHANISMS / f"{name}.cpp").read_text())
        self.parts = [part for part in self.source.parts if set(part.steps) & set(ids)]
        self.known = known_mistakes(name)
        header = (MECHANISMS / f"{name}.hpp").read_text()
        members = members_of("\n".join(line.split("//")[0] for line in self.source.lines))
        del header
        self.mutants = []
        for part in self.parts:
            parameters = parameters_of(self.source, part)
            code = part.code
            for number, (what, text) in enumerate(
                operators.mutants(code, part.result, members, parameters, set(parameters))
            ):
                self.mutants.append(Mutant(part, number, what, text))
        self.born = len(self.mutants)

    def text(self):
        """The reference with the mutants and the known mistakes."""
        by_part = {}
        for mutant in self.mutants:
            by_part.setdefault(mutant.part.first, []).append(mutant)
        out, included, n = [], False, 0
        lines = self.source.lines
        parts = {part.first: part for part in self.source.parts}
        while n < len(lines):
            line = lines[n]
            if not included and line.startswith("namespace"):
                out += ['#include "attn/core/activations.hpp"', '#include "attn/core/exercise.hpp"',
                        f'#include "{HERE}/slips.hpp"', "#include <numeric>"]  # fmt: skip
                included = True
            part = parts.get(n)
            if part is None:
                out.append(line)
                n += 1
                continue
            choices = [(mutant.id, mutant.code) for mutant in by_part.get(part.first, [])]
            if part.is_step:
                choices += [(id, code) for id, code in self.known.items() if id.split("/")[0] == part.steps[0]]
            out += self.chosen(part, choices)
            n = part.last + 1
        return "\n".join(out) + "\n"

    def chosen(self, part, choices):
        out = []
        kind = part.signature.split(" ")[0] if part.signature else ""
        step = part.steps[0]
        if part.signature and part.is_step:
            out.append(f"{part.signature} {{\n  {kind} result{{}};")
        elif part.signature:
            out.append(part.signature + " {")
        opening, closing = ("result = [&]() -> " + kind + " {", "}();") if part.signature and part.is_step else ("{", "}")
        for id, code in choices:
            out += [f'  if (exercise::mistaken("{id}")) {opening}', f'#line 1 "<{id}>"', code, f'#line 1 "after"\n  {closing}',
                    "  else"]  # fmt: skip
        out += ["  " + opening, '#line 1 "original"', part.code, '#line 1 "after"', "  " + closing]
        if part.signature and part.is_step:
            out.append(f'  exercise::done("{step}", result);\n  return result;\n}}')
        elif part.signature:
            out.append("}")
        else:
            out.append(f'  if (!exercise::done("{step}", {part.result})) return {part.result[0]};')
        return out


def of_build(kind):
    """From the list that the build leaves for whoever links with its objects."""
    lines = (BUILD / "harness.txt").read_text().splitlines()
    return [line.split(" ", 1)[1] for line in lines if line.startswith(kind + " ")]


def source_of(object):
    """Of ".../attn_lib.dir/./lib/attn/mechanisms/scale.cpp.o" the path in the checkout; "" of several files."""
    return object.rsplit(".dir/", 1)[-1].removeprefix("./").removesuffix(".o") if ".dir/" in object else ""


def compiler():
    """The compiler, and its flags for a mechanism."""
    program = of_build("compiler")[0]
    commands = json.loads((BUILD / "compile_commands.json").read_text())
    one = next(entry for entry in commands if entry["file"].endswith("/mechanisms/scaled_dot.cpp"))
    words = shlex.split(one["command"])
    flags = words[words.index(program) + 1 : words.index("-o")]
    return program, [flag for flag in flags if flag != "-Werror" and not flag.startswith("-O")]


def compiled(mechanism, folder):
    """Drops what does not compile, until the rest does."""
    program, flags = compiler()
    source, object = folder / f"{mechanism.name}.cpp", folder / f"{mechanism.name}.o"
    command = [program, *flags, "-O1", "-w", "-pipe", "-fmax-errors=0", "-fdiagnostics-color=never",
               "-fno-diagnostics-show-caret", "-o", str(object), "-c", str(source)]  # fmt: skip
    for _ in range(12):
        source.write_text(mechanism.text())
        ended = subprocess.run(command, cwd=BUILD, capture_output=True, text=True)
        if ended.returncode == 0:
            return object
        wrong = set(re.findall(r"^<([^>]+)>:\d+:\d+: error", ended.stderr, re.M))
        wrong |= set(re.findall(r"<([\w.]+/m[\d.]+)>:\d+:\d+:   required from", ended.stderr))
        if not wrong:
            sys.exit(f"mutants: {mechanism.name} does not compile\n{ended.stderr[:3000]}")
        mechanism.mutants = [mutant for mutant in mechanism.mutants if mutant.id not in wrong]
        mechanism.known = {id: code for id, code in mechanism.known.items() if id not in wrong}
    sys.exit(f"mutants: {mechanism.name} does not compile")


def linked(objects, folder):
    """As lib/attn/grading/harness.cpp links the answer key: the build's objects, but those of mechanisms that it has itself."""
    key = key_folder()
    own = {object.stem: object for object in objects}
    keys = {path.stem: path for path in key.glob("*.o")}
    others = [path for path in of_build("program") + of_build("object") if not path.endswith(".gch")]
    others = [path for path in others
              if not (source_of(path).startswith("lib/attn/mechanisms/") and pathlib.Path(source_of(path)).stem in keys)]  # fmt: skip
    out = folder / "attn"
    command = [of_build("compiler")[0], "-o", str(out), *others, *map(str, {**keys, **own}.values()), *of_build("library")]
    for linker in (["-fuse-ld=gold"], []):
        ended = subprocess.run(command[:1] + linker + command[1:], cwd=key, capture_output=True, text=True)
        if ended.returncode == 0:
            return out
    sys.exit(f"mutants: cannot link\n{ended.stderr[:3000]}")


def number(x):
    return float(x) if isinstance(x, str) else x


def flat(values):
    if not isinstance(values, list):
        return [number(values)]
    out = []
    for value in values:
        out += flat(value)
    return out


def events_of(text):
    trace = json.loads(text)
    return [(t["name"], tuple(t["shape"]), flat(t["values"])) for t in trace["steps"][-1]["tensors"]]


def agree(a, b):
    if a[1] != b[1] or len(a[2]) != len(b[2]):
        return False
    for x, y in zip(a[2], b[2]):
        if x == y or (x != x and y != y):
            continue
        if math.isinf(x) or math.isinf(y) or not abs(x - y) <= 1e-9 + 1e-9 * abs(y):
            return False
    return True


def limited(seconds):
    """For a process: what never ends is ended (SIGXCPU) after that much of the processor, and gets 4 GiB at most."""

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))

    return limit


class Case:
    """A case with the key's replay of it: all results of what is asked are judged, as examine() does."""

    def __init__(self, program, config, ids, folder):
        self.config = config
        self.answer = folder / (config.stem + ".json")
        ended = subprocess.run([program, "replay", config, "--events-only"], capture_output=True, text=True, timeout=60)
        if ended.returncode:
            sys.exit(f"mutants: the key does not run {config}: {ended.stderr}")
        # What is not asked goes on from what is wrong, as in AnswerKey::mistaken.
        trace = json.loads(ended.stdout)
        events = trace["steps"][-1]
        events["tensors"] = [one for one in events["tensors"] if one["name"].rsplit("#", 1)[0] in ids]
        trace["steps"] = [events]
        self.answer.write_text(json.dumps(trace))
        self.right = ended.stdout
        self.judged = {}
        for event in events_of(ended.stdout):
            self.judged.setdefault(event[0].rsplit("#", 1)[0], []).append(event)

    def run(self, program, mistake, ids):
        """The results of the steps that differ from the key's; None: all alike."""
        if not any(self.judged.get(id) for id in ids):
            return None
        command = [program, "replay", self.config, "--mistake", mistake, "--given", self.answer, "--events-only"]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=600, preexec_fn=limited(3))
        if ended.returncode == -signal.SIGKILL:  # no limit of ours: of the machine, which is no proof of anything
            raise ChildProcessError(f"{mistake} was killed from outside")
        if ended.stdout == self.right:  # most, and JSON takes time
            return None
        try:
            got = {event[0]: event for event in events_of(ended.stdout)}
        except (ValueError, IndexError, KeyError):
            return "stopped"
        numbers, differs = [], False
        for id in ids:
            for right in self.judged.get(id, []):
                if right[0] not in got:
                    return "stopped"
                own = got[right[0]]
                if not agree(own, right):
                    differs = True
                numbers.append((own[1], [round(x, 7) if abs(x) < 1e6 else f"{x:.6g}" for x in own[2]]))
        return repr(numbers) if differs else None


def read_equivalent():
    """From equivalent.txt: pairs of a step and what was changed, or "= " and the code without spaces."""
    listed = []
    for line in (HERE / "equivalent.txt").read_text().splitlines():
        if not line.startswith("    "):
            continue
        step, what = line.strip().split(": ", 1)
        listed.append((step, "= " + "".join(what[2:].split()) if what.startswith("= ") else what))
    return listed


def explained(mutant, listed):
    """The entries for it: by what was changed; by the whole code, "= …"; by a part that only the mutant has, "~ …"."""

    def fits(what):
        if what.startswith("= "):
            return "= " + "".join(mutant.code.split()) == what
        if what.startswith("~ "):
            part = "".join(what[2:].split())
            return part in "".join(mutant.code.split()) and part not in "".join(mutant.part.code.split())
        return fnmatch.fnmatch(mutant.what, what)

    return [(step, what) for step, what in listed if step in mutant.part.steps and fits(what)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("chapters", nargs="*")
    parser.add_argument("--seed", default="7")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--work", help="a folder to keep what is made in")
    parser.add_argument("--build", help="the folder of the build")
    parser.add_argument("--cases", help="a folder of cases instead of those that `attn cases` draws")
    parser.add_argument("--slips", help="append to this file what no known mistake names")
    parser.add_argument("--table", help="append a line for each chapter")
    arguments = parser.parse_args()
    global BUILD
    BUILD = pathlib.Path(arguments.build).resolve() if arguments.build else BUILD
    work = pathlib.Path(arguments.work or tempfile.mkdtemp(prefix="mutants"))
    work.mkdir(parents=True, exist_ok=True)
    equivalent = read_equivalent()
    bad = False
    for chapter in arguments.chapters or CHAPTERS:
        bad |= sweep(chapter, arguments, work, equivalent)
    if not arguments.work:
        shutil.rmtree(work)
    sys.exit(3 if bad else 0)


def sweep(chapter, arguments, work, equivalent):
    folder = work / chapter
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    configs = pathlib.Path(arguments.cases) if arguments.cases else folder / "cases"
    if not arguments.cases:
        subprocess.run([BUILD / "attn", "cases", chapter, "--seed", arguments.seed, "--out", configs], check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
    ids = asked(chapter)
    mechanisms = [Mechanism(name, ids) for name in dict.fromkeys(id.split(".")[0] for id in ids)]
    program = linked([compiled(mechanism, folder) for mechanism in mechanisms], folder)
    cases = [Case(program, path, ids, folder) for path in sorted(configs.glob(f"{chapter}-*.yaml"))]
    mutants = [mutant for mechanism in mechanisms for mutant in mechanism.mutants]
    known = {}  # numbers of the known mistakes: by step
    looked = min(2, len(cases)) if arguments.slips else 0

    def kill(mutant):
        own = [id for id in mutant.part.steps if id in ids]
        numbers = []
        for n, case in enumerate(cases):  # the first are drawn, and tell most
            if n >= looked and mutant.killed_by:
                break
            found = case.run(program, mutant.id, own)
            if found and not mutant.killed_by:
                mutant.killed_by = case.config.stem
            numbers.append(found)
        mutant.numbers = tuple(numbers[:looked])

    def mistaken(id):
        step = id.split("/")[0]
        return step, tuple(case.run(program, id, [step]) for case in cases[:looked])

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for step, numbers in pool.map(mistaken, [id for m in mechanisms for id in m.known] if looked else []):
            known.setdefault(step, set()).add(numbers)
        list(pool.map(kill, mutants))

    survivors = [mutant for mutant in mutants if not mutant.killed_by]
    unexplained = [mutant for mutant in survivors if not explained(mutant, equivalent)]
    needed = {entry for mutant in survivors for entry in explained(mutant, equivalent)}
    reached = {id for case in cases for id in case.judged}
    lines = sum(len([l for l in part.code.splitlines() if l.strip()]) for m in mechanisms for part in m.parts)
    row = (f"| {chapter} | {len(cases)} | {len(ids)} | {lines} | {len(mutants)} | {len(mutants) - len(survivors)} | "
           f"{len(survivors) - len(unexplained)} | {len(unexplained)} |")  # fmt: skip
    print(row, flush=True)
    for id in ids:
        if id not in reached:
            print(f"  no case reaches {id}")
    for mutant in unexplained:
        print(f"  survives  {mutant.id}: {mutant.what}\n    {mutant.part.steps[0]}: {mutant.changed()}")
    for step, what in equivalent:
        if step in ids and (step, what) not in needed:
            print(f"  no longer needed in equivalent.txt  {step}: {what}")
    if arguments.table:
        with open(arguments.table, "a") as out:
            out.write(row + "\n")
    if arguments.slips:
        write_slips(arguments.slips, chapter, ids, mutants, known)
    return bool(unexplained)


def write_slips(path, chapter, ids, mutants, known):
    """What is wrong in numbers that no known mistake gives, most frequent first."""
    with open(path, "a") as out:
        out.write(f"\n# {chapter}\n")
        for id in ids:
            groups, named = {}, 0
            for mutant in mutants:
                if id not in mutant.part.steps or not mutant.killed_by:
                    continue
                if mutant.numbers in known.get(id, set()):
                    named += 1
                    continue
                groups.setdefault(mutant.numbers, []).append(mutant)
            out.write(f"\n## {id}: {named} mutants have the numbers of a known mistake, {len(groups)} other results\n")
            for numbers, group in sorted(groups.items(), key=lambda item: -len(item[1])):
                note = " (stops)" if numbers and numbers[0] == "stopped" else ""
                out.write(f"{len(group)}x {'; '.join(sorted({m.what for m in group}))[:200]}{note}\n    {group[0].changed()}\n")


if __name__ == "__main__":
    main()
