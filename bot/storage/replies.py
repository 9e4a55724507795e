"""redis-py types replies for every protocol and decoding at once; ours are text."""

from collections.abc import Iterable
from typing import cast


def texts(reply: object) -> list[str]:
    return list(cast("Iterable[str]", reply))


def entries(reply: object) -> list[tuple[str, dict[str, str]]]:
    """Of a stream: id and fields."""
    return cast("list[tuple[str, dict[str, str]]]", reply or [])
