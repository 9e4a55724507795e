"""Recorded payloads made wrong in every way: what a forger, a broken proxy, an older or newer Slack might send.

Every choice is taken from the `Random` that is handed in: the same seed, or Hypothesis, finds the same input again.
"""

import copy
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final
from urllib.parse import quote_plus

from bot.sandbox.recorded import Delivery
from bot.sandbox.signing import signature
from handlers.http import MAX_BODY
from tests.world import SECRET

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
HOSTILE: Final[Sequence[Any]] = (
    *(None, True, False, 0, -1, 1.5, 2**63, 10**40, float("inf"), float("nan")),
    *("", " ", "-", "payload", "payload=", "null", "\x00", "\ud800", "\u202e\u2066exe.fdp", "\u200b\u200f\ufeff"),
    *("<!channel> <!here> <@U01LIN> <#C01EAST|x>", "<https://evil.example|工商银行>", "*b* _i_ ~s~ `c` >q &lt;&amp;"),
    *("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "{}", "[]", '{"c":"', "../../etc/passwd", "%00", "${7*7}", "{0.x}"),
    *("9" * 400, "٣", "T0OTHER", "U02CHEN", "1.2.3", "2026-13-45", "0000-00-00", f"Z{chr(0x337) * 30}algo"),
    *([], {}, [[]], [None], {"": None}, {"id": None}, {"value": {}}, ["x"] * 300),
)
HUGE: Final[Sequence[Any]] = ("字" * 40_000, "a" * 30_000, "<" * 3001, [[]] * 20_000)
"""Now and then: they take most of the time."""
HEADERS: Final[Sequence[tuple[str, Sequence[str]]]] = (
    ("X-Slack-Request-Timestamp", ("", "0", "-1", "1e9", "9" * 30, "١٧", "99999999999", "nan")),
    ("X-Slack-Signature", ("", "v0=", "v1=00", "v0=" + "0" * 64, "v0=签", "v0=" + "f" * 9000)),
    (
        "Content-Type",
        ("", "text/plain", f"{FORM}; charset=utf-16", f"{JSON}; charset=klingon", "multipart/form-data", "/"),
    ),
    ("X-Slack-Retry-Num", ("1", "-1", "x")),
    ("Content-Encoding", ("gzip", "br", "zip")),
)


@dataclass(slots=True)
class Sent:
    """One request, before it is written to the wire."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    mark: str = ""
    """Which payload it was made of, and how it was spoilt."""
    hung_up: float | None = None
    """After which part of it, from 0 to 1, the sender hangs up."""

    def raw(self, host: str) -> bytes:
        head = [f"POST /slack/events HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(self.body)}"]
        head += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*head, "", ""]).encode() + self.body


def mutated(rng: Random, corpus: Sequence[Delivery]) -> Sent:
    """One of the recorded payloads, spoilt; now and then as it was."""
    delivery = rng.choice(corpus)
    spoil = rng.choice(_EACH)
    sent = spoil(rng, delivery)
    sent.mark = f"{delivery.type}{spoil.__name__}"
    return sent


def _signed(body: bytes, content_type: str, at: float | None = None) -> Sent:
    stamp = str(int(time.time() if at is None else at))
    proof = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(SECRET, stamp, body)}
    return Sent(body, {"Content-Type": content_type, **proof})


def _as_it_was(rng: Random, delivery: Delivery) -> Sent:
    return _spelt(_fresh(rng, delivery.body), delivery)


def _again(rng: Random, delivery: Delivery) -> Sent:
    """A replay: signed anew, as only Slack can, else it would be refused for its age."""
    return _spelt(delivery.body, delivery)


def _values(rng: Random, delivery: Delivery) -> Sent:
    """A few parts have another value or are gone, wherever in the tree they are."""
    body = _fresh(rng, delivery.body)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        parent, key = rng.choice(list(_places(body)) or [(body, "type")])
        if rng.random() < 0.25:
            parent.pop(key, None) if isinstance(parent, dict) else parent.clear()
        else:
            parent[key] = _value(rng)
    return _spelt(body, delivery)


def _words(rng: Random, delivery: Delivery) -> Sent:
    """What people type and choose, and what buttons and windows remember, is something else: shape kept."""
    body = _fresh(rng, delivery.body)
    for parent, key in _places(body):
        if key in _TYPED and isinstance(parent[key], str) and rng.random() < 0.3:
            parent[key] = str(_value(rng))
    return _spelt(body, delivery)


def _value(rng: Random) -> Any:
    return copy.deepcopy(rng.choice(HUGE if rng.random() < 0.004 else HOSTILE))


def _packed(rng: Random, delivery: Delivery) -> Sent:
    """What is remembered as JSON within the payload is spoilt inside."""
    body = _fresh(rng, delivery.body)
    for parent, key in _places(body):
        if key in ("value", "private_metadata", "block_id") and str(parent[key]).startswith("{"):
            inner = json.loads(parent[key])
            for name in inner:
                if rng.random() < 0.5:
                    inner[name] = _value(rng)
            parent[key] = json.dumps(inner)
    return _spelt(body, delivery)


def _bytes(rng: Random, delivery: Delivery) -> Sent:
    """Cut, doubled or flipped on the way in, and signed as it then is."""
    content_type, body = _encoded(_fresh(rng, delivery.body), delivery)
    at = rng.randrange(len(body) + 1)
    match rng.randrange(5):
        case 0:
            body = body[:at]
        case 1:
            body = body[:at] + rng.randbytes(rng.randrange(1, 9)) + body[at:]
        case 2:
            body = body[:at] + bytes([rng.randrange(256)]) + body[at + 1 :]
        case 3:
            body += b"&" + body
        case _:
            body = body.replace(b"%22", rng.choice((b"%", b"%ff", b"%u0022", b"+", b"%00")))
    return _signed(body, content_type)


def _oversized(rng: Random, delivery: Delivery) -> Sent:
    """More than anything that Slack sends."""
    return _signed(b"text=" + b"x" * MAX_BODY, FORM)


def _headers(rng: Random, delivery: Delivery) -> Sent:
    sent = _spelt(delivery.body, delivery)
    name, values = rng.choice(HEADERS)
    if rng.random() < 0.2:
        sent.headers.pop(name, None)
    else:
        sent.headers[name] = rng.choice(values)
    return sent


def _forged(rng: Random, delivery: Delivery) -> Sent:
    """The signature is of another body, another secret or another time."""
    content_type, body = _encoded(delivery.body, delivery)
    sent = _signed(body, content_type, time.time() + rng.choice((-86400, -301, 301, 86400)))
    return sent if rng.random() < 0.5 else Sent(body + b" ", _signed(body, content_type).headers)


def _hung_up(rng: Random, delivery: Delivery) -> Sent:
    """Sound as far as it goes, and then nobody is there."""
    sent = _spelt(delivery.body, delivery)
    sent.hung_up = rng.random()
    return sent


def _other_kind(rng: Random, delivery: Delivery) -> Sent:
    """A command sent as an event, an event as an interaction, a form as JSON."""
    body = _fresh(rng, delivery.body)
    kind = rng.choice(("slash_commands", "interactive", "events_api"))
    content_type, raw = _spelled(body, kind)
    return _signed(raw, rng.choice((content_type, FORM, JSON)))


def _fields(rng: Random, delivery: Delivery) -> Sent:
    """A form with fields doubled, missing, or one called payload."""
    fields = [(name, str(value)) for name, value in _fresh(rng, delivery.body).items()]
    rng.shuffle(fields)
    fields = fields[rng.randrange(3) :] + rng.sample(fields, rng.randrange(3))
    fields += rng.choice(([], [("payload", "")], [("payload", "{}")], [("payload", "[1]")], [("text", "payload=1")]))
    return _signed("&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields).encode(), FORM)


_TYPED: Final = frozenset(
    {"value", "text", "private_metadata", "selected_date", "selected_user", "selected_conversation"}
)
_WAYS: Final[Sequence[tuple[Callable[[Random, Delivery], Sent], int]]] = (
    (_as_it_was, 10),
    (_again, 10),
    (_values, 50),
    (_words, 15),
    (_packed, 15),
    (_bytes, 100),
    (_headers, 100),
    (_forged, 150),
    (_hung_up, 20),
    (_other_kind, 80),
    (_fields, 80),
    (_oversized, 1),
)
"""With how often each: what is refused at the door costs little, what is answered much."""
_EACH: Final = [way for way, times in _WAYS for _ in range(times)]


def _fresh(rng: Random, body: dict[str, Any]) -> dict[str, Any]:
    """A copy that is no repetition: events and clicks that came before would be dropped at the door."""
    copied: dict[str, Any] = copy.deepcopy(body)
    if "event_id" in copied:
        copied["event_id"] = f"Ev{rng.getrandbits(40):X}"
    for action in copied.get("actions") or ():
        action["action_ts"] = f"{rng.getrandbits(30)}.{rng.getrandbits(19)}"
    return copied


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every spot of the tree, as its parent and the key in it."""
    for key, value in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(value, dict | list):
            yield from _places(value)


def _spelt(body: Any, delivery: Delivery) -> Sent:
    content_type, raw = _encoded(body, delivery)
    return _signed(raw, content_type)


def _encoded(body: Any, delivery: Delivery) -> tuple[str, bytes]:
    """The payload as it was recorded is spelled once: that costs more than all else here."""
    if body is not delivery.body:
        return _spelled(body, delivery.kind)
    if id(delivery) not in _recorded:
        _recorded[id(delivery)] = _spelled(body, delivery.kind)
    return _recorded[id(delivery)]


def _spelled(body: Any, kind: str) -> tuple[str, bytes]:
    """As the emulator spells it; with lone surrogates and the like as JSON escapes."""
    if kind == "slash_commands":
        pairs = ((name, quote_plus(str(value), errors="surrogatepass")) for name, value in body.items())
        return FORM, "&".join(f"{quote_plus(name)}={value}" for name, value in pairs).encode()
    if kind == "events_api":
        return JSON, json.dumps(body).encode()
    return FORM, b"payload=" + quote_plus(json.dumps(body)).encode()


_recorded: dict[int, tuple[str, bytes]] = {}
