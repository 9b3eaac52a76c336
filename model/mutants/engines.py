# SPDX-License-Identifier: BSD-2-Clause
"""What may kill a mutant: each engine builds it in its own way and says killed, survived or absent.

A hang is a kill where the engine itself calls a hang a failure: a unit test, which must end, and a
fuzzer, which reports it. It is marked as such.
"""

import glob
import os
import re
import signal
import subprocess
import time

CFLAGS = ["-std=c11", "-ffreestanding", "-w"]
HOSTED = ["-std=gnu11", "-D_GNU_SOURCE", "-pthread", "-w"]
SANITIZE = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]
TEST_SECONDS = 20
WALL_SECONDS = 900
FUZZ_RUNS = 3000
FUZZ_SECONDS = 120
SIM_SECONDS = 120
SCRIPT_SECONDS = 900
SWEEPS = [("restart-both", 150), ("restart-rtos", 100), ("T37-wraps", 10), ("T12-lost-wakeup", 10),
          ("T35-bit-flips", 20), ("T36-lost-repeated-late", 20), ("hostile", 20),
          ("T28-bulk-before-control", 10), ("T16-flapping-epoch", 10), ("T14-stops-consuming", 10),
          ("T08-doorbell-storm", 5), ("R3-start-early", 30), ("R4-silent-ack", 20),
          ("T45-reboot-under-a-copy", 60), ("R0-boot-fence", 60)]


class BuildError(Exception):
    """The mutant, or what it is linked with, cannot be built."""


def call(command, timeout, **more):
    """Exit status, output and seconds; status None: it did not end in time."""
    start = time.monotonic()
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", stdin=subprocess.DEVNULL, timeout=timeout,
                              check=False, **more)
        return done.returncode, done.stdout, time.monotonic() - start
    except subprocess.TimeoutExpired as late:
        output = late.output or ""
        if isinstance(output, bytes):
            output = output.decode(errors="replace")
        return None, output, time.monotonic() - start


def build(command):
    status, output, _ = call(command, 120)
    if status != 0:
        raise BuildError(output.strip().split("\n")[0])


class Tree:
    """The project and the build folder of the unchanged core."""

    def __init__(self, top, out):
        self.top, self.out = top, out
        self.cc, self.clang = os.environ.get("CC", "gcc"), os.environ.get("CLANG", "clang")
        names = [os.path.basename(p) for p in glob.glob(os.path.join(top, "core", "*.c"))]
        self.sources = sorted(n for n in names if not n.endswith(("_test.c", "_fuzz.c")))
        self.tests = sorted(n[:-2] for n in names if n.endswith("_test.c"))
        # Tests that compile core/ into themselves need the mutant's sources.
        self.own_core = [t for t in self.tests if re.search(
            r'^#include "(?!port/)[^"]*\.c"', self.text(f"core/{t}.c"), re.M)]

    def text(self, path):
        with open(os.path.join(self.top, path), encoding="utf-8") as file:
            return file.read()

    def path(self, *parts):
        return os.path.join(self.out, *parts)


class Patched:
    """A changed copy of core/ in a folder of its own."""

    def __init__(self, tree, folder, changed):
        self.tree, self.folder, self.core = tree, folder, os.path.join(folder, "core")
        # A header is part of every source; the one of the fast path of two.
        self.units = [n for n in changed if n.endswith(".c")]
        headers = [n for n in changed if n.endswith(".h")]
        if headers == ["ring_one.h"]:
            self.units = sorted(set(self.units) | {"ring.c", "endpoint.c"})
        elif headers:
            self.units = list(tree.sources)

    def objects(self, where, compiler, flags, baseline):
        """Objects of all of core/: new ones of what changed, old ones of the rest."""
        result = []
        for name in self.tree.sources:
            if name not in self.units:
                result.append(os.path.join(baseline, name[:-2] + ".o"))
                continue
            out = os.path.join(self.folder, where, name[:-2] + ".o")
            os.makedirs(os.path.dirname(out), exist_ok=True)
            build([compiler, *flags, "-I" + self.core, "-c", os.path.join(self.core, name),
                   "-o", out])
            result.append(out)
        return result


