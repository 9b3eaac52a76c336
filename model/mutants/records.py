# SPDX-License-Identifier: BSD-2-Clause
"""What is known of each mutant, kept in the build folder so that a run can go on where it stopped.

A verdict holds for as long as the mutant's text and the files that gave it are the same: for a kill
by a unit test that is the test's own file, for a survival all files of the engine.
"""

import collections
import functools
import glob
import hashlib
import json
import os

KILLED = ("killed", "hang")
FILES = {
    "unit": ["core/*_test.c", "core/port/count/*", "core/port/native/*"],
    "fuzz": ["core/*_fuzz.c", "core/port/adversary/*", "core/corpus/*_fuzz/*"],
    "access": ["core/*_test.c", "core/port/count/*", "core/port/native/*"],
    "sim": ["sim/*.c", "sim/port/*", "scenarios/*"],
    "proofs": ["model/proofs/**/*"],
    "spin": ["model/code/*", "model/clients/*"],
}


@functools.lru_cache(maxsize=None)
def digest_of(patterns):
    sha = hashlib.sha256()
    for path in sorted(p for pattern in patterns for p in glob.glob(pattern, recursive=True)):
        if os.path.isfile(path):
            sha.update(path.encode())
            with open(path, "rb") as file:
                sha.update(file.read())
    return sha.hexdigest()[:16]


def basis(engine, found):
    """Digest of the files that a verdict rests on."""
    patterns = FILES[engine]
    if engine in ("unit", "access") and found["verdict"] in KILLED:
        patterns = ["core/" + found["by"].split(":")[0] + ".c", *patterns[1:]]
    return digest_of(tuple(patterns))


class Records:
    """One small file a mutant, so that shards and interrupted runs do not lose each other's."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def path(self, name):
        return os.path.join(self.folder, name.replace("/", "_") + ".json")

    def load(self, name, digest):
        """The record of this very text, without verdicts that no longer hold."""
        fresh = {"name": name, "digest": digest, "compile": None, "engines": {}}
        try:
            with open(self.path(name), encoding="utf-8") as file:
                record = json.load(file)
        except (OSError, ValueError):
            return fresh
        if record.get("digest") != digest:
            return fresh
        record["engines"] = {e: v for e, v in record["engines"].items()
                             if v.get("basis") == basis(e, v)}
        return record

    def save(self, record):
        part = self.path(record["name"]) + ".part"
        with open(part, "w", encoding="utf-8") as file:
            json.dump(record, file)
        os.replace(part, self.path(record["name"]))


def killers(record):
    return [e for e, v in record["engines"].items() if v["verdict"] in KILLED]


def state(record):
    """killed, survived, equivalent, broken, or undecided: no engine has said anything."""
    if record["compile"] is None:
        return "undecided"
    if record["compile"]["verdict"] in ("equivalent", "broken"):
        return record["compile"]["verdict"]
    if killers(record):
        return "killed"
    if any(v["verdict"] == "survived" for v in record["engines"].values()):
        return "survived"
    return "undecided"


def read_equivalent(path):
    """Lines NAME | TEXT OF THE CHANGED LINE | REASON of survivors argued equivalent."""
    listed = {}
    if not os.path.exists(path):
        return listed
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line or line.startswith("#"):
                continue
            name, _, rest = line.partition(" | ")
            text, _, reason = rest.rpartition(" | ")  # a line may have a | of its own
            if not text or not reason or name in listed:
                raise ValueError(f"{path}:{number}: not NAME | LINE | REASON, or named twice")
            listed[name] = (text, reason)
    return listed


class Score:
    """Counts of a set of records; `argued` are the names listed as equivalent."""

    def __init__(self, records, argued):
        self.states = collections.Counter()
        self.survivors, self.refuted = [], []
        for record in records:
            what = state(record)
            if record["name"] in argued:
                if what == "killed":
                    self.refuted.append(record["name"])
                elif what == "survived":
                    what = "argued"
            if what == "survived":
                self.survivors.append(record["name"])
            self.states[what] += 1

    @property
    def judged(self):
        return self.states["killed"] + self.states["survived"]

    @property
    def percent(self):
        return 100.0 * self.states["killed"] / self.judged if self.judged else 0.0
