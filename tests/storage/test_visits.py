"""Visit notes: saved once with all that follows, sealed, newest first."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from redis.asyncio import Redis

from bot.domain.customer import Customer
from bot.domain.facts import Attendee, Basis, Document, DocumentState, Figure, RiskEvent, Side, Unit
from bot.domain.followup import FollowUp
from bot.domain.visit import Facts, Promised, Visit
from bot.errors import FieldError, VisitChangedError, VisitNotFoundError
from bot.storage import keys
from bot.storage.sealing import FieldKeysError, Sealer, new_key
from bot.storage.visits import Consequences, Decide
from tests.builders import LIN, MONDAY, TEAM, make_change, make_contact, make_customer, make_followup, make_visit
from tests.storage.conftest import Stores
from tests.storage.reading import everything, keys_of

NOTE, STEP = "客户嫌费率高，要和老板商量", "发综合成本测算表"


def contacted(visit: Visit) -> Decide:
    """The customer was seen on the day of the visit; whatever step was handed in is done."""

    def decide(customer: Customer | None, followups: Sequence[FollowUp]) -> Consequences:
        seen = (customer or make_customer(id=visit.customer_id)).contacted(visit.on)
        return Consequences(seen, (make_contact(), *(each.completed() for each in followups)))

    return decide


async def save(stores: Stores, visit: Visit, *followup_ids: str) -> tuple[Visit, bool]:
    return await stores.visits.record(TEAM, visit, followup_ids, contacted(visit))


async def test_a_visit_is_saved_with_its_consequences(stores: Stores) -> None:
    """The note, the customer's clock, and the step that it settled."""
    await stores.customers.create(TEAM, make_customer(), make_contact())
    first = make_visit(id="v0", next_step=STEP, next_step_on=MONDAY, objection_ids=("cost/fee-too-high",))
    step = make_followup(id="step-v0", title=STEP)
    await stores.visits.record(TEAM, first, [], lambda *_: Consequences(make_customer(), (step,)))
    assert await save(stores, make_visit(note=NOTE), "step-v0", "gone") == (make_visit(note=NOTE), True)
    assert await stores.visits.find(TEAM, "v1") == make_visit(note=NOTE)
    assert await stores.visits.find(TEAM, "v0") == first
    assert (await stores.customers.get(TEAM, "c1")).last_contact_on == MONDAY
    assert await stores.followups.open_steps(TEAM, "c1") == []


async def test_the_same_form_sent_twice_is_one_visit(stores: Stores) -> None:
    """Also with other words in it: the first one counts, and the sender learns that it was not new."""
    await save(stores, make_visit(note=NOTE))
    assert await save(stores, make_visit(note="second try", on=MONDAY + timedelta(days=1))) == (
        make_visit(note=NOTE),
        False,
    )
    assert len(await stores.visits.latest(TEAM, "c1", 9)) == 1
    assert (await stores.customers.get(TEAM, "c1")).last_contact_on == MONDAY


async def test_a_double_click_is_one_visit(stores: Stores) -> None:
    """Of five at the same moment one is new."""
    outcomes = await asyncio.gather(*(save(stores, make_visit()) for _ in range(5)))
    assert sorted(is_new for _, is_new in outcomes) == [False, False, False, False, True]
    assert {visit for visit, _ in outcomes} == {make_visit()}


async def test_twenty_visits_saved_at_once_are_all_kept(stores: Stores) -> None:
    """Of one customer, whose clock ends on the newest, wherever in the crowd that was."""
    visits = [make_visit(id=f"v{each}", on=MONDAY - timedelta(days=each)) for each in range(20)]
    outcomes = await asyncio.gather(*(save(stores, each) for each in visits))
    assert all(is_new for _, is_new in outcomes)
    assert await stores.visits.latest(TEAM, "c1", 99) == visits
    assert (await stores.customers.get(TEAM, "c1")).last_contact_on == MONDAY


