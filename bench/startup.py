"""How long a bot takes from its start until it is ready: `python -m bench.startup`.

Cold, with nothing in its data folder, so that it trains the matcher, and warm, with the trained one; until `/readyz`
says yes, on one core, with a store of its own as `make run` has it. Prints both and exits 1 when a goal is missed.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final
from urllib.error import URLError

from bench.requests import SECRET
from bench.servers import LOAD_CORE, TOKEN, Server, slack_stand_in

ROUNDS: Final = 5
COLD_GOAL, WARM_GOAL = 60.0, 10.0
"""Seconds. Docker's and Kubernetes' probes in `deploy` give a start two minutes."""
SLACK_PORT, PORT = 34131, 34132


Start = tuple[float, float]
"""Seconds by the clock and of the processor."""


def started(data_dir: Path) -> Start:
    """Until it is ready for requests; the greeting comes a moment before."""
    environment = {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{SLACK_PORT}/api/",
        "DATA_DIR": str(data_dir),
        "HOST": "127.0.0.1",
        "PORT": str(PORT),
        "LOG_LEVEL": "WARNING",
    }
    began = time.perf_counter()
    with Server(PORT, ["app.py"], environment) as server:
        while not is_ready():
            time.sleep(0.01)
        return time.perf_counter() - began, server.cpu_seconds()


def is_ready() -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


async def measured(folder: Path) -> tuple[Start, list[Start]]:
    async with slack_stand_in(SLACK_PORT):
        cold = await asyncio.to_thread(started, folder)
        return cold, [await asyncio.to_thread(started, folder) for _ in range(ROUNDS)]


def main() -> int:
    os.sched_setaffinity(0, {LOAD_CORE})
    with tempfile.TemporaryDirectory(prefix="factormate-bench-") as name:
        cold, warm = asyncio.run(measured(Path(name)))
    (cold_seconds, cold_cpu), (seconds, cpu) = cold, (statistics.median(each) for each in zip(*warm, strict=True))
    print("from the start of the process until it is ready, its store included, seconds (of the processor):")
    print(f"  cold, the matcher is trained: {cold_seconds:.1f} ({cold_cpu:.1f})   goal ≤ {COLD_GOAL:.0f}")
    print(f"  warm, the median of {ROUNDS}: {seconds:.1f} ({cpu:.1f})   goal ≤ {WARM_GOAL:.0f}")
    return 0 if cold_seconds <= COLD_GOAL and seconds <= WARM_GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
