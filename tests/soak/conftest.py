"""Everything here is a soak test: run by `make soak`, ten minutes in all."""

from pathlib import Path

import pytest

from bot import loading
from bot.domain.playbook import Playbook

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.soak)
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    return loading.playbook()
