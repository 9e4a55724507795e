"""Clients for every kind of store an operator may have, all as patient: what we write can be repeated safely."""

import asyncio
import builtins
import math
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

import hiredis
from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster
from redis.asyncio.connection import AbstractConnection, parse_url
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import (
    Sentinel,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)
from redis.backoff import EqualJitterBackoff, NoBackoff
from redis.client import EMPTY_RESPONSE, NEVER_DECODE
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    ClusterError,
    ConnectionError,
    DataError,
    RedisClusterException,
    RedisError,
    ResponseError,
    SlotNotCoveredError,
    TimeoutError,
)

from bot.errors import StoreRefusedError, StoreUnavailableError, StoreUnreachableError
from bot.telemetry import metrics

T = TypeVar("T")

PATIENCE: Final = 8.0
"""Seconds a call goes on trying: longer than a restart of the store, or a failover, usually takes."""
FIRST_PATIENCE: Final = 2.0
"""At start an operator who mistyped the address should hear of it soon."""
CONNECTIONS: Final = 16
MOMENT: Final = 0.5
EXCHANGES: Final = 4
"""Under way at once; what is asked meanwhile goes together with the next one."""
CLUSTER_CALLS: Final = 64
"""At once; the Cluster client raises, instead of waiting, when a node's 100 connections are out."""
DOCKET_CONNECTIONS: Final = 500

_REFUSALS: Final = (AuthenticationError, AuthorizationError)
_TIMEOUTS: Final = {"socket_timeout": 5.0, "socket_connect_timeout": 3.0}
_NOT_FOR_CALLBACKS: Final = frozenset({NEVER_DECODE, EMPTY_RESPONSE, "keys"})
_REFUSED: Final = object()
_BACKOFF: Final = EqualJitterBackoff(cap=1.0, base=0.02)


async def _patiently(call: Callable[[], Awaitable[T]], patience: float) -> T:
    """Repeats a call through an outage, each time from the start.

    redis-py's own retry repeats inside a connection it holds: behind Sentinel it would go on asking the old primary,
    and as its loops are nested, their counts multiply.
    """
    deadline = time.monotonic() + patience
    failures = 0
    while True:
        try:
            return await call()
        except (ConnectionError, TimeoutError) as error:
            failures += 1
            metrics.STORE_ERRORS.inc()
            pause = _BACKOFF.compute(failures)
            if isinstance(error, _REFUSALS) or time.monotonic() + pause > deadline:
                raise StoreUnavailableError(reason=str(error)) from error
        await asyncio.sleep(pause)


@dataclass(slots=True)
class _Asked:
    """One command, and who waits for its reply."""

    reply: asyncio.Future[Any]
    name: str
    packed: bytes
    options: dict[str, Any]