async def test_a_refused_visit_leaves_nothing(stores: Stores) -> None:
    """What decides may find that the customer is gone."""

    def refuse(*_: object) -> Consequences:
        raise FieldError("customer", "visit.error_customer_gone")

    with pytest.raises(FieldError):
        await stores.visits.record(TEAM, make_visit(), [], refuse)
    assert await keys_of(stores.redis) == []


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ((MONDAY, datetime(2026, 3, 2, 5, tzinfo=UTC)), (MONDAY, datetime(2026, 3, 2, 6, tzinfo=UTC))),
        ((MONDAY, datetime(2026, 3, 1, 23, 30, tzinfo=UTC)), (MONDAY, datetime(2026, 3, 2, 1, tzinfo=UTC))),
        ((MONDAY, datetime(2026, 3, 2, 7, tzinfo=UTC)), (MONDAY, datetime(2026, 3, 3, 1, tzinfo=UTC))),
        ((MONDAY, datetime(2027, 3, 2, 7, tzinfo=UTC)), (MONDAY, datetime(2027, 3, 2, 7, 1, tzinfo=UTC))),
        ((date(2026, 2, 2), datetime(2026, 3, 2, 9, tzinfo=UTC)), (MONDAY, datetime(2026, 3, 2, 8, tzinfo=UTC))),
    ],
    ids=["an hour later", "over midnight in UTC", "written on the next day", "written years later", "an older day"],
)
async def test_notes_come_newest_first(
    stores: Stores, older: tuple[date, datetime], newer: tuple[date, datetime]
) -> None:
    """By the day of the visit, and within a day by when they were written."""
    for name, (on, at) in {"a": newer, "b": older}.items():
        await save(stores, make_visit(id=name, on=on, created_at=at))
    assert [visit.id for visit in await stores.visits.latest(TEAM, "c1", 9)] == ["a", "b"]
    assert [visit.id for visit in await stores.visits.latest(TEAM, "c1", 1)] == ["a"]


async def test_words_about_a_customer_cannot_be_read_in_the_store(stores: Stores) -> None:
    """Notes, next steps in the note and in the follow-up."""
    visit = make_visit(note=NOTE, next_step=STEP, next_step_on=MONDAY)
    step = make_followup(title=STEP)
    await stores.visits.record(TEAM, visit, [], lambda *_: Consequences(make_customer(), (step,)))
    stored = await everything(stores.redis)
    assert "c1" in stored
    for words in ("客户嫌", "费率高", "商量", "成本", "测算"):
        assert words not in stored
        assert json.dumps(words).strip('"') not in stored, "nor spelled in escapes"


@pytest.mark.parametrize("field", ["note", "next_step"])
async def test_a_sealed_text_moved_to_another_note_does_not_open(stores: Stores, field: str) -> None:
    """Whoever can write to the store cannot put words into somebody's mouth."""
    for visit_id, note in (("v1", "short"), ("v2", "the real one")):
        await save(stores, make_visit(id=visit_id, note=note, next_step=note, next_step_on=MONDAY))
    rows = {each: json.loads(await stores.redis.get(keys.visit(TEAM, each)) or "") for each in ("v1", "v2")}
    rows["v1"][field] = rows["v2"][field]
    await stores.redis.set(keys.visit(TEAM, "v1"), json.dumps(rows["v1"]))
    with pytest.raises(FieldKeysError):
        await stores.visits.find(TEAM, "v1")


async def test_notes_outlive_a_change_of_keys(redis: Redis) -> None:
    """The new key in front, the old one behind; without the old one an old note stays shut."""
    old, new = new_key(), new_key()
    await save(Stores.on(redis, Sealer([old])), make_visit())
    rotated = Stores.on(redis, Sealer([new, old]))
    await save(rotated, make_visit(id="v2"))
    assert len(await rotated.visits.latest(TEAM, "c1", 9)) == 2
    only_new = Stores.on(redis, Sealer([new]))
    assert await only_new.visits.find(TEAM, "v2") == make_visit(id="v2")
    with pytest.raises(FieldKeysError):
        await only_new.visits.find(TEAM, "v1")


async def test_a_visit_creates_its_customer(stores: Stores) -> None:
    """What decides is told that there is none yet, and names it."""
    seen: list[Customer | None] = []

    def decide(customer: Customer | None, followups: Sequence[FollowUp]) -> Consequences:
        seen.append(customer)
        return Consequences(make_customer(), (make_contact(),))

    await stores.visits.record(TEAM, make_visit(), [], decide)
    assert seen == [None]
    assert [each.id for each in await stores.customers.owned_by(TEAM, [LIN])] == ["c1"]


