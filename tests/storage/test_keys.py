"""Keys: each in its workspace's slot, and the temporary ones with an end."""

import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from redis.crc import key_slot

from bot.domain.assistant import Talk
from bot.domain.audit import AuditRow
from bot.domain.case import Case
from bot.domain.customer import Details, FlagChange, Risk, Tier
from bot.domain.deal import Deal, DealKind
from bot.domain.dossier import Dossier
from bot.domain.draft import Draft, KeptDraft
from bot.domain.entry import OwnerRole
from bot.domain.erasure import Erased, Subject
from bot.domain.escalation import Escalation, Week, week_of
from bot.domain.escalation import Outcome as Answered
from bot.domain.facts import Attendee, RiskEvent
from bot.domain.followup import FollowUp, Kind
from bot.domain.installation import Installation
from bot.domain.ladder import Trigger
from bot.domain.load import LoadRules
from bot.domain.notice import NoticeKind
from bot.domain.nudge import digest_key
from bot.domain.objection import Outcome
from bot.domain.question import LastAsked
from bot.domain.tierinputs import TierInputs
from bot.domain.tierrecord import Asked, Override, TierRecord
from bot.domain.undo import Undo
from bot.domain.usage import Use
from bot.domain.user import Member, Profile
from bot.domain.visit import Facts
from bot.domain.webhook import Delivery, Endpoint, EventType
from bot.domain.workspace import WorkspaceSettings
from bot.storage import keys
from bot.storage.assistant import AssistantStore
from bot.storage.deals import DealStore
from bot.storage.escalations import EscalationStore, Plan
from bot.storage.followups import put_followup
from bot.storage.installations import InstallationStore
from bot.storage.objections import put_outcome
from bot.storage.privacy import PrivacyStore
from bot.storage.records import Batch, Records
from bot.storage.recounts import RecountStore
from bot.storage.visits import Consequences
from bot.storage.webhooks import Happened
from tests.builders import (
    LIN,
    MONDAY,
    make_change,
    make_contact,
    make_contact_person,
    make_customer,
    make_digest,
    make_followup,
    make_question,
    make_revision,
    make_visit,
)
from tests.storage.conftest import Stores
from tests.storage.reading import keys_of

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OUTSIDE = {"oauth_state"}
"""Whoever installs the app belongs to no workspace yet."""
SPELLERS = {
    name: each
    for name, each in inspect.getmembers(keys, inspect.isfunction)
    if not name.startswith("_") and name not in OUTSIDE
}
TEMPORARY = {
    "profile": "profile",
    "seen": "seen",
    "digest-lease": "lease",
    "escalation-lease": "lease",
    "receipt": None,
    "last-asked": "last-asked",
    "talk": "talk",
    "direct": "direct",
    "escalation-week": "escalation-week",
    "notices-of": "notices-of",
    "vote": "vote",
    "draft": "draft",
    "undo": "undo",
    "drafts": "draft",
    "plain-feedback": "plain-feedback",
}
"""Kinds of keys that end, with their entry in TTLS; receipts have a life of their own."""

NOT_EVERY_DAY = {"*", "*user_id*", "audit", "kind", "kind-lease", "pace", "requests", "parked", "ended"} | {
    *("renewal", "organised", "organisation", "removed", "first-run")
}
"""What no working day leaves behind: patterns, kinds with a name of this test, those of earlier releases, what lasts
for a second or while Slack refuses the token, customers that are none any more, and what comes with installing."""

TIERED = TierRecord(
    inputs=TierInputs(volume_12m=Decimal(400), source="typed", by=LIN),
    override=Override(tier=Tier.B, reason="年底前先缓一缓", until=MONDAY, by=LIN),
    asked=Asked(id="a1", on=MONDAY, score=Decimal(81)),
)
FLAGGED = FlagChange(id="f1", at=NOW, by=LIN, before=Risk.GREEN, after=Risk.RED, reason="确权章看起来不对")


def spelled(speller: Callable[..., str], team_id: str) -> str:
    """With a value for each of its arguments."""
    values = {"notice_key": "kind:notice", "day": MONDAY}
    return speller(team_id, *(values.get(name, name) for name in list(inspect.signature(speller).parameters)[1:]))