class _Client(Redis):
    """Sends what was asked for meanwhile together, as one write to one connection, over a few connections at once.

    Most of what redis-py costs is per exchange and per command of its own pipeline: this one only packs, and reads.
    """

    def __init__(self, pool: BlockingConnectionPool, patience: float) -> None:
        super().__init__(connection_pool=pool)
        self.auto_close_connection_pool = True
        self.patience = patience
        self._asked: list[_Asked] = []
        self._exchanges: set[asyncio.Task[None]] = set()
        self._is_called = False

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        name, packed = args[0], _packed(args)
        try:
            return await self._reply(name, packed, options)
        except (ConnectionError, TimeoutError):
            metrics.STORE_ERRORS.inc()
            return await _patiently(lambda: self._reply(name, packed, options), self.patience)

    def _reply(self, name: str, packed: bytes, options: dict[str, Any]) -> asyncio.Future[Any]:
        asked = _Asked(asyncio.get_running_loop().create_future(), name, packed, options)
        self._asked.append(asked)
        self._call()
        return asked.reply

    def _call(self, _: object = None) -> None:
        """At the end of this turn of the event loop, so that what it still asks for goes along."""
        if self._asked and not self._is_called:
            self._is_called = True
            asyncio.get_running_loop().call_soon(self._send)

    def _send(self) -> None:
        self._is_called = False
        if not self._asked or len(self._exchanges) >= EXCHANGES:
            return  # one that is under way takes it along, or calls again when it ends
        exchange = asyncio.create_task(self._exchange(self._taken()))
        self._exchanges.add(exchange)
        exchange.add_done_callback(self._exchanges.discard)
        exchange.add_done_callback(self._call)

    def _taken(self) -> list[_Asked]:
        asked, self._asked = self._asked, []
        return asked

    async def _exchange(self, asked: list[_Asked]) -> None:
        """On one connection, for as long as more is asked: taking one from the pool costs as much as using it."""
        try:
            connection = await self.connection_pool.get_connection()  # type: ignore[no-untyped-call]
            try:
                while asked:
                    started = time.perf_counter()
                    answers = await self._answers(connection, asked)
                    metrics.store_answered(time.perf_counter() - started)
                    _tell(asked, answers)
                    await asyncio.sleep(0)  # whoever was answered asks for the next thing
                    asked = self._taken()
            finally:
                await self.connection_pool.release(connection)
        except Exception as error:  # nobody may be left waiting; each one hears of it
            _tell(asked, [error] * len(asked))

    async def _answers(self, connection: Any, asked: list[_Asked]) -> list[Any]:
        loop, answers = asyncio.get_running_loop(), []
        try:
            await connection.send_packed_command([each.packed for each in asked])
            async with asyncio.timeout(connection.socket_timeout) as limit:
                began = loop.time()
                for each in asked:
                    answers.append(await self._answer(connection, each))
                    if (now := loop.time()) > began + MOMENT:  # each reply may take its time
                        limit.reschedule((began := now) + connection.socket_timeout)
        except BaseException as error:
            await connection.disconnect(nowait=True)  # or a reply that was not read would be taken for the next one's
            if isinstance(error, builtins.TimeoutError):
                raise TimeoutError("no reply in time") from error
            raise
        return answers

    async def _answer(self, connection: AbstractConnection, asked: _Asked) -> Any:
        """What the store refuses is an answer, too: the replies to the others are still to be read."""
        options = asked.options
        is_raw, empty = NEVER_DECODE in options, options.get(EMPTY_RESPONSE, _REFUSED)
        try:
            found = await connection.read_response(disable_decoding=is_raw, timeout=math.inf)
            callback = self.response_callbacks.get(asked.name)
            if callback is None:
                return found
            return callback(found, **{name: each for name, each in options.items() if name not in _NOT_FOR_CALLBACKS})
        except ResponseError as error:
            return error if empty is _REFUSED else empty
        except (TypeError, ValueError, LookupError) as error:  # a reply that its callback does not understand
            return error


def _tell(asked: list[_Asked], answers: list[Any]) -> None:
    for each, answer in zip(asked, answers, strict=True):
        if each.reply.done():  # whoever asked waits no longer
            continue
        if isinstance(answer, Exception):
            each.reply.set_exception(answer)
        else:
            each.reply.set_result(answer)


def _packed(args: tuple[Any, ...]) -> bytes:
    """The name of a command may have two words."""
    try:
        packed: bytes = hiredis.pack_command((*args[0].encode().split(), *args[1:]))
    except TypeError as error:
        raise DataError(str(error)) from error
    return packed


class _ClusterClient(RedisCluster):
    """Adds what RedisCluster lacks: waiting between tries and a bound on calls at once."""

    def __init__(self, patience: float, **options: Any) -> None:
        super().__init__(retry=Retry(NoBackoff(), 3), **options)
        self._patience = patience
        self._turn = asyncio.Semaphore(CLUSTER_CALLS)

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        call = super().execute_command

        async def once() -> Any:
            started = time.perf_counter()
            with _cluster_outages():
                answer = await call(*args, **options)
            metrics.store_answered(time.perf_counter() - started)
            return answer

        async with self._turn:
            return await _patiently(once, self._patience)

    async def initialize(self, *args: Any, **options: Any) -> RedisCluster:
        """Finds the nodes; also called within other calls, after an outage."""
        call = super().initialize

        async def once() -> RedisCluster:
            try:
                return await call(*args, **options)
            except RedisClusterException as error:
                raise ConnectionError(str(error)) from error

        return await _patiently(once, self._patience)


class _SentinelPool(BlockingConnectionPool, SentinelConnectionPool):
    """Waits for a free connection like the one, finds the primary like the other; closes the Sentinel's own clients."""

    async def aclose(self) -> None:
        await super().aclose()
        await cast("Sentinel", self.sentinel_manager).aclose()


async def connect(url: str, patience: float = PATIENCE) -> Redis:
    """Raises StoreUnreachableError when the store there cannot be used, StoreRefusedError for its password.

    On a Cluster this is a RedisCluster in truth: only what both can do may be called.
    """
    await (await _opened(url, min(patience, FIRST_PATIENCE))).aclose()
    return await _opened(url, patience)


