"""A month of bad days in random order: whatever happens, nobody gets the day's message twice."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.domain.notice import MAX_ATTEMPTS, NoticeState
from bot.domain.nudge import digest_key
from bot.domain.playbook import Playbook
from bot.notices import LOOK_LIMIT
from bot.sandbox.faults import FaultKind
from bot.storage.connection import connect
from tests.jobs.office import AT_NINE, TODAY, Office, opened_office
from tests.world import LIN, TEAM

IMPATIENT: Final = 0.08
"""Seconds a worker waits for Slack here. On a busy machine that is one more fault."""
KINDS: Final[tuple[FaultKind, ...]] = (
    *("timeout", "accept_late", "drop", "drop_before", "server_error", "ratelimited", "error"),
)
METHODS: Final = ("chat.postMessage", "conversations.history", "conversations.open")
LIN_TODAY: Final = digest_key(LIN, TODAY)
CALM: Final = 20
"""Steps within which a digest comes to its end once Slack works again."""


class BadDays(RuleBasedStateMachine):
    """Each rule is something that happens to a bot on one Tuesday, to Slack, or to the time."""

    def __init__(self, store_url: str, playbook: Playbook) -> None:
        super().__init__()
        self._runner, self._stack, self._chatter = asyncio.Runner(), AsyncExitStack(), 0
        self._office: Office = self._runner.run(self._opened(store_url, playbook))

    async def _opened(self, store_url: str, playbook: Playbook) -> Office:
        redis = await connect(store_url)
        self._stack.push_async_callback(redis.aclose)
        await redis.flushdb()
        office = await self._stack.enter_async_context(opened_office(redis, store_url, playbook))
        await office.overdue(LIN, "远大纺织")
        office.clock.set(AT_NINE)
        await office.plan()
        return office

    @rule(method=st.sampled_from(METHODS), kind=st.sampled_from(KINDS), times=st.integers(1, 3))
    def slack_fails(self, method: str, kind: FaultKind, times: int) -> None:
        self._office.slack.faults.add(method, kind, times, retry_after=40)

    @rule()
    def slack_recovers(self) -> None:
        self._office.slack.faults.clear()

    @rule(kind=st.sampled_from(KINDS))
    def a_post_goes_wrong(self, kind: FaultKind) -> None:
        """If it comes to a post; else the fault waits for one."""
        self._office.slack.faults.add("chat.postMessage", kind, retry_after=40)
        self._runner.run(self._all(self._office.worker(seconds=IMPATIENT).deliver(TEAM, LIN_TODAY)))

    @rule(seconds=st.sampled_from((1, 31, 61)))
    def a_worker_comes_later(self, seconds: int) -> None:
        self._office.wall.advance(timedelta(seconds=seconds))
        self._runner.run(self._all(self._office.worker(seconds=IMPATIENT).deliver(TEAM, LIN_TODAY)))

    @rule(processes=st.integers(1, 3), seconds=st.sampled_from((0, 10, 31)))
    def bots_sweep(self, processes: int, seconds: int) -> None:
        """Each decides and does what it finds to do, as after a restart; all at once."""
        self._office.wall.advance(timedelta(seconds=seconds))

        async def sweep() -> None:
            await self._office.plan()
            for team_id, digest in await self._office.services.notices.to_deliver({TEAM}):
                await self._office.worker(seconds=IMPATIENT).deliver(team_id, digest.key)

        self._runner.run(self._all(*(sweep() for _ in range(processes))))

    @rule(times=st.integers(1, 4))
    def a_job_runs_several_times(self, times: int) -> None:
        workers = [self._office.worker(seconds=IMPATIENT) for _ in range(times)]
        self._runner.run(self._all(*(worker.deliver(TEAM, LIN_TODAY) for worker in workers)))

    @rule()
    def a_worker_is_killed_in_the_middle(self) -> None:
        self._runner.run(self._killed())

    async def _killed(self) -> None:
        """It cannot give back its lease, which another test does with a real process."""
        office, known = self._office, len(self._office.posts)
        task = asyncio.create_task(office.worker(seconds=1).deliver(TEAM, LIN_TODAY))
        await office.slack.wait_for(lambda: task.done() or len(office.posts) > known)
        if not task.done():
            task.cancel()
            await asyncio.wait([task])
            await office.services.notices.lease(TEAM, LIN_TODAY, "dead")

    @rule()
    def leases_run_out(self) -> None:
        self._runner.run(self._office.has_lease_run_out())

    @precondition(lambda self: self._chatter < LOOK_LIMIT)
    @rule(count=st.integers(1, 6))
    def lin_chats_with_the_app(self, count: int) -> None:
        for number in range(count):
            self._runner.run(self._say(f"消息 {number}"))
        self._chatter += count

    async def _say(self, text: str) -> None:
        await self._office.slack.person(LIN).dm(text)

    @invariant()
    def never_twice(self) -> None:
        assert len(self._office.digests()) <= 1

    def teardown(self) -> None:
        try:
            self._runner.run(self._comes_to_its_end())
        finally:
            self._runner.run(self._stack.aclose())
            self._runner.close()

    async def _comes_to_its_end(self) -> None:
        """Slack works again: then it is sent, unless it had been given up before."""
        office = self._office
        office.slack.faults.clear()
        await office.has_lease_run_out()
        before = last = await office.find()
        for _ in range(CALM):
            office.wall.advance(timedelta(seconds=61))
            last = await office.worker(seconds=10).deliver(TEAM, LIN_TODAY)
        assert before is not None
        assert last is not None
        messages = len(office.digests())
        match last.state:
            case NoticeState.SENT:
                assert messages == 1
            case NoticeState.FAILED:
                assert messages == 0
                assert not before.is_open or before.attempts >= MAX_ATTEMPTS
            case NoticeState.UNCLEAR:
                assert messages <= 1
                assert not before.is_open or self._chatter >= LOOK_LIMIT - 1
            case _:
                raise AssertionError(f"still {last.state}")

    async def _all(self, *work: Any) -> None:
        await asyncio.gather(*work)


def bad_days_on(store_url: str, playbook: Playbook) -> type[BadDays]:
    """Hypothesis makes its machines from a class alone."""

    class OnThatStore(BadDays):
        def __init__(self) -> None:
            super().__init__(store_url, playbook)

    return OnThatStore
