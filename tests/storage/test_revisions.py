"""Changes to a workspace's playbook: kept, decided once, and in force from that moment."""

import json
from datetime import UTC, datetime

import pytest

from bot.domain.revision import Change, Revision, State
from bot.errors import OwnRevisionError, RevisionDecidedError, RevisionNotFoundError, RevisionOutdatedError
from bot.storage import keys
from bot.storage.revisions import RevisionStore
from tests.builders import LIN, TEAM, make_revision
from tests.storage.conftest import Stores

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ZHOU = "U02ZHOU"


@pytest.fixture
def store(stores: Stores) -> RevisionStore:
    return stores.revisions


async def test_an_approved_revision_is_in_force(store: RevisionStore) -> None:
    """The own entry and its version appear together with the decision."""
    await store.save(TEAM, make_revision())
    assert [each.id for each in await store.pending(TEAM)] == ["r1"]
    assert await store.version(TEAM) is None
    decided = await store.decide(TEAM, "r1", lambda found: found.approved(ZHOU, NOW))
    assert (decided.state, decided.decided_by) == (State.APPROVED, ZHOU)
    assert await store.pending(TEAM) == []
    assert await store.version(TEAM) == "r1"
    own = await store.own_entries(TEAM)
    assert own["cost/fee-too-high"].entry == make_revision().entry
    assert await store.own_entries("T2") == {}


async def test_one_sent_back_changes_nothing(store: RevisionStore) -> None:
    await store.save(TEAM, make_revision())
    await store.decide(TEAM, "r1", lambda found: found.sent_back(ZHOU, NOW, "缺来源"))
    assert (await store.get(TEAM, "r1")).reason == "缺来源"
    assert await store.own_entries(TEAM) == {}
    assert [each.id for each in await store.history(TEAM, "cost/fee-too-high")] == ["r1"]


async def test_four_eyes_and_one_decision(store: RevisionStore) -> None:
    """Nobody approves one's own; the second to decide is told."""
    await store.save(TEAM, make_revision())
    with pytest.raises(OwnRevisionError):
        await store.decide(TEAM, "r1", lambda found: found.approved(LIN, NOW))
    await store.decide(TEAM, "r1", lambda found: found.approved(ZHOU, NOW))
    with pytest.raises(RevisionDecidedError):
        await store.decide(TEAM, "r1", lambda found: found.sent_back(ZHOU, NOW, "no"))
    with pytest.raises(RevisionNotFoundError):
        await store.decide(TEAM, "r9", lambda found: found.approved(ZHOU, NOW))


async def test_a_change_written_on_an_older_version_is_not_approved(store: RevisionStore) -> None:
    """Else it would silently undo what was approved meanwhile."""
    for revision_id in ("r1", "r2"):
        await store.save(TEAM, make_revision(revision_id))
    await store.decide(TEAM, "r1", lambda found: found.approved(ZHOU, NOW))
    with pytest.raises(RevisionOutdatedError):
        await store.decide(TEAM, "r2", lambda found: found.approved(ZHOU, NOW))
    await store.save(TEAM, make_revision("r3", replaces="r1", change=Change.RETIRE, values=None))
    await store.decide(TEAM, "r3", lambda found: found.approved(ZHOU, NOW))
    assert (await store.own_entries(TEAM))["cost/fee-too-high"].entry is None


async def test_saved_twice_is_one(store: RevisionStore) -> None:
    """A form sent twice; the second does not bring a decided one back."""
    await store.save(TEAM, make_revision())
    await store.decide(TEAM, "r1", lambda found: found.approved(ZHOU, NOW))
    await store.save(TEAM, make_revision())
    assert (await store.get(TEAM, "r1")).state is State.APPROVED
    assert await store.pending(TEAM) == []


async def test_still_right_in_between_does_not_outdate_a_change(store: RevisionStore) -> None:
    """It changes no word; a change of words does."""
    entry = make_revision().entry
    assert entry is not None
    await store.save(TEAM, make_revision())
    for number, replaces in enumerate((None, "v0")):
        checked = Revision.verified(f"v{number}", entry, replaces, ZHOU, NOW, NOW.date())
        await store.enforce(TEAM, checked)
    assert await store.is_unchanged(TEAM, "v1", None)
    await store.decide(TEAM, "r1", lambda found: found.approved(ZHOU, NOW))
    assert not await store.is_unchanged(TEAM, "r1", "v1")
    with pytest.raises(RevisionOutdatedError):
        await store.enforce(TEAM, Revision.verified("v2", entry, "v1", ZHOU, NOW, NOW.date()))
    assert [each.id for each in await store.history(TEAM, entry.id)] == ["r1", "v0", "v1"]


async def test_what_was_typed_is_sealed(store: RevisionStore, stores: Stores) -> None:
    """An entry may quote a customer, a reason may name one."""
    await store.save(TEAM, make_revision(why="远大纺织的李总问的"))
    await store.decide(TEAM, "r1", lambda found: found.approved(ZHOU, NOW))
    assert (await store.get(TEAM, "r1")).why == "远大纺织的李总问的"
    for key in (keys.revision(TEAM, "r1"), keys.own_entry(TEAM, "cost/fee-too-high")):
        stored = json.loads(await stores.revisions.records.get(key) or "{}")
        assert stored.keys().isdisjoint({"values", "why", "reason"})
        assert "远大" not in repr(stored)
