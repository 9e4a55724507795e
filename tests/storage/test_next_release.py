"""Replicas of the release after this one are at work on the same store: nothing that only they know is lost."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest
from redis.asyncio import Redis

from bot.domain.customer import Customer
from bot.domain.dossier import Dossier
from bot.domain.entry import OwnerRole
from bot.domain.followup import Closing, FollowUp
from bot.domain.load import LoadRules
from bot.domain.nudge import digest_key
from bot.domain.tierinputs import TierInputs
from bot.domain.user import Role
from bot.domain.webhook import Delivery, EventType
from bot.domain.workspace import Retention, WorkspaceSettings
from bot.errors import RecordUnreadableError
from bot.storage import keys
from bot.storage.escalations import EscalationStore, Known, Plan
from bot.storage.installations import InstallationStore
from bot.storage.kinds import kind_of
from bot.storage.records import Batch, Records
from bot.storage.recounts import RecountStore
from bot.storage.retention import RetentionStore
from bot.storage.sealing import Sealer
from bot.storage.visits import Consequences
from bot.storage.webhooks import Happened, put_event
from tests.builders import LIN, MONDAY, make_visit, weekdays
from tests.storage.conftest import Stores
from tests.storage.nextrelease import known_to_it, write_on
from tests.storage.reading import everything, keys_of
from tests.storage.test_keys import NOW, use

T: Final = "T1"
TEAM_LEAD: Final = frozenset({Role.TEAM_LEAD})
LATER: Final = MONDAY + timedelta(days=3)
Change = Callable[[Stores], Awaitable[object]]


async def part(stores: Stores) -> None:
    """A contact, buyer or line is changed where it stands."""

    def step(found: Dossier) -> Dossier:
        contacts = tuple(each.model_copy(update={"name": "王芳芳"}) for each in found.contacts)
        details = found.details.model_copy(update={"quiet_reason": "换章"})
        record = found.tiering.model_copy(
            update={"inputs": found.tiering.inputs.merged(TierInputs(drawdowns=3)), "looks_on": MONDAY}
        )
        return replace(found, contacts=contacts, details=details, tiering=record)

    await stores.dossiers.change(T, "c1", step)


async def recount(stores: Stores) -> None:
    """The lasting follow-ups are made anew in the place of what they were."""
    rules = WorkspaceSettings().cadence
    await stores.dossiers.change(T, "c1", lambda found: found.recounted(rules, weekdays, MONDAY + timedelta(days=9)))


async def note(stores: Stores) -> None:
    visit = make_visit(id="v2", on=MONDAY + timedelta(days=1))
    await stores.visits.record(
        T,
        visit,
        ["step-1"],
        lambda known, old: Consequences(_met(known, LATER), tuple(each.completed(MONDAY) for each in old)),
    )


def _met(known: Customer | None, on: date) -> Customer:
    assert known is not None
    return known.contacted(on)


async def revised(stores: Stores) -> None:
    await stores.visits.revise(
        T,
        "v1",
        lambda found: found.model_copy(update={"version": 3, "change_id": "e2", "note": "改一下"}),
        ["step-1"],
        lambda _, known, old: Consequences(_met(known, LATER + timedelta(days=1)), tuple(old)),
    )


async def escalated(stores: Stores) -> None:
    store = EscalationStore(Records(stores.redis))

    def step(known: Known) -> Plan:
        assert known.escalation is not None
        weeks = {each: week.model_copy(update={"sent": week.sent + 1}) for each, week in known.weeks.items()}
        return Plan(known.escalation.without("x"), weeks, [])

    week = next(key for key in await keys_of(stores.redis) if kind_of(key) == "escalation-week")
    await store.plan(T, "risk-c1-fraud", {"U2": week.rpartition(":")[2]}, (), step, NOW)
    await store.answer(T, "risk-c1-fraud", lambda found: found.model_copy(update={"owner_id": "U2"}), NOW)


async def deliveries(stores: Stores) -> None:
    """Tried again, given up, and an endpoint that pauses."""
    for each in await stores.webhooks.dead(T):
        await stores.webhooks.put_off(T, each, each.model_copy(update={"attempts": 0}), NOW)
    for each in await stores.webhooks.due(T, NOW):
        await stores.webhooks.give_up(T, each, each.failed("timeout"), NOW)
    assert {each.error for each in await stores.webhooks.dead(T)} == {"timeout"}
    for endpoint in await stores.webhooks.endpoints(T):
        await stores.webhooks.save(T, endpoint.model_copy(update={"is_paused": True}))


async def notices(stores: Stores) -> None:
    """By a step, and from where it was read."""
    await stores.notices.change(T, digest_key("U2", MONDAY), lambda found: found.sent("1.3"), NOW)
    found = await stores.notices.to_send(T, digest_key("U3", MONDAY))
    assert found is not None
    begun = await stores.notices.begin(T, found.kept, found.kept.notice.posting("D1", ("step-1",), NOW), "w", NOW)
    assert begun is not None
    assert await stores.notices.advance(T, begun, begun.notice.sent("1.4"), NOW, gives_back="w") is not None


async def settings(stores: Stores) -> None:
    rules = LoadRules(week_visits=7)
    await RecountStore(Records(stores.redis)).set_rules(
        T,
        WorkspaceSettings(),
        lambda found: found.model_copy(update={"load": found.load.model_copy(update={"week_visits": 7})}),
    )
    await stores.workspaces.set_owners(T, OwnerRole.PRICING, (LIN, "U2"))
    await stores.workspaces.set_heads(T, ("U9",))
    await stores.workspaces.set_retention(T, Retention(customer_days=30))
    assert (await stores.workspaces.settings(T, WorkspaceSettings())).load.week_visits == rules.week_visits


async def revisions(stores: Stores) -> None:
    await stores.revisions.decide(T, "r2", lambda found: found.sent_back("U9", NOW, "请补出处"))


async def questions(stores: Stores) -> None:
    await stores.questions.change(T, "q1", lambda found: found.model_copy(update={"missing": "案例"}))
    await stores.gaps.put(T, "q2", "g1")
    await stores.gaps.change(T, "g1", lambda found: found.assigned(LIN, MONDAY))


async def counted(stores: Stores) -> None:
    recounts = RecountStore(Records(stores.redis))
    under_way = await recounts.find(T)
    assert under_way is not None
    assert await recounts.came_to(T, under_way, "c1") is not None


async def ended(stores: Stores) -> None:
    await RetentionStore(Records(stores.redis)).end(T, "c1", MONDAY)


async def installed(stores: Stores) -> None:
    """A token is renewed."""
    store = InstallationStore(Records(stores.redis), stores.customers.sealer)
    found = await store.of(T)
    assert found is not None
    await store.save(found.model_copy(update={"token": "xoxb-2"}), [T])


CHANGES: Final[dict[str, tuple[set[str], Change]]] = {
    "a customer": ({"customer"}, lambda stores: stores.customers.change(T, "c1", _renamed)),
    "parts of a customer": ({"customer-details", "contacts", "tiering"}, part),
    "a recount": ({"followup"}, recount),
    "a note": ({"customer", "followup"}, note),
    "another version of a note": ({"customer", "visit"}, revised),
    "a follow-up": ({"followup"}, lambda stores: stores.followups.change(T, "risk-c1-fraud", _done)),
    "a person": (
        {"member"},
        lambda stores: stores.members.change(T, LIN, lambda found: found.model_copy(update={"language": "en"})),
    ),
    "settings": ({"settings", "recount"}, settings),
    "messages": ({"digest"}, notices),
    "escalations": ({"escalated", "escalation-week"}, escalated),
    "webhooks": ({"webhook", "delivery"}, deliveries),
    "a case": ({"case"}, lambda stores: stores.cases.change(T, "k1", lambda found: found.closed(LIN, NOW))),
    "revisions": ({"revision"}, revisions),
    "questions and gaps": ({"question", "gap"}, questions),
    "a recount under way": ({"recount"}, counted),
    "the end of a relationship": ({"customer"}, ended),
    "an installation": ({"installation"}, installed),
}
"""What is done to a record: the kinds that it writes, and how."""
NOT_CHANGED: Final = {
    *("visit-version", "need-change", "erasure", "deal"),  # written once; a deal again only through its service
    "own-entry",  # the values of an approved revision, in the place of earlier ones
    *("profile", "talk", "last-asked", "undo"),  # for a while only, and written anew as a whole
    "escalation",  # another kind of message
}


COUNTED_ANEW: Final = {f"{keys.followup(T, 'contact-c1')} explanation", keys.recount(T)}
"""How a day came about, and how far counting has come: what was known of that is about what is no more."""


def _renamed(found: Customer) -> Customer:
    return found.model_copy(update={"name": "远大纺织集团"})


def _done(found: FollowUp) -> FollowUp:
    return found.closed(Closing(by=LIN, at=NOW), "谈妥了", MONDAY)


@pytest.fixture
def stores(redis: Redis, sealer: Sealer) -> Stores:
    """On one server: what is looked at here is what is written, not where."""
    return Stores.on(redis, sealer)


async def test_what_only_the_next_release_knows_is_kept(stores: Stores, sealer: Sealer) -> None:
    """In every record that is changed, and in every part of one; and every kind of record is changed here."""
    await use(stores, T)
    known = await write_on(stores.redis, sealer)
    before = await known_to_it(stores.redis, sealer)
    lost: dict[str, set[str]] = {}
    for name, (kinds, change) in CHANGES.items():
        rows = dict(zip(known, await stores.redis.mget(list(known)), strict=True))
        await change(stores)
        now = await stores.redis.mget(list(known))
        assert kinds <= {kind_of(key) for (key, row), then in zip(rows.items(), now, strict=True) if row != then}, name
        after = await known_to_it(stores.redis, sealer)
        lost[name], before = before - after, after
    assert {name: each for name, each in lost.items() if not each <= COUNTED_ANEW} == {}
    assert {kind_of(key) for key in known} == {kind for kinds, _ in CHANGES.values() for kind in kinds} | NOT_CHANGED


UNREADABLE: Final = '"kind": "a kind that comes later"'


@pytest.fixture
async def left_alone(stores: Stores) -> str:
    """The key of a next step that a newer release has made something else of."""
    await use(stores, T)
    key = keys.followup(T, "step-1")
    row = str(await stores.redis.get(key))
    await stores.redis.set(key, row.replace('"kind": "step"', UNREADABLE))
    return key


async def test_what_cannot_be_read_is_not_changed(stores: Stores, left_alone: str) -> None:
    """Nor is anything else that would be written with it; whoever tries is told."""
    before = await everything(stores.redis)
    for change in (
        lambda: stores.followups.get(T, "step-1"),
        lambda: stores.followups.get_many(T, ["step-1"]),
        lambda: stores.followups.change(T, "step-1", _done),
        lambda: part(stores),
        lambda: note(stores),
        lambda: revised(stores),
    ):
        with pytest.raises(RecordUnreadableError) as told:
            await change()
        assert told.value.values == {"record": "FollowUp", "field": "kind"}
    assert await everything(stores.redis) == before


async def test_lists_go_without_what_cannot_be_read(
    stores: Stores, left_alone: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so, without what is in it."""
    found = await stores.followups.due(T, LIN, LATER)
    assert "step-1" not in {each.id for each in found}
    assert found
    (line,) = [each for each in caplog.messages if "FollowUp" in each]
    assert "field='kind'" in line
    assert "a kind" not in line


async def test_events_that_only_the_next_release_knows_are_left_for_it(stores: Stores) -> None:
    """The others are handed out."""
    await use(stores, T)
    put_event(batch := Batch(), T, EventType.CUSTOMER_CHANGED, "c1")
    await stores.customers.records.commit(batch.sadd(keys.webhook_events(T), "deal.signed d1"))
    seen: list[EventType] = []

    def split(happened: Happened) -> list[Delivery]:
        seen.append(happened[0])
        return []

    assert not await stores.webhooks.hand_out(T, split, NOW)
    assert seen == [EventType.CUSTOMER_CHANGED]
    assert await stores.redis.smembers(keys.webhook_events(T)) == {"deal.signed d1"}
