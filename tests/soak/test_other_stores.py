"""The same tests as on the embedded store, on the stores operators bring: a plain server and a Cluster."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import servers

ROOT = Path(__file__).parents[2]


def passes(store_url: str, *arguments: str) -> None:
    """A run of its own, whose failures are shown; what brings a Cluster itself is left out."""
    command = [sys.executable, "-m", "pytest", "-q", "--tb=short", "-k", "not cluster", *arguments]
    environment = {**os.environ, "TEST_REDIS_URL": store_url}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.timeout(300)
def test_stores_services_and_jobs_on_a_plain_server(tmp_path: Path) -> None:
    """In two processes, as `make test` runs them: each has a database of its own."""
    (port,) = servers.free_ports(1)
    with servers.running(tmp_path, port):
        passes(f"redis://127.0.0.1:{port}", "-n2", "--dist=loadfile", "tests/storage", "tests/services", "tests/jobs")


@pytest.mark.timeout(300)
def test_all_jobs_on_a_cluster(tmp_path: Path) -> None:
    """Of six nodes: three primaries with a replica each."""
    with servers.cluster(tmp_path, replicas=1) as nodes:
        passes(f"redis+cluster://127.0.0.1:{nodes[0].port}", "-n0", "tests/jobs")