FACTS = Facts(
    attendees=(Attendee.CFO,),
    signal_ids=("signal/quiet",),
    promises=(Promised(by=Side.THEIRS, text="发审计报告", due_on=MONDAY),),
    documents=(Document("审计报告", DocumentState.ASKED),),
    figures=(Figure(Decimal("8.5125"), Unit.PERCENT, Basis.ALL_IN),),
    risks=(RiskEvent.LAWSUIT,),
)


def edited(note: str, version: int = 2, by: str = LIN, change_id: str = "") -> Callable[[Visit], Visit]:
    """The next version, as the form of that id makes it."""
    changes = {"note": note, "version": version, "changed_by": by, "change_id": change_id or f"e-{note}"}

    def change(before: Visit) -> Visit:
        return before.model_copy(update={**changes, "changed_at": datetime(2026, 3, 3, 1, 0, tzinfo=UTC)})

    return change


async def test_what_was_confirmed_comes_back_and_cannot_be_read_in_the_store(stores: Stores) -> None:
    """Neither what was pasted, nor promises, papers and figures, nor what it adds to the needs."""
    visit = make_visit(pasted="很长的会议纪要", facts=FACTS)
    need = make_change(sentence="备货缺二百万", statement="缺备货款")
    await stores.visits.record(TEAM, visit, [], lambda *_: Consequences(make_customer(), (), (need,)))
    assert await stores.visits.find(TEAM, "v1") == visit
    assert await stores.needs.of(TEAM, "c1") == [need]
    stored = await everything(stores.redis)
    for words in ("会议", "审计", "8.5125", "lawsuit", "备货"):
        assert words not in stored
        assert json.dumps(words).strip('"') not in stored


def revised(visit: Visit) -> Callable[[Visit, Customer | None, Sequence[FollowUp]], Consequences]:
    return lambda _, customer, followups: contacted(visit)(customer, followups)


async def test_every_version_is_kept(stores: Stores) -> None:
    """The newest first, each sealed in its own place."""
    first = make_visit(facts=FACTS)
    await save(stores, first)
    for version, note in ((2, "第二版"), (3, "第三版")):
        await stores.visits.revise(TEAM, "v1", edited(note, version), [], revised(first))
    now = await stores.visits.find(TEAM, "v1")
    assert now is not None
    assert (now.note, now.version, now.written_by) == ("第三版", 3, LIN)
    before = await stores.visits.versions(TEAM, now)
    assert [each.note for each in before] == ["第二版", first.note]
    assert before[-1] == first
    assert len(await stores.visits.latest(TEAM, "c1", 9)) == 1
    assert "第二版" not in await everything(stores.redis)


async def test_a_change_sent_twice_is_one_version(stores: Stores) -> None:
    await save(stores, make_visit())
    outcomes = [await stores.visits.revise(TEAM, "v1", edited("第二版"), [], revised(make_visit())) for _ in range(2)]
    assert [is_new for _, is_new in outcomes] == [True, False]
    assert outcomes[0][0] == outcomes[1][0]


async def test_of_two_changes_at_once_one_is_told_of_the_other(stores: Stores) -> None:
    """With the note as it is then; nothing is overwritten."""
    await save(stores, make_visit())
    changes = [stores.visits.revise(TEAM, "v1", edited(each), [], revised(make_visit())) for each in ("甲", "乙")]
    outcomes = await asyncio.gather(*changes, return_exceptions=True)
    (error,) = [each for each in outcomes if isinstance(each, VisitChangedError)]
    stored = await stores.visits.find(TEAM, "v1")
    assert error.stored == stored
    assert stored is not None
    assert [each.note for each in await stores.visits.versions(TEAM, stored)] == [make_visit().note]


async def test_a_note_that_is_not_there_cannot_be_changed(stores: Stores) -> None:
    with pytest.raises(VisitNotFoundError):
        await stores.visits.revise(TEAM, "gone", edited("甲"), [], revised(make_visit()))
