"""The one way a line gets into the log: structured, with the request it belongs to, and without personal text.

Modules log through the standard library, as their libraries do; all of it ends in one handler, whose processors are
structlog's. What people typed gets into messages of libraries and exceptions, so it is taken out here, not trusted
to be left out everywhere: the program's own lines are plain ASCII, numbers of people are masked, and an exception is
told by its kind and place.
"""

import logging
import os
import random
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final

import structlog
from structlog.typing import EventDict, ExcInfo, Processor

from bot.domain.masking import MASK, masked
from bot.settings import LogFormat
from bot.telemetry import traces

QUIET: Final = ("slack_bolt", "slack_sdk", "docket", "aiohttp.access")
"""They log request bodies in places, so they only speak of what goes wrong."""
_REQUEST: Final = "request_id"
_GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
"""What a proxy may call a request: it comes back in headers, in the log and in what the person is told."""
_TYPED: Final = re.compile(r"[^\x20-\x7e]+(?:[ ]*[^\x20-\x7e]+)*", re.ASCII)
_SECRETS: Final = re.compile(r"\b(?:xox[a-z]|xapp|xwfp)-[\w-]+|(?<=://)[^\s/@]*@", re.ASCII)
"""Slack's tokens, and what stands before the host of an address."""
_NUMBERED: Final = re.compile(r"(?:\d[ -]?){8}|@", re.ASCII)
"""Without either there is nothing to mask by number or address, and a line costs less."""
_BREAKS: Final = re.compile(r"\s+")
_QUOTED: Final = re.compile(r"(?<=\bexception=)(\w+)\(.*", re.DOTALL)
"""asyncio shows a task that failed with what its exception said."""
_FIELDS: Final = ("timestamp", "level", "logger", "event", _REQUEST, "trace_id", "incident", "exception")
_IN_TEXT: Final = ("timestamp", "level", "logger", "event")


logger = logging.getLogger("factormate")


def configure(level: str, log_format: LogFormat = LogFormat.TEXT) -> None:
    """Takes over the root logger. Every library's lines go the same way."""
    logging.raiseExceptions = False  # it would print the arguments of a line that cannot be written
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(log_format))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed
    sys.unraisablehook = _unraisable
    warnings.showwarning = _warned  # type: ignore[assignment] # of what else it is given nothing is shown
    engine = logging.getLogger("docket.worker")
    if in_one_line not in engine.filters:
        engine.addFilter(in_one_line)
    server = logging.getLogger("aiohttp.server")
    if is_our_failure not in server.filters:
        server.addFilter(is_our_failure)


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """In place of Python's own traceback, which quotes the exception; whoever interrupts is told nothing."""
    if isinstance(error, Exception):
        logger.critical("the program ends", exc_info=(kind, error, trace))
    else:
        sys.__excepthook__(kind, error, trace)


def _thread_crashed(args: threading.ExceptHookArgs) -> None:
    error = args.exc_value
    if error is not None:
        logger.error("a thread ended", exc_info=(type(error), error, args.exc_traceback))


def _unraisable(args: "sys.UnraisableHookArgs") -> None:
    """Where Python itself would print the exception with what it says: in a finalizer, or while it ends."""
    error = args.exc_value
    if error is not None:
        logger.error("nobody could be told of an error", exc_info=(type(error), error, args.exc_traceback))


def _warned(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: Any) -> None:
    """By kind and place: a library that reads a file may quote it."""
    logger.warning("%s at %s:%s", category.__name__, filename.rsplit("/", 1)[-1], lineno)


def formatter(log_format: LogFormat) -> logging.Formatter:
    shown: Processor = structlog.processors.JSONRenderer(sort_keys=False) if log_format is LogFormat.JSON else _as_text
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow={"incident"}),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _with_trace,
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.ExceptionRenderer(_told),
            _without_personal_text,
            shown,
        ],
    )


def begin(given: str | None = None) -> str:
    """From here on, lines of this task and of those it starts carry the id of a request: the one given, or a new one.

    What does not look like an id is taken for none.
    """
    request_id = given if given is not None and _GIVEN.fullmatch(given) else _new_id()
    structlog.contextvars.bind_contextvars(**{_REQUEST: request_id})
    return request_id


def _new_id() -> str:
    """Nobody has to be kept from guessing it, and asking the system for randomness costs a tenth of a command."""
    return f"{random.getrandbits(32):08x}"


@contextmanager
def work() -> Iterator[None]:
    """As `begin`, for what nobody has asked for: a job."""
    with structlog.contextvars.bound_contextvars(**{_REQUEST: _new_id()}):
        yield


def incident(logger: logging.Logger, told: str) -> str:
    """Logs what went wrong; the number by which the person who met it and the operator mean the same: the request's."""
    number = str(structlog.contextvars.get_contextvars().get(_REQUEST) or begin())
    logger.error("incident %s: %s", number, told, extra={"incident": number})
    return number


def without_text(error: BaseException) -> str:
    """Where and what kind, without the message: messages quote what people typed."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}"


def in_one_line(record: logging.LogRecord) -> bool:
    """The engine tells of a store that is away with a traceback each time; one sentence is enough of what will pass."""
    error = record.exc_info[1] if record.exc_info else None
    if record.levelno == logging.WARNING or type(error).__module__.startswith("redis."):
        record.exc_info = None
    return True


def is_our_failure(record: logging.LogRecord) -> bool:
    """What is no HTTP is answered with 400; with a line for each anybody could fill the log."""
    error = record.exc_info[1] if record.exc_info else None
    return not type(error).__module__.startswith("aiohttp.")


def _told(exc_info: ExcInfo) -> str:
    """The exception and what caused it. Only the operating system's messages quote nobody."""
    told: list[str] = []
    error: BaseException | None = exc_info[1]
    while error is not None and len(told) < 5:
        reason = f" ({os.strerror(error.errno)})" if isinstance(error, OSError) and error.errno else ""
        told.append(without_text(error) + reason)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "; after ".join(told)


def _with_trace(_: Any, __: str, event: EventDict) -> EventDict:
    """So that a line is found from its trace, and the other way."""
    if (trace_id := traces.trace_id()) is not None:
        event["trace_id"] = trace_id
    return event


def _without_personal_text(_: Any, __: str, event: EventDict) -> EventDict:
    """Also keeps a line one line, whatever a library was given to quote. The incident's number stays: it is ours."""
    kept = {name: event[name] for name in _FIELDS if name in event}
    mark = f"incident {kept['incident']}" if "incident" in kept else ""
    kept["event"] = mark + _clean(str(kept["event"]).removeprefix(mark))
    if "exception" in kept:
        kept["exception"] = _clean(kept["exception"])
    return kept


def _clean(line: str) -> str:
    line = _QUOTED.sub(r"\1", _SECRETS.sub(MASK, _BREAKS.sub(" ", line)))
    if _NUMBERED.search(line):
        line = masked(line)
    return _TYPED.sub(MASK, line)


def _as_text(_: Any, __: str, event: MutableMapping[str, Any]) -> str:
    head = " ".join(str(event[name]) for name in _IN_TEXT)
    request = f" [{event[_REQUEST]}]" if _REQUEST in event else ""
    return head + request + (f": {event['exception']}" if "exception" in event else "")