def verdict(killed, by, seconds, hang=False):
    return {"verdict": "hang" if hang else "killed" if killed else "survived", "by": by,
            "seconds": round(seconds, 2)}


def absent(why):
    return {"verdict": "absent", "by": why, "seconds": 0.0}


# --- compiler ------------------------------------------------------------------------------------

NULL_FLAGS = ["-O2", *CFLAGS, "-Icore/port/null"]


def compile_baseline(tree):
    """The unchanged core in the forms that mutants are compared and linked with."""
    whole = Patched(tree, tree.path("model/mutants/base"), list(tree.sources))
    whole.core = "core"
    for where, compiler, flags in (("null", tree.cc, NULL_FLAGS), ("native", tree.cc, NATIVE_FLAGS),
                                   ("fuzz", tree.clang, FUZZ_FLAGS)):
        whole.objects(where, compiler, flags, None)


def run_compile(patched):
    """Killed: it does not compile. Equivalent: the same objects, for a port of plain calls."""
    base = patched.tree.path("model/mutants/base/null")
    start = time.monotonic()
    try:
        objects = patched.objects("null", patched.tree.cc, NULL_FLAGS, base)
    except BuildError as error:
        return {"verdict": "broken", "by": str(error),
                "seconds": round(time.monotonic() - start, 2)}
    same = all(same_bytes(o, os.path.join(base, os.path.basename(o))) for o in objects)
    return {"verdict": "equivalent" if same else "survived", "by": "object code" if same else "",
            "seconds": round(time.monotonic() - start, 2)}


def same_bytes(a, b):
    with open(a, "rb") as one, open(b, "rb") as two:
        return one.read() == two.read()


# --- unit tests ----------------------------------------------------------------------------------

NATIVE_FLAGS = ["-O1", *CFLAGS, "-Icore/port/native"]


def library(patched, objects):
    """An archive, as in the build: a test that brings its own checksum does not pull another."""
    path = os.path.join(patched.folder, "core.a")
    build(["ar", "qcs", path, *objects])
    return path


def test_program(patched, test, archive):
    """One test program with the mutant in it, or in what it includes."""
    tree, out = patched.tree, os.path.join(patched.folder, test)
    main = tree.path("obj/core", test + ".o")
    if test in tree.own_core:
        source = os.path.join(patched.core, test + ".c")
        if not os.path.lexists(source):
            with open(source, "w", encoding="utf-8") as file:
                file.write(tree.text(f"core/{test}.c"))
        if not os.path.lexists(os.path.join(patched.core, "port")):
            os.symlink(os.path.abspath("core/port"), os.path.join(patched.core, "port"))
        main = out + ".o"
        build([tree.cc, "-O1", *HOSTED, "-I" + patched.core,
               "-I" + os.path.join(patched.core, "port/native"),
               "-c", source, "-o", main])
    build([tree.cc, main, archive, "-lcmocka", "-pthread", "-o", out])
    return out


# What a test program can see. The others see the whole endpoint, and the bucket if they ask for it.
SEES = {"bucket_test": ["bucket.c"], "crc32c_test": ["crc32c.c"], "crc32c_native_test": [],
        "e2e_test": ["e2e.c", "crc32c.c"], "ring_test": ["ring.c", "e2e.c", "crc32c.c"],
        "ring_credit_test": ["ring.c", "e2e.c", "crc32c.c"]}


def sees(tree, test):
    if test in SEES:
        return SEES[test]
    bucket = '"iwc_bucket.h"' in tree.text(f"core/{test}.c")
    return [n for n in tree.sources if bucket or n != "bucket.c"]


