"""The log: lines a machine can read, found again by the request they belong to, with nobody's words in them."""

import asyncio
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from redis.exceptions import RedisError

from bot.settings import LogFormat
from bot.telemetry import logs

ROOT = Path(__file__).parents[2]
NAME = "远大纺织"
FORMATTER = logs.formatter(LogFormat.TEXT)


class Lines:
    """What a logger's lines look like in the end."""

    def __init__(self, log_format: LogFormat) -> None:
        self._out = StringIO()
        handler = logging.StreamHandler(self._out)
        handler.setFormatter(logs.formatter(log_format))
        self.logger = logging.getLogger(f"test.{log_format}")
        self.logger.handlers, self.logger.propagate = [handler], False
        self.logger.setLevel(logging.DEBUG)

    @property
    def text(self) -> str:
        return self._out.getvalue()

    @property
    def last(self) -> dict[str, str]:
        """The only field that is not a text would be a mistake."""
        found: dict[str, str] = json.loads(self.text.splitlines()[-1])
        assert all(isinstance(value, str) for value in found.values())
        return found


@pytest.fixture
def lines() -> Lines:
    return Lines(LogFormat.JSON)


@pytest.fixture(autouse=True)
def _no_request() -> Iterator[None]:
    structlog.contextvars.clear_contextvars()
    yield
    structlog.contextvars.clear_contextvars()


def test_one_object_a_line(lines: Lines) -> None:
    """With the moment, where it comes from and how grave it is."""
    lines.logger.warning("the store's server has ended\nstarting it %s", "again")
    assert lines.text.count("\n") == 1
    assert lines.last["event"] == "the store's server has ended starting it again"
    assert (lines.last["level"], lines.last["logger"]) == ("warning", "test.json")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", lines.last["timestamp"])


@pytest.mark.parametrize("log_format", LogFormat)
@pytest.mark.parametrize(
    ("said", "hidden", "kept"),
    [
        (f"saved {NAME} 费率太高", NAME, "saved"),
        ("saved Ｙｕａｎｄａ", "Ｙｕａｎｄａ", "saved"),
        ("called 138 1234 5678 back", "1234", "called"),
        ("mailed to lin@example.com now", "lin@", "mailed"),
        ("account 6222021234567890123 of", "6222", "account"),
        ("token xoxb-12-34-abcd refused", "abcd", "refused"),
        ("token xapp-1-A0-1-ff refused", "xapp-1", "refused"),
        ("at redis://user:pass@host:1/0", "pass", "host:1/0"),
        ("<Task coro=<f()> exception=ValueError('Tom owes 5')>", "Tom", "exception=ValueError"),
        ("two\nlines\x1b[2J\u202e", "\x1b", "two lines"),
    ],
)
def test_what_somebody_typed_does_not_get_through(log_format: LogFormat, said: str, hidden: str, kept: str) -> None:
    """Whoever logs it, and as what."""
    lines = Lines(log_format)
    lines.logger.info("%s", said, extra={"customer": NAME})
    assert hidden not in lines.text
    assert kept in lines.text
    assert NAME not in lines.text


@given(st.text())
def test_every_line_is_one_plain_line(said: str) -> None:
    """Nobody forges a line, or moves the cursor of who reads it."""
    record = logging.makeLogRecord({"name": "test", "msg": "%s", "args": (said,), "levelname": "INFO"})
    assert all(each == "•" or 32 <= ord(each) < 127 for each in FORMATTER.format(record))


def test_an_exception_is_told_without_its_words(lines: Lines) -> None:
    """Kind, places, what caused it; of the operating system's own also the reason."""
    try:
        try:
            open("/nowhere/Tom Reed")  # noqa: PTH123, SIM115 - what fails is the point
        except OSError as error:
            raise ValueError("Tom Reed owes us") from error
    except ValueError:
        lines.logger.exception("failed")
    assert "Tom" not in lines.text
    assert "Traceback" not in lines.text
    told = lines.last["exception"]
    assert re.fullmatch(
        r"ValueError at test_logs\.py:\d+; "
        r"after FileNotFoundError at test_logs\.py:\d+ \(No such file or directory\)",
        told,
    )


@pytest.mark.parametrize("given_id", ["3f2504e0-4f89-11d3-9a0c-0305e82c3301", "a", "req_1.2-3", "9" * 64])
def test_a_proxys_id_is_kept(lines: Lines, given_id: str) -> None:
    """Unmasked, whatever it looks like: it is what the operator looks for."""
    assert logs.begin(given_id) == given_id
    lines.logger.info("served")
    assert lines.last["request_id"] == given_id