def docket_url(url: str) -> str:
    """The same store for the job engine, which stalls when its connections run out."""
    parts = urlsplit(url)
    options = {"max_connections": str(DOCKET_CONNECTIONS), **dict(parse_qsl(parts.query))}
    return f"{url.partition('?')[0]}?{urlencode(options)}"


async def _opened(url: str, patience: float) -> Redis:
    where = _without_secrets(url)
    try:
        client = _built(url, patience)
    except (ValueError, RedisError, RedisClusterException) as error:
        raise StoreUnreachableError(where=where, reason=str(error)) from error
    try:
        await client.initialize()
        await client.ping()
    except (RedisError, StoreUnavailableError, OSError, TypeError) as error:
        # TypeError is how redis-py reports an unknown option in the URL.
        await client.aclose()
        cause = error.__cause__ if isinstance(error, StoreUnavailableError) else error
        unusable = StoreRefusedError if isinstance(cause, _REFUSALS) else StoreUnreachableError
        raise unusable(where=where, reason=str(cause)) from error
    return client


def _built(url: str, patience: float) -> Redis:
    parts = urlsplit(url)
    scheme, _, topology = parts.scheme.partition("+")
    if scheme not in ("redis", "rediss", "unix") or topology not in ("", "sentinel", "cluster"):
        raise ValueError(f"unknown scheme {parts.scheme}://")
    if topology == "cluster":
        options: dict[str, Any] = dict(parse_url(url.replace("+cluster", "", 1)))
        tls = {"ssl": True} if options.pop("connection_class", None) else {}
        cluster = _ClusterClient(patience, **{**_TIMEOUTS, "decode_responses": True, **options, **tls})
        return cast("Redis", cluster)
    common: dict[str, Any] = {
        "max_connections": CONNECTIONS,
        "timeout": 2 * PATIENCE,
        "retry": Retry(NoBackoff(), 0),
        "decode_responses": True,
        **_TIMEOUTS,
    }
    if topology == "sentinel":
        pool: BlockingConnectionPool = _sentinel_pool(parts, common)
    else:
        if scheme == "unix":
            common.pop("socket_connect_timeout")
        pool = BlockingConnectionPool.from_url(url, **common)
    return _Client(pool, patience)


def _sentinel_pool(parts: SplitResult, common: dict[str, Any]) -> _SentinelPool:
    """redis+sentinel://[user:password@]host[:port][,host…]/service[/db][?sentinel_password=…]"""
    credentials, _, hosts = parts.netloc.rpartition("@")
    service, _, db = parts.path.strip("/").partition("/")
    if not hosts or not service:
        raise ValueError("a Sentinel address reads redis+sentinel://host:port,host:port/service/db")
    given = dict(parse_url(f"redis:///?{parts.query}"))
    tls = parts.scheme.startswith("rediss")
    to_sentinel = {
        name.removeprefix("sentinel_"): given.pop(name) for name in list(given) if name.startswith("sentinel_")
    }
    to_sentinel |= {name: value for name, value in given.items() if name.startswith("ssl_")} if tls else {}
    user, _, password = credentials.partition(":")
    manager = Sentinel(  # type: ignore[no-untyped-call]
        [_address(host) for host in hosts.split(",")],
        sentinel_kwargs={**_TIMEOUTS, "retry": Retry(NoBackoff(), 0), "ssl": tls, **to_sentinel},
    )
    return _SentinelPool(
        service_name=service,
        sentinel_manager=manager,
        connection_class=SentinelManagedSSLConnection if tls else SentinelManagedConnection,
        db=int(db or 0),
        username=unquote(user) or None,
        password=unquote(password) or None,
        **{**common, **given},
    )


def _address(host: str) -> tuple[str, int]:
    parts = urlsplit(f"//{host.strip()}")
    return parts.hostname or "", parts.port or 26379


def _without_secrets(url: str) -> str:
    scheme, _, rest = url.partition("://")
    place, _, options = rest.partition("?")
    return f"{scheme}://{'…' if '@' in options else place.rpartition('@')[2]}"


@contextmanager
def _cluster_outages() -> Iterator[None]:
    """Gives a Cluster's troubles the one name under which they are waited out."""
    try:
        yield
    except (ClusterError, SlotNotCoveredError) as error:
        raise ConnectionError(str(error)) from error
    except AttributeError as error:
        # redis-py 8.1 closes connections under other calls' hands while it looks for the nodes again.
        raise ConnectionError("closed while the Cluster's nodes were looked up") from error