@pytest.mark.parametrize("name", SPELLERS)
def test_a_key_lies_in_its_workspaces_slot(name: str) -> None:
    """Whatever its other parts are, so that one batch can write to all of them on a Cluster."""
    key = spelled(SPELLERS[name], "T1")
    assert key.startswith("factormate:{T1}:")
    assert key_slot(key.encode()) == key_slot(b"T1")
    assert key != spelled(SPELLERS[name], "T2")


def test_no_two_kinds_of_keys_are_alike() -> None:
    """Nor can one's parts be read as another's."""
    assert len({spelled(each, "T1") for each in SPELLERS.values()}) == len(SPELLERS)
    assert keys.customer("T1", "v1") != keys.visit("T1", "v1")


async def use(stores: Stores, team_id: str) -> None:
    """A day in a workspace: everything that writes, once."""
    customer, step = make_customer(), make_followup()
    visit = make_visit(pasted="会议纪要", facts=Facts(attendees=(Attendee.CFO,)))
    await stores.workspaces.open(team_id)
    installed = Installation(home_id=team_id, bot_id="B1", bot_user_id="U0BOT", installed_at=NOW, token="xoxb-1")
    await InstallationStore(Records(stores.redis), stores.customers.sealer).save(installed, [team_id])
    await stores.workspaces.begin(team_id, NOW)
    await stores.workspaces.save_settings(team_id, WorkspaceSettings())
    await stores.cases.open(
        team_id,
        Case(id="k1", customer_id=customer.id, reader_ids=(LIN,), opened_by=LIN, opened_at=NOW, reason="请看一下"),
    )
    await stores.webhooks.save(
        team_id,
        Endpoint(id="e1", url="https://crm.example.com/", secret="whsec_c2VjcmV0", events=frozenset(EventType)),
    )
    await stores.audit.append(team_id, AuditRow(NOW, LIN, "visit.save", "v1"))
    await AssistantStore(Records(stores.redis)).keep(team_id, LIN, ["top"], Talk(entry_id="cost/fee-too-high"))
    for handled in (True, False):
        assert await stores.workspaces.claim(team_id, f"event:{handled}")
        await stores.workspaces.settle(team_id, f"event:{handled}", handled=handled)
    assert await stores.workspaces.claim(team_id, "event:under way")
    await stores.members.change(team_id, LIN, lambda found: found.model_copy(update={"stand_in_id": "U02CHEN"}))
    dossier = Dossier(customer, followups=(step,))
    await stores.undo.keep(team_id, Undo.of(step.id, LIN, NOW, dossier, dossier))
    await stores.members.cache_profile(team_id, LIN, Profile(name="Lin", tz="Asia/Shanghai"))
    await stores.customers.create(team_id, customer, make_contact())
    await stores.customers.change(team_id, customer.id, lambda found: found.contacted(MONDAY))
    deal = Deal(id="new-c1", kind=DealKind.NEW, customer_id="c1", owner_id=LIN, began_on=MONDAY, volume=Decimal(8))
    stores.deals.put(batch := Batch(), team_id, deal)
    await stores.deals.records.commit(batch)
    await stores.dossiers.change(
        team_id,
        customer.id,
        lambda found: replace(
            found,
            details=Details(quiet_reason="年审", flags=(FLAGGED,)),
            contacts=(make_contact_person(),),
            tiering=TIERED,
        ).with_change(make_change()),
        (keys.handover(team_id, "V1"), LIN),
    )
    await stores.visits.record(team_id, visit, [], lambda *_: Consequences(customer, (make_contact(), step)))
    await stores.visits.revise(
        team_id,
        visit.id,
        lambda found: found.model_copy(update={"version": 2, "change_id": "e1"}),
        [],
        lambda *_: Consequences(customer, ()),
    )
    await stores.drafts.keep(team_id, LIN, KeptDraft("d1", NOW, NOW, Draft(note="嫌费率高")), "v9")
    outcome = Outcome(visit_id=visit.id, entry_id="cost/fee-too-high", held=True, by=LIN, on=MONDAY)
    batch = Batch()
    put_outcome(batch, team_id, customer.id, outcome)
    await stores.followups.records.commit(batch)
    await stores.followups.change(team_id, step.id, lambda found: found)
    await stores.nudges.schedule(team_id, LIN, NOW)
    for user_id in (LIN, "U2", "U3"):
        await stores.notices.plan(team_id, make_digest(user_id=user_id), NOW)
    await stores.notices.change(team_id, digest_key(LIN, MONDAY), lambda found: found.sent("1.2"), NOW)
    await stores.notices.change(team_id, digest_key("U2", MONDAY), lambda found: found.unclear("?"), NOW)
    about = make_digest(kind=NoticeKind.ESCALATION, ref=f"{step.id}:lead", customer_id=customer.id)
    await stores.notices.plan(team_id, about, NOW)
    await escalate(
        stores,
        team_id,
        make_followup(
            id="risk-c1-fraud",
            kind=Kind.RISK,
            subject=next(each for each in RiskEvent if each.is_hard),
            customer_id=customer.id,
        ),
    )
    await stores.notices.remember_direct(team_id, LIN, "D01LIN")
    for each in (make_digest(), about):
        assert await stores.notices.lease(team_id, each.key, "worker")
    await RecountStore(Records(stores.redis)).set_rules(
        team_id, WorkspaceSettings(), lambda found: found.model_copy(update={"load": LoadRules(week_visits=9)})
    )
    await stores.workspaces.set_owners(team_id, OwnerRole.PRICING, (LIN,))
    for revision_id in ("r1", "r2"):
        await stores.revisions.save(team_id, make_revision(revision_id))
    await stores.revisions.decide(team_id, "r1", lambda found: found.approved("U9", NOW))
    for question_id in ("q1", "q2"):
        await stores.questions.keep(team_id, make_question(id=question_id))
    await stores.gaps.put(team_id, "q1", "g1")
    asked = LastAsked(id="a1", asked_at=NOW, text="能用比特币付吗", shown=(), near=())
    await stores.questions.swap_last_asked(team_id, LIN, asked)
    await stores.usage.count(team_id, Use.ASKED, ["cost/fee-too-high"], MONDAY)
    await stores.usage.vote(team_id, "vote1", "cost/fee-too-high", Use.UP, MONDAY)
    await stores.usage.remember_plain(team_id)
    await PrivacyStore(Records(stores.redis), stores.questions.sealer).note(
        team_id, Erased(id="e1", subject=Subject.PERSON, at=NOW, salt="salt", hash="00")
    )
    await stores.retirements.name(team_id, {"cost/fee-too-high": MONDAY})
    deal = Deal(
        id=f"new-{customer.id}-{MONDAY}",
        kind=DealKind.NEW,
        customer_id=customer.id,
        owner_id=LIN,
        began_on=MONDAY,
        volume=Decimal(4_000_000),
    )
    records = Records(stores.redis)
    DealStore(records, stores.customers.sealer).put(batch := Batch(), team_id, deal)
    await records.commit(batch)
    await deliver(stores, team_id)
    await stores.customers.change(team_id, customer.id, lambda found: found.contacted(MONDAY + timedelta(days=1)))


