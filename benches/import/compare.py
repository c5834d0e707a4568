"""Import of one .bib file, side by side; see benches/README.md.

    compare.py SPECTER-TUI PEERS BIB ROUNDS

Of specter-tui the whole process is timed: reading, decoding, and SQLite with its commit. Of the
others, which store nothing, only the call that reads the file, without the start of Python.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

# Who needs longer, in seconds, is asked only once.
PATIENCE = 60

# Read the file at sys.argv[1]; print seconds and entries.
PEERS = {
    "pybtex 0.26": (
        "pybtex==0.26.1",
        """
from pybtex.database import parse_file
from pybtex.errors import set_strict_mode
set_strict_mode(False)
read = lambda path: len(parse_file(path, bib_format="bibtex").entries)
""",
    ),
    "bibtexparser 2.1": (
        "bibtexparser==2.1.0",
        """
import bibtexparser
read = lambda path: len(bibtexparser.parse_file(path, encoding="utf-8").entries)
""",
    ),
    "bibtexparser 2.1, decoding": (
        "bibtexparser==2.1.0",
        """
import bibtexparser
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts
parts = [LatexDecodingMiddleware(), SeparateCoAuthors(), SplitNameParts()]
read = lambda path: len(
    bibtexparser.parse_file(path, encoding="utf-8", append_middleware=parts).entries
)
""",
    ),
    "bibtexparser 1.4": (
        "bibtexparser==1.4.4",
        """
import bibtexparser
from bibtexparser.bparser import BibTexParser
def read(path):
    with open(path, encoding="utf-8") as file:
        parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False)
        return len(bibtexparser.load(file, parser).entries)
""",
    ),
}

TIMED = """
import logging, sys, time
logging.disable(logging.CRITICAL)
{}
start = time.perf_counter()
entries = read(sys.argv[1])
print("RESULT", time.perf_counter() - start, entries)
"""


def run_peer(folder, code, bib):
    environment = dict(os.environ, PYTHONPATH=folder)
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(code), bib],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    result = re.search(r"^RESULT (\S+) (\d+)$", done.stdout, re.M)
    return float(result[1]), int(result[2])


def run_own(program, library, bib):
    start = time.perf_counter()
    done = subprocess.run(
        [program, "--library", library, "import", bib], capture_output=True, text=True, check=True
    )
    seconds = time.perf_counter() - start
    return seconds, int(re.search(r"(\d+) entries", done.stdout)[1])


def change_one(bib):
    """Changes the title of an entry in the middle of the file, as an editor would."""
    with open(bib, encoding="utf-8") as file:
        text = file.read()
    at = re.compile(r"^\s*title\s*=\s*[{\"]+", re.M).search(text, len(text) // 2).end()
    with open(bib, "w", encoding="utf-8") as file:
        file.write(text[:at] + "Changed " + text[at:])


def own_round(program, bib, folder, note):
    copy = os.path.join(folder, "library.bib")
    library = os.path.join(folder, "library")
    shutil.copyfile(bib, copy)
    note("specter-tui, fresh", *run_own(program, library, copy))
    note("specter-tui, unchanged", *run_own(program, library, copy))
    os.utime(copy)
    note("specter-tui, touched", *run_own(program, library, copy))
    change_one(copy)
    note("specter-tui, one entry changed", *run_own(program, library, copy))


def main():
    program, peers, bib, rounds = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
    program, peers = os.path.abspath(program), os.path.abspath(peers)
    size = os.path.getsize(bib) / 1e6
    times, counts = {}, {}

    def note(name, seconds, entries):
        times.setdefault(name, []).append(seconds)
        counts[name] = entries

    for number in range(1, rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            own_round(program, bib, folder, note)
        for name, (package, code) in PEERS.items():
            if max(times.get(name, [0])) > PATIENCE:
                continue
            note(name, *run_peer(os.path.join(peers, package), code, bib))
        print(f"round {number} of {rounds} done", file=sys.stderr)

    fresh = statistics.median(times["specter-tui, fresh"])
    print(f"{os.path.basename(bib)}: {size:.1f} MB; median of the rounds")
    titles = f"| {'':30} | {'rounds':>6} | {'seconds':>8} | {'entries':>7} | {'papers/s':>9}"
    print(f"{titles} | {'MB/s':>6} | {'fresh import is':>16} |")
    print("|" + "-" * 32 + "|" + "|".join("-" * (n + 1) + ":" for n in (6, 8, 7, 9, 6, 16)) + "|")
    for name, all_seconds in times.items():
        seconds = statistics.median(all_seconds)
        ratio = f"{seconds / fresh:.1f} × as fast" if name in PEERS else ""
        print(
            f"| {name:30} | {len(all_seconds):6} | {seconds:8.3f} | {counts[name]:7} | {counts[name] / seconds:9.0f}"
            f" | {size / seconds:6.1f} | {ratio:>16} |"
        )


main()