def tests_for(patched, own_core):
    """Tests that see what has changed, its namesake first."""
    tree = patched.tree
    seeing = [t for t in tree.tests if set(sees(tree, t)) & set(patched.units) and
              (t in tree.own_core) == own_core]
    near = tuple(unit[:-2] for unit in patched.units)
    return sorted(seeing, key=lambda t: (not t.startswith(near), t))


def failed_case(output):
    match = re.search(r"not ok \d+ - (\w+)", output)
    return match.group(1) if match else "crash"


def run_tests(patched, own_core):
    tree, start = patched.tree, time.monotonic()
    tests = tests_for(patched, own_core)
    if not tests:
        return absent("no such test sees this source")
    archive = library(patched, patched.objects("native", tree.cc, NATIVE_FLAGS,
                                               tree.path("model/mutants/base/native")))
    for test in tests:
        program = test_program(patched, test, archive)
        # Time of the processor, so that a busy machine makes no hang. One that sleeps is not known.
        status, output, _ = call(["prlimit", f"--cpu={TEST_SECONDS}", program], WALL_SECONDS,
                                 env={**os.environ, "CMOCKA_MESSAGE_OUTPUT": "TAP"})
        os.unlink(program)
        if status is None:
            raise BuildError(f"{test} did not end in {WALL_SECONDS} s, and not by its own work")
        if status == -signal.SIGXCPU or status == -signal.SIGKILL:
            return verdict(True, test, time.monotonic() - start, hang=True)
        if status != 0 or "not ok" in output or not re.search(r"ok 1\b", output):
            return verdict(True, f"{test}: {failed_case(output)}", time.monotonic() - start)
    return verdict(False, "", time.monotonic() - start)


def run_unit(patched):
    """Test programs that are linked with core/ for the native port."""
    return run_tests(patched, False)


def run_access(patched):
    """Test programs that compile core/ for a port that stops, crashes or lies at each access."""
    return run_tests(patched, True)


# --- fuzzers -------------------------------------------------------------------------------------

FUZZ_FLAGS = ["-O1", *CFLAGS, *SANITIZE, "-fsanitize=fuzzer-no-link", "-Icore/port/adversary"]
FUZZERS = ["receive_fuzz", "session_fuzz"]


def fuzz_reason(output):
    for pattern in (r"adversary: violated: (.*)", r"ERROR: (AddressSanitizer: [\w-]+)",
                    r"runtime error: (.*)", r"ERROR: libFuzzer: (.*)"):
        match = re.search(pattern, output)
        if match:
            return match.group(1).split(" on address")[0].split(" after ")[0]
    return None


def run_fuzzer(patched, fuzzer, objects, runs):
    tree, out = patched.tree, os.path.join(patched.folder, fuzzer)
    port = [tree.path("fuzz/obj", p[:-2] + ".o")
            for p in sorted(glob.glob("core/port/adversary/*.c"))]
    main = tree.path("fuzz/obj/core", fuzzer + ".o")
    build([tree.clang, *SANITIZE, "-fsanitize=fuzzer", main, *objects, *port, "-o", out])
    corpus = [c for c in [os.path.join("core/corpus", fuzzer)] if os.path.isdir(c)]
    fresh = os.path.join(patched.folder, "corpus")
    os.makedirs(fresh, exist_ok=True)
    result = call([out, "-seed=1", f"-runs={runs}", "-timeout=10", "-rss_limit_mb=1024",
                   "-print_final_stats=1", f"-artifact_prefix={patched.folder}/", fresh, *corpus],
                  FUZZ_SECONDS)
    os.unlink(out)
    return result


