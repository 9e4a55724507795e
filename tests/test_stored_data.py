"""What an earlier release has written, this one opens: nobody loses a note by upgrading."""

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot import assembly
from bot.domain import ruleform
from bot.domain.cadence import Counted
from bot.domain.customer import Tier
from bot.domain.customerform import Part, PartForm, customer_values, marks, part_values
from bot.domain.deal import DealResult
from bot.domain.entry import OwnerRole
from bot.domain.followup import Kind, SnoozeLength, SnoozeReason
from bot.domain.note import VisitForm
from bot.domain.notice import NoticeState
from bot.domain.ruleform import Subject
from bot.domain.tierform import values
from bot.domain.visit import Channel
from bot.domain.workspace import SCHEMA_VERSION, Retention
from bot.services import Services
from bot.settings import Settings
from bot.storage.embedded import EmbeddedStore
from bot.storage.keys import TTLS
from tests.fakes import FixedClock
from tests.fixtures.make_store import HERE, KEY, LIN, NOW, TEAM, ZHOU, fetch_profile, version
from tests.storage.nextrelease import known_to_it, write_on

RELEASES = sorted(path.name.removeprefix("store-") for path in HERE.glob("store-*"))


@pytest.fixture(scope="module", params=RELEASES)
def left_by(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A store on a copy of what that release left; only the last tests write."""
    data_dir = tmp_path_factory.mktemp("left")
    shutil.copytree(HERE / f"store-{request.param}" / "appendonlydir", data_dir / "store" / "appendonlydir")
    store = EmbeddedStore.start(data_dir)
    yield store.url
    store.stop()


@pytest.fixture
async def services(left_by: str, data_dir: Path) -> AsyncIterator[Services]:
    """This release's, on that store."""
    settings = Settings(_env_file=None, data_dir=data_dir, field_keys=(SecretStr(KEY),))
    async with assembly.core(settings, left_by, answers=False) as core:
        yield core.services(FixedClock(NOW), fetch_profile)


def test_every_release_leaves_a_store_to_open() -> None:
    """`python -m tests.fixtures.make_store` writes this one's; the older ones stay."""
    assert "0.1.0" in RELEASES
    assert version() in RELEASES


async def test_the_workspace_is_known_and_can_be_served(services: Services) -> None:
    """Opening it does not turn its schema back, and its settings hold."""
    await services.workspaces.open(TEAM)
    assert await services.workspaces.store.all_ids() == [TEAM]
    assert 1 <= await services.workspaces.store.schema(TEAM) <= SCHEMA_VERSION
    assert (await services.workspaces.settings(TEAM)).cadence.of(Tier.A).max_gap == 10
    audit = [*await services.workspaces.audit.unchained(TEAM), *await services.workspaces.audit.newest(TEAM)]
    assert {each.action for each in audit} >= {"roles.set", "visit.save"}
    assert (await services.workspaces.audit.verify(TEAM)).fault is None


async def test_people_keep_their_roles_and_languages(services: Services) -> None:
    found = [(each.user_id, each.team, sorted(each.roles), each.language) for each in await services.members.all(TEAM)]
    kept = [each for each in found if each[2]]
    assert kept == [(LIN, "East", ["account_manager"], "en"), (ZHOU, "East", ["admin", "team_lead"], None)]


async def test_customers_and_notes_can_be_read(services: Services) -> None:
    """With every sealed text, and found by every name."""
    lin = await services.members.actor(TEAM, LIN)
    (customer,) = await services.customers.named(lin, "yuanda")
    assert (customer.name, customer.tier, customer.industry) == ("远大纺织", Tier.A, "纺织")
    assert customer.last_contact_on == date(2026, 11, 2)
    (visit,) = (await services.customers.brief(lin, customer.id)).visits
    assert visit.note == "王总嫌费率高，想先试一笔。"
    assert (visit.next_step, visit.next_step_on) == ("发一份报价对比", date(2026, 11, 24))
    assert visit.objection_ids == ("cost/fee-too-high",)


async def test_what_is_due_is_still_due(services: Services) -> None:
    """The promised step today, the snoozed contact tomorrow."""
    lin = await services.members.actor(TEAM, LIN)
    (item,) = (await services.followups.due(lin)).own
    assert (item.followup.kind, item.followup.title) == (Kind.STEP, "发一份报价对比")
    contact = await services.followups.get(lin, "contact-c-yuanda")
    assert (contact.due_on, contact.shown_on) == (date(2026, 11, 12), date(2026, 11, 25))


async def test_digests_are_where_they_were(services: Services) -> None:
    """What was sent is not sent again, what was under way goes on, what was in trouble is listed."""
    days = [date(2026, 11, day) for day in (19, 20, 23, 24)]
    digests = [await services.nudges.find(TEAM, LIN, day) for day in days]
    states = [digest.state for digest in digests if digest]
    assert states == [NoticeState.SENT, NoticeState.UNCLEAR, NoticeState.FAILED, NoticeState.POSTING]
    assert {each.day for each in await services.notices.troubled(TEAM)} == {days[1], days[2]}
    assert [each.day for each in await services.notices.under_way(TEAM)] == [days[3]]
    assert await services.nudges.store.scheduled_people(TEAM) == [LIN]


async def test_kept_questions_can_be_read(services: Services) -> None:
    kept = await services.gaps.questions.since(TEAM, datetime(2026, 1, 1, tzinfo=UTC))
    assert [each.text for each in kept] == ["你们能不能也做保险经纪？"]


@pytest.mark.parametrize("left_by", [each for each in RELEASES if each != "0.1.0"], indirect=True)
async def test_changes_to_the_playbook_stay_in_force(services: Services) -> None:
    """Retired with four eyes, with its history and its owners."""
    assert (await services.playbook.library(TEAM)).playbook.find("need/not-now") is None
    (revision,) = await services.revisions.history(TEAM, "need/not-now")
    assert (revision.author_id, revision.decided_by, revision.why) == (ZHOU, "U06CHIEF", "并入另一条")
    assert (await services.workspaces.settings(TEAM)).owners[OwnerRole.PRICING] == (ZHOU,)


@pytest.mark.parametrize("left_by", [each for each in RELEASES if each >= "0.5.0"], indirect=True)
async def test_tiers_deals_absences_and_the_installation_are_kept(services: Services) -> None:
    """A tier by hand with its figures, a deal with its sum, and who stands in before Christmas."""
    lin = await services.members.actor(TEAM, LIN)
    explained = await services.tiering.explained(lin, "c-hengtong")
    assert (explained.customer.tier, explained.record.inputs.volume_12m) == (Tier.B, Decimal(400))
    assert explained.record.override is not None
    assert explained.record.override.reason == "年底前多走动"
    (deal,) = (await services.deals.to_record(lin, "c-hengtong"))[1]
    assert (deal.result, deal.volume) == (DealResult.SIGNED, Decimal(4_000_000))
    away = (await services.members.find(TEAM, LIN)).away
    assert away is not None
    assert (away.first_on, away.last_on) == (date(2026, 12, 21), date(2026, 12, 25))


def test_temporary_keys_are_gone_before_a_release_is() -> None:
    """The fixtures are opened long after they were written, so no test of them may rest on a temporary key."""
    assert max(TTLS.values()) < 30 * 24 * 3600


async def test_the_follow_ups_it_did_not_know_come_with_a_recount(services: Services) -> None:
    """From its notes and customers; what was put off stays so, and the second time nothing is left to do."""
    assert (await services.recounts.run(TEAM), await services.recounts.run(TEAM)) == (2, 0)
    lin = await services.members.actor(TEAM, LIN)
    contact = await services.followups.get(lin, "contact-c-yuanda")
    assert (contact.due_on, contact.shown_on) == (date(2026, 11, 12), date(2026, 11, 25))
    assert contact.explanation is not None
    assert (contact.explanation.counted, contact.explanation.counted_from) == (Counted.VISIT, date(2026, 11, 2))
    objection = await services.followups.get(lin, "objection-c-yuanda-cost/fee-too-high")
    assert (objection.due_on, objection.since) == (date(2026, 11, 27), date(2026, 11, 2))
    review = await services.followups.get(lin, "review-c-yuanda")
    assert review.due_on == date(2027, 2, 24)


async def test_what_the_next_release_knows_outlives_a_working_day(services: Services) -> None:
    """It has added to every record and every part of one; but for how a day came about, which is counted anew."""
    store, sealer = services.workspaces.store.redis, services.visits.store.sealer
    lin, zhou = await services.members.actor(TEAM, LIN), await services.members.actor(TEAM, ZHOU)
    await write_on(store, sealer)
    before = await known_to_it(store, sealer)
    (brief,) = (await services.customers.brief(lin, "c-yuanda")).visits
    form = VisitForm(
        form_id="V9FIXTURE", customer="c-hengtong", on=date(2026, 11, 24), channel=Channel.PHONE, note="还在比价。"
    )
    await services.visits.save(lin, form)
    await services.visits.revise(
        lin, brief.id, brief.version, replace(form, form_id="V8FIXTURE", on=brief.on, channel=brief.channel)
    )
    found = await services.dossiers.to_edit(lin, "c-yuanda")
    opened = customer_values(found.customer, found.details)
    await services.dossiers.edit(lin, "c-yuanda", marks(opened), {**opened, "industry": "家纺"})
    for person in found.contacts:
        opened = part_values(Part.CONTACT, person)
        typed = {**opened, "reach": "13900000000"}
        await services.dossiers.keep_part(lin, "c-yuanda", PartForm(Part.CONTACT, person.id, marks(opened), typed))
    opened = values(found.tiering.inputs)
    await services.tiering.tell(lin, "c-yuanda", marks(opened), {**opened, "volume_12m": "300"})
    opened = ruleform.values(await services.workspaces.settings(TEAM), Subject.TIER_A)
    await services.rules.save(zhou, Subject.TIER_A, marks(opened), {**opened, "grace": "3"})
    await services.retention.settle(TEAM, Retention(customer_days=None), by="fixture")
    contact = await services.followups.get(lin, "contact-c-hengtong")
    await services.finishing.snooze(lin, contact.id, SnoozeLength.ONE_DAY, SnoozeReason.OTHER, contact.turn)
    await services.members.set_language(lin, "zh")
    await services.recounts.run(TEAM)
    lost = before - await known_to_it(store, sealer)
    assert [each for each in lost if not each.endswith((" explanation", ":recount"))] == []
