"""Reading replies: time of one reply, time and memory of all languages.

    .venv/bin/python -m benchmarks.understanding

Goals: p99 of a reply under 2 ms, all lexicons read under 300 ms and every word of them prepared within 40 MB.
"""

import json
import statistics
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

from hvbot.understanding.understand import understand
from tests.understanding.score import EXAMPLES, load_lexicons, read_cases

ROUNDS = 5
LOAD = "from hvbot.i18n.catalogue import LOCALES\nfrom tests.understanding.score import load_lexicons"


def seconds_to_load() -> float:
    """The median of fresh processes, without the interpreter and the imports."""
    code = f"{LOAD}\nimport time\nbegan = time.perf_counter()\nit = load_lexicons()\nit.opt_out_openers\nprint(time.perf_counter() - began)"
    found = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(ROUNDS)
    ]
    return statistics.median(float(done.stdout) for done in found)


def bytes_of_all() -> int:
    """What every prepared word of every language takes."""
    tracemalloc.start()
    lexicons = load_lexicons()
    assert lexicons.opt_out_openers
    assert all(lexicon.guessed and lexicon.word_hashes for lexicon in lexicons.values())
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return taken


def seconds_a_reply() -> list[float]:
    """Every held-out reply in its own language, several times."""
    lexicons = load_lexicons()
    assert lexicons.opt_out_openers
    cases = [case for path in sorted(EXAMPLES.glob("heldout_*.toml")) for case in read_cases(path)]
    taken = []
    for turn in range(ROUNDS + 1):
        for case in cases:
            began = time.thread_time()
            understand(case.text, case.asked, lexicons)
            if turn:
                taken.append(time.thread_time() - began)
    return sorted(taken)


def main() -> None:
    """Print the figures."""
    replies = seconds_a_reply()
    size = sum(path.stat().st_size for path in Path("locales").glob("*/keywords.toml"))
    figures = {
        "languages": len(load_lexicons()),
        "keywords_kb": round(size / 1000),
        "load_ms": round(seconds_to_load() * 1000, 1),
        "memory_mb": round(bytes_of_all() / 1e6, 1),
        "replies": len(replies) // ROUNDS,
        "median_ms": round(statistics.median(replies) * 1000, 3),
        "p99_ms": round(replies[int(len(replies) * 0.99)] * 1000, 3),
    }
    sys.stdout.write(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