async def deliver(stores: Stores, team_id: str) -> None:
    """What has happened is on its way to a system that does not answer; one message was given up."""

    def split(happened: Happened) -> list[Delivery]:
        type_, subject_id = happened
        return [
            Delivery(
                id=f"{type_}.{subject_id}-e1",
                event_id="m1",
                type=type_,
                subject_id=subject_id,
                at=NOW,
                endpoint_id="e1",
            )
        ]

    await stores.webhooks.hand_out(team_id, split, NOW)
    under_way = [each for each in await stores.webhooks.due(team_id, NOW) if each.subject_id == "c1"]
    for each in under_way:
        await stores.webhooks.give_up(team_id, each, each.failed("timeout"), NOW)


async def escalate(stores: Stores, team_id: str, followup: FollowUp) -> None:
    """Somebody up the line was asked and has answered; another one waits for the weekly report."""
    records = Records(stores.redis)
    batch = Batch()
    put_followup(batch, team_id, followup, stores.followups.sealer)
    await records.commit(batch)
    escalations = EscalationStore(records)
    about = Escalation(
        followup_id=followup.id,
        customer_id=followup.customer_id,
        owner_id=LIN,
        trigger=Trigger.RISK,
        since=MONDAY,
        began_on=MONDAY,
    )
    plan = Plan(about, {"U2": Week(sent=1, held=(followup.id, "step-1"))}, ())
    await escalations.plan(team_id, followup.id, {"U2": week_of(MONDAY)}, (), lambda _: plan, NOW)
    batch = Batch()
    put_followup(batch, team_id, followup, stores.followups.sealer)
    await records.commit(batch)
    await escalations.answer(team_id, followup.id, lambda found: found.answered("U2", MONDAY, Answered.TAKEN), NOW)