@pytest.mark.parametrize("given_id", [None, "", " ", "9" * 65, NAME, "a b", "a\nb", '"}', "<!channel>"])
def test_what_is_no_id_is_replaced(given_id: str | None) -> None:
    made = logs.begin(given_id)
    assert re.fullmatch("[0-9a-f]{8}", made)
    assert logs.begin(given_id) != made


@pytest.mark.parametrize("number", ["12345678", "13812345678", "4f89ab01"])
def test_an_incidents_number_is_the_requests(lines: Lines, number: str) -> None:
    """Even where it looks like a telephone number."""
    logs.begin(number)
    assert logs.incident(lines.logger, f"ValueError {NAME}") == number
    assert (lines.last["incident"], lines.last["request_id"]) == (number, number)
    assert lines.last["event"] == f"incident {number}: ValueError •••"


def test_an_incident_outside_of_requests_has_a_number_too(lines: Lines) -> None:
    number = logs.incident(lines.logger, "ValueError")
    assert lines.last["incident"] == number


async def test_what_a_request_starts_carries_its_id(lines: Lines) -> None:
    """Also after its answer; what goes on beside it has its own."""

    async def one(request_id: str) -> None:
        logs.begin(request_id)
        later = asyncio.create_task(goes_on())
        await asyncio.sleep(0)
        await later

    async def goes_on() -> None:
        lines.logger.info("sent")

    await asyncio.gather(one("a"), one("b"))
    assert sorted(json.loads(line)["request_id"] for line in lines.text.splitlines()) == ["a", "b"]
    with logs.work():
        lines.logger.info("a job")
    assert re.fullmatch("[0-9a-f]{8}", lines.last["request_id"])
    lines.logger.info("nobody's")
    assert "request_id" not in lines.last


CRASH = """
import logging, threading, warnings
from bot.settings import LogFormat
from bot.telemetry import logs
logs.configure("INFO", LogFormat.JSON)
logging.getLogger("redis").info("connected")

def fails(*_):
    raise ValueError("Tom Reed owes us")

class Fails:
    __del__ = fails

thread = threading.Thread(target=fails)
thread.start()
thread.join()
Fails()
warnings.warn("Tom Reed is not in column A")
fails()
"""


def test_a_program_that_crashes_says_so_in_the_log() -> None:
    """Libraries' lines, threads, finalizers, warnings and the end itself: all of standard error is JSON, without a word
    of the exceptions'."""
    done = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, cwd=ROOT)
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(each["logger"], each["level"], each["event"]) for each in told] == [
        ("redis", "info", "connected"),
        ("factormate", "error", "a thread ended"),
        ("factormate", "error", "nobody could be told of an error"),
        ("factormate", "warning", "UserWarning at <string>:18"),
        ("factormate", "critical", "the program ends"),
    ]
    assert told[-1]["exception"] == "ValueError at <string>:9 < <string>:19"
    assert "Tom" not in done.stderr
    assert (done.returncode, done.stdout) == (1, "")


def test_nobody_has_a_way_of_his_own_to_the_log() -> None:
    """A handler, a formatter or a configuration elsewhere would go around the filter."""
    ways = re.compile(r"basicConfig|StreamHandler|FileHandler|addHandler|dictConfig|structlog\.configure")
    sources = [ROOT / "app.py", *(ROOT / "bot").rglob("*.py"), *(ROOT / "handlers").rglob("*.py")]
    found = {path.relative_to(ROOT).as_posix() for path in sources if ways.search(path.read_text(encoding="utf-8"))}
    assert found == {"bot/telemetry/logs.py"}


def test_a_store_that_is_away_is_told_in_one_line() -> None:
    """Not with the engine's traceback at every try; what goes wrong for good keeps its own."""
    gone = (ConnectionError, ConnectionError("gone"), None)
    passing = logging.makeLogRecord({"levelno": logging.WARNING, "exc_info": gone})
    away = (RedisError, RedisError("gone"), None)
    away_too = logging.makeLogRecord({"levelno": logging.ERROR, "exc_info": away})
    lasting = logging.makeLogRecord({"levelno": logging.ERROR, "exc_info": gone})
    assert all(logs.in_one_line(each) for each in (passing, away_too, lasting))
    assert (passing.exc_info, away_too.exc_info, lasting.exc_info) == (None, None, gone)
