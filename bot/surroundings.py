"""What a process settles about itself before anything else: what is logged, and which variables nobody else may read.

Apart from `app.py`, whose imports take longer than most commands run.
"""

import logging
import os

from bot.settings import Settings


def configure_logging(level: str) -> None:
    """Bolt and the SDK log request bodies in places, so they only speak of what goes wrong."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True)
    for name in ("slack_bolt", "slack_sdk", "docket", "aiohttp.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("docket.worker").addFilter(in_one_line)
    logging.getLogger("aiohttp.server").addFilter(is_our_failure)


def in_one_line(record: logging.LogRecord) -> bool:
    """The engine tells of a store that is away with a traceback each time; one sentence is enough of what will pass."""
    error = record.exc_info[1] if record.exc_info else None
    if record.levelno == logging.WARNING or type(error).__module__.startswith("redis."):
        record.exc_info = None
    return True


def is_our_failure(record: logging.LogRecord) -> bool:
    """What is no HTTP is answered with 400; anybody could fill the log with it, quoted from the request."""
    error = record.exc_info[1] if record.exc_info else None
    return not type(error).__module__.startswith("aiohttp.")


def forget_environment(settings: Settings) -> None:
    """Bolt reads these by itself, ignores our token when it finds an OAuth client, and proxies even loopback."""
    for name in [each for each in os.environ if each.startswith("SLACK_")]:
        os.environ.pop(name)
    if settings.is_local:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            os.environ.pop(name, None)