async def test_every_key_names_its_workspace_and_the_temporary_ones_end(stores: Stores) -> None:
    """All keys that a working day leaves behind, looked at one by one."""
    await use(stores, "T1")
    found = await keys_of(stores.redis)
    assert {key for key in found if "{T1}" not in key} == {keys.WORKSPACES, keys.INSTALLED, keys.BUSY}
    kinds = {key: key.split(":")[2] for key in found if "{T1}" in key}
    lives = {key: await stores.redis.ttl(key) for key in found}
    for key, kind in kinds.items():
        if kind in TEMPORARY:
            assert 0 < lives[key] <= keys.TTLS.get(TEMPORARY[kind] or "", 60), key
        else:
            assert lives[key] == -1, key
    assert lives[keys.WORKSPACES] == -1
    assert set(TEMPORARY) <= set(kinds.values())


async def test_a_working_day_writes_every_kind_of_key(stores: Stores) -> None:
    """So that what is said of keys here, and of erasing them, is said of all."""
    await use(stores, "T1")
    kinds = {key.split(":")[2] for key in await keys_of(stores.redis) if "{T1}" in key}
    assert {spelled(each, "T1").split(":")[2] for each in SPELLERS.values()} - kinds == NOT_EVERY_DAY


async def test_a_delivery_under_way_is_held_shortly(stores: Stores) -> None:
    """When its handler died, Slack's retry a minute later gets through; a handled one is remembered for a day."""
    await use(stores, "T1")
    lives = {each: await stores.redis.ttl(keys.seen("T1", f"event:{each}")) for each in ("under way", "True", "False")}
    assert 0 < lives["under way"] <= keys.TTLS["working"] < 60
    assert lives["True"] > timedelta(days=1).total_seconds()
    assert lives["False"] == -2, "a failed one is forgotten"


async def test_workspaces_never_see_each_other(stores: Stores) -> None:
    """The same ids in two workspaces are different records; a third one is empty."""
    await use(stores, "T1")
    await use(stores, "T2")
    await stores.customers.change("T2", "c1", lambda found: found.model_copy(update={"industry": "T2 only"}))
    assert (await stores.customers.get("T1", "c1")).industry == ""
    assert await stores.workspaces.all_ids() == ["T1", "T2"]
    assert await stores.customers.find("T3", "c1") is None
    assert await stores.customers.owned_by("T3", [LIN]) == []
    assert await stores.customers.named("T3", [LIN], "远大纺织") == []
    assert await stores.dossiers.find("T3", "c1") is None
    assert await stores.needs.of("T3", "c1") == []
    assert await stores.objections.outcomes("T3", "c1") == []
    assert await stores.visits.find("T3", "v1") is None
    assert await stores.visits.latest("T3", "c1", 3) == []
    assert await stores.visits.versions("T3", make_visit(version=2)) == []
    assert await stores.drafts.latest("T3", LIN, 9, NOW) == []
    assert await stores.followups.due("T3", LIN, date(2027, 1, 1)) == []
    assert await stores.followups.open_steps("T3", "c1") == []
    assert await stores.notices.find("T3", digest_key(LIN, MONDAY)) is None
    assert await stores.notices.open("T3") == []
    assert await stores.notices.troubled("T3") == []
    assert await stores.nudges.scheduled_people("T3") == []
    assert await stores.questions.since("T3", NOW - timedelta(days=9)) == []
    assert await stores.revisions.pending("T3") == []
    assert await stores.revisions.history("T3", "cost/fee-too-high") == []
    assert await stores.revisions.own_entries("T3") == {}
    assert await stores.questions.ungrouped("T3", 9) == []
    assert await stores.gaps.latest("T3", 9) == []
    assert await stores.usage.months("T3", ["2026-03"]) == []
    assert await stores.retirements.named("T3") == {}
    assert await stores.workspaces.began_at("T3") is None
    assert await stores.members.all("T3") == []
    assert await stores.members.load("T3", LIN) == (Member(user_id=LIN), None, ())
    assert await stores.audit.newest("T3") == []
    assert await stores.workspaces.schema("T3") == 0
    assert await stores.workspaces.claim("T3", "event:True")