def run_fuzz(patched, runs=FUZZ_RUNS):
    tree, start = patched.tree, time.monotonic()
    if patched.units == ["bucket.c"]:
        return absent("the fuzzers do not reach the bucket of the monitor")
    objects = patched.objects("fuzz", tree.clang, FUZZ_FLAGS, tree.path("model/mutants/base/fuzz"))
    executions = 0
    for fuzzer in FUZZERS:
        status, output, _ = run_fuzzer(patched, fuzzer, objects, runs)
        done = re.search(r"stat::number_of_executed_units:\s*(\d+)", output)
        executions = int(done.group(1)) if done else 0
        reason = fuzz_reason(output)
        if status is None or (reason or "").startswith("timeout"):
            return verdict(True, f"{fuzzer}: it hangs", time.monotonic() - start, hang=True)
        if status != 0 and reason is None:
            raise BuildError(f"{fuzzer} ended with status {status} and no reason")
        if status != 0:
            result = verdict(True, f"{fuzzer}: {reason}", time.monotonic() - start)
            return {**result, "executions": executions}
    return {**verdict(False, "", time.monotonic() - start), "executions": executions}


# --- simulator -----------------------------------------------------------------------------------

def run_sim(patched):
    """A handful of scenarios in virtual time, with the mutant in the place of the core."""
    tree, start = patched.tree, time.monotonic()
    core, sweep = os.path.join(patched.folder, "core.o"), os.path.join(patched.folder, "sweep")
    build([tree.cc, "-O1", "-std=gnu11", "-D_GNU_SOURCE", "-pthread", "-ffreestanding", "-w",
           "-I" + patched.core, "-Isim", "-Isim/port", "-I" + tree.path("gen"),
           "-DSIM_CORE_SYMBOL=sim_core_core", '-DSIM_CORE_NAME="core"', "-c", "sim/core_unit.c",
           "-o", core])
    build(["objcopy", "--keep-global-symbol=sim_core_core", core])
    build([tree.cc, tree.path("obj/model/mutants/sweep.o"), core, tree.path("libsim.a"),
           *glob.glob(tree.path("liblwip-*")), tree.path("libiwc-native.a"),
           "-lconfig", "-ljansson", "-lpcap", "-pthread", "-lm", "-o", sweep])
    words = [w for name, seeds in SWEEPS for w in (f"scenarios/{name}.cfg", str(seeds))]
    status, output, _ = call([sweep, *words], SIM_SECONDS)
    os.unlink(sweep)
    if status is None:
        return verdict(True, "no end", time.monotonic() - start, hang=True)
    if status == 2:
        raise BuildError(f"sweep: {output.strip()}")
    return verdict(status != 0, output.strip().split("\n")[-1] if status == 1 else
                   f"ended with {status}" if status else "", time.monotonic() - start)


# --- what another room runs -----------------------------------------------------------------------

def run_script(patched, command, seconds):
    """A runner that exits 0 survived, 1 killed, 125 undecided, and says a line of JSON a check."""
    if not os.access(command[0], os.X_OK):
        return absent(f"{command[0]} is not there")
    environment = {**os.environ, "O": os.path.abspath(patched.tree.out), "CC": patched.tree.cc}
    status, output, spent = call([command[0], "--core", patched.core, *command[1:]], seconds,
                                 env=environment)
    failed = re.search(r'"check"\s*:\s*"([^"]+)".*"verdict"\s*:\s*"FAIL"', output)
    if status == 1 and failed:
        return verdict(True, failed.group(1), spent)
    if status == 0:
        return verdict(False, "", spent)
    why = {None: "time", 125: "a bound, time or memory ended it"}.get(status, f"exit {status}")
    return {"verdict": "undecided", "by": why, "seconds": round(spent, 2)}


def run_proofs(patched):
    return run_script(patched, ["model/proofs/run.sh", "--timeout", "60", "--jobs", "1", "quick"],
                      SCRIPT_SECONDS)


def run_spin(patched):
    return run_script(patched, ["model/code/run.sh", "quick"], SCRIPT_SECONDS)


ENGINES = {"unit": run_unit, "fuzz": run_fuzz, "access": run_access, "sim": run_sim,
           "proofs": run_proofs, "spin": run_spin}
