"""A message with charts, as good as this Slack takes it: drawn by Slack itself, as pictures of ours, or in words only.

The pictures are uploaded without being posted and shown by the message itself, so that one message stays one.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from typing import Final

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot import charts
from bot.domain.chart import BarChart
from bot.slack import error_of
from bot.turns import aside
from bot.views import charts as views
from bot.views.blocks import Block

REFUSED: Final = "invalid_blocks"
LOOKS: Final = 5
PAUSE_SECONDS: Final = 0.5
"""Slack looks at a picture before a message may show it; that takes it a moment."""

logger = logging.getLogger(__name__)


async def variants(
    blocks: list[Block], pictured: Sequence[BarChart], client: AsyncWebClient
) -> AsyncIterator[list[Block]]:
    """The best one first; another is asked for only after Slack has refused the blocks of the one before."""
    if pictured:
        yield [*blocks, *map(views.block, pictured)]
        images = await _images(pictured, client)
        if images:
            yield [*blocks, *images]
    yield blocks


def is_refused(error: SlackApiError) -> bool:
    """Slack does not take these blocks, so nothing was posted."""
    return error_of(error) == REFUSED


async def _images(pictured: Sequence[BarChart], client: AsyncWebClient) -> list[Block]:
    """None where Slack does not take them: the numbers stand in the text."""
    try:
        return [views.image(chart, await _uploaded(chart, client)) for chart in pictured]
    except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
        logger.warning("no pictures of the charts: %s", type(error).__name__)
        return []


async def _uploaded(chart: BarChart, client: AsyncWebClient) -> str:
    content = await aside(charts.png, chart)
    answer = await client.files_upload_v2(filename="chart.png", title=chart.title, content=content)
    file_id = str(answer["files"][0]["id"])
    for _ in range(LOOKS):
        if (await client.files_info(file=file_id))["file"].get("mimetype"):
            break
        await asyncio.sleep(PAUSE_SECONDS)
    return file_id
