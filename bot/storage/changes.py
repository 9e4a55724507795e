"""What is kept in memory of a customer is right as long as its version in the store is still the same."""

from secrets import token_hex
from typing import Final

from bot.storage import keys
from bot.storage.records import Batch

ANY_CUSTOMER: Final = ""
"""The field that changes with every other one, so that most looks cost one value."""


def customer_changed(batch: Batch, team_id: str, customer_id: str) -> None:
    """Part of every batch that writes or erases something of a customer that can be searched."""
    version = token_hex(8)
    for field in (customer_id, ANY_CUSTOMER):
        batch.hset(keys.customer_versions(team_id), field, version)
