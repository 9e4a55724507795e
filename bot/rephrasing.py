"""Asking a language model that speaks OpenAI's chat completions, at the address the operator has named and no other."""

import asyncio
import json
import logging
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from bot.errors import ModelUnavailableError

SECONDS: Final = 8.0
"""For all of it: somebody is talking to a customer."""
MOST_BYTES: Final = 64 * 1024
MOST_TOKENS: Final = 500

_NO_ANSWER: Final = (aiohttp.ClientError, OSError, ValueError, LookupError, TypeError, RecursionError)
"""Silence, half an answer, a page, JSON of another shape; OSError is also the time that is up."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Model:
    """Where it is, which one, and what opens it."""

    base_url: str
    name: str
    key: str | None
    session: aiohttp.ClientSession
    seconds: float = SECONDS

    async def __call__(self, messages: list[dict[str, str]]) -> str:
        """Raises ModelUnavailableError for anything but an answer. Redirects are not followed: they could lead to an
        address nobody has allowed, and take the words and the key along. Nothing that was said is logged."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._asked(messages)
        except _NO_ANSWER as error:
            logger.warning("the language model gave no answer: %s", type(error).__name__)
            raise ModelUnavailableError from None

    async def _asked(self, messages: list[dict[str, str]]) -> str:
        body = {"model": self.name, "messages": messages, "temperature": 0.3, "max_tokens": MOST_TOKENS}
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        url = f"{self.base_url}/chat/completions"
        async with self.session.post(url, json=body, headers=headers, allow_redirects=False) as answer:
            if answer.status != 200:
                raise ValueError(answer.status)
            return _content(await _read(answer))


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    content = b""
    async for chunk in answer.content.iter_chunked(8192):
        content += chunk
        if len(content) > MOST_BYTES:
            raise ValueError("too long")
    return content


def _content(body: bytes) -> str:
    found: Any = json.loads(body)["choices"][0]["message"]["content"]
    if not isinstance(found, str):
        raise TypeError("no text")
    return found
