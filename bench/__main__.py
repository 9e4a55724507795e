"""Runs every benchmark, and writes what they say with the plots into docs/performance.md: `python -m bench`.

For a machine that has nothing else to do, for about an hour. Exits 1 when a goal is missed.
"""

import platform
import subprocess
import sys
from datetime import date
from pathlib import Path

from bench.machine import describe_machine

DOCS = Path(__file__).parent.parent / "docs"
PARTS = {
    "bench.commands": "Slash commands",
    "bench.search": "Searching",
    "bench.home": "Home",
    "bench.scale": "The engine",
    "bench.blocking": "The event loop",
    "bench.startup": "From start to ready",
    "bench.workspaces": "Many workspaces",
    "bench.endurance": "A million requests",
}
DRAWN = ("bench.commands", "bench.endurance")
"""They are told where their plots go."""
HEAD = """# Performance, measured

Written by `python -m bench` on {day}: {machine}. Each figure stands beside a yardstick of the same run, and is
to be read as a ratio: other machines have other speeds. A part alone: `python -m bench.commands` and so on. What the
figures mean, and what is missed and why: [the engine](engine.md), [searching](finding.md), [Home](home.md).

![/customer by connections](pictures/customer.svg)

![/followups by connections](pictures/followups.svg)

![Memory over requests](pictures/memory.svg)
"""


def main() -> int:
    sections, good, began_on = [], True, describe_machine()
    for part, title in PARTS.items():
        pictures = [str(DOCS / "pictures")] if part in DRAWN else []
        done = subprocess.run([sys.executable, "-m", part, *pictures], stdout=subprocess.PIPE, text=True, check=False)
        print(f"{title}\n\n{done.stdout}", flush=True)
        good = good and done.returncode == 0
        verdict = "All goals are met." if done.returncode == 0 else "Not all goals are met."
        sections.append(f"## {title}\n\n`python -m {part}`: {verdict}\n\n```text\n{done.stdout.strip()}\n```\n")
    machine = f"{began_on} at the start, {platform.machine()}, Python {platform.python_version()}"
    head = HEAD.format(day=date.today(), machine=machine)  # noqa: DTZ011 - the day of the machine that measured
    (DOCS / "performance.md").write_text("\n".join([head, *sections]), encoding="utf-8")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
