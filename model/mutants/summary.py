# SPDX-License-Identifier: BSD-2-Clause
"""The kill matrix, as text and as a page of docs/."""

import collections

import records

ENGINES = ["unit", "fuzz", "access", "sim", "proofs", "spin"]
MARK = {"killed": "x", "hang": "h", "survived": "-", "undecided": "?", "absent": " "}


def print_matrix(result, engines):
    """How many each engine has killed of those it has tried."""
    print("  engine    tried killed  hang undecided absent  seconds")
    for engine in engines:
        found = [r["engines"][engine] for r in result if engine in r["engines"]]
        count = collections.Counter(v["verdict"] for v in found)
        print(f"  {engine:8} {len(found):6} {count['killed']:6} {count['hang']:5} "
              f"{count['undecided']:9} {count['absent']:6} {sum(v['seconds'] for v in found):8.0f}")


def hand_table(found):
    yield "| mutant | breaks | " + " | ".join(ENGINES) + " | what |"
    yield "|---|---|" + "---|" * len(ENGINES) + "---|"
    for r in found:
        cells = [MARK[r["engines"][e]["verdict"]] if e in r["engines"] else " " for e in ENGINES]
        yield f"| `{r['name']}` | {r['property']} | " + " | ".join(cells) + f" | {r['what']} |"


def counts_table(found, argued, key):
    """Rows of killed and survived by file or by kind."""
    groups = collections.defaultdict(list)
    for r in found:
        groups[r[key]].append(r)
    yield f"| {key} | mutants | broken | equivalent | untried | killed | survived | score |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, group in [*sorted(groups.items()), ("all", found)]:
        s = records.Score(group, argued)
        yield (f"| {name} | {len(group)} | {s.states['broken']} | "
               f"{s.states['equivalent'] + s.states['argued']} | {s.states['undecided']} | "
               f"{s.states['killed']} | "
               f"{s.states['survived']} | {s.percent:.1f} % |")


HEAD = """<!-- SPDX-License-Identifier: BSD-2-Clause -->
# Mutants of core/

Written by `make mutants` from its results; not by hand. A *mutant* is `core/` with one change. If
nothing fails on it, what it breaks is checked by nothing. `model/mutants/run` builds each mutant
and lets the engines try: the unit tests of `core/` (*unit*), the fuzzers (*fuzz*), the unit tests
that stop, crash or lie at each access (*access*), the simulator on a handful of scenarios (*sim*),
the proofs, and the real code under SPIN, each within its quick bounds.

`x`: killed. `h`: it hangs, which that engine calls a failure. `-`: survived. `?`: undecided, time
or memory ended the search. Blank: not tried, or the engine is not there.
"""

GENERATED = """
## Generated

`model/mutants/generate` lists them. The engines try in the order of the table above, and the first
kill ends it. *Broken*: does not compile. *Equivalent*: gives the same object code, or is listed in
`model/mutants/equivalent` with the reason. *Untried*: by no engine as it is now; a change of a test
takes back that a mutant survived it. The score is killed of killed and survived.
"""


def write(path, tree, hand, generated, argued):
    hand_store = records.Records(tree.path("model/mutants/hand"))
    made_store = records.Records(tree.path("model/mutants/generated"))
    hands = [{**hand_store.load(t.name, t.digest), **t.info} for t in hand]
    made = [{**made_store.load(t.name, t.digest), **t.info} for t in generated]
    score = records.Score(made, argued)
    survivors = [f"- `{r['name']}`: `{r['text']}`" for r in made if r["name"] in score.survivors]
    equivalents = [f"- `{name}`: `{text}`: {reason}" for name, (text, reason) in argued.items()]
    lines = [HEAD, "## By hand", "", *hand_table(hands), GENERATED,
             *counts_table(made, argued, "file"), "", *counts_table(made, argued, "kind"), "",
             "## Survivors", "", *(survivors or ["None."]), "",
             "## Argued equivalent", "", *(equivalents or ["None."])]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
