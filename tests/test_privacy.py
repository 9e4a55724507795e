"""What people typed into Slack is found in the store before it is erased, and nowhere after: not in any value of any
kind, opened with the keys, and not in the file on the disk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from redis.asyncio import Redis

from bot.domain.draft import NEW
from bot.domain.note import VisitForm
from bot.domain.user import Role
from bot.jobs import DOCKET
from bot.sandbox import ActingPerson, Message
from bot.storage.connection import connect
from bot.storage.durability import rewrite_log
from bot.storage.embedded import EmbeddedStore
from bot.storage.kinds import kind_of, opened, with_sealed
from bot.storage.sealing import Sealer
from bot.views import entryform as forms
from bot.views import feedback as feedback_views
from bot.views import playbook as playbook_views
from tests.fakes import FixedClock
from tests.handlers.reading import element, entered, press
from tests.handlers.test_visit_customers import pick
from tests.storage.reading import content, keys_of
from tests.world import FIELD_KEY, GRACE, LIN, TEAM, ZHOU, World, opened_world

EAST: Final = "C01EAST"
NAME, NICK, NOTE, STEP = "青鸾独角纺织厂", "Qingluan", "老板出差了，月底再谈", "送一份青鸾对账样本"
DRAFT, CHANGED = "还没写完的草稿", "老板回来了，月初就谈"
OF_THE_CUSTOMER: Final = (NAME, NICK, NOTE, STEP, DRAFT, CHANGED)


@asynccontextmanager
async def bot_on(store: EmbeddedStore, models_dir: Path) -> AsyncIterator[World]:
    """Zhou may approve changes to the playbook."""
    async with opened_world(store.url, models_dir, FixedClock("2026-11-24T10:00:00+08:00")) as world:
        roles = frozenset({Role.TEAM_LEAD, Role.EDITOR, Role.APPROVER})
        await world.services.members.set_roles(TEAM, ZHOU, roles, "East", by="test")
        yield world


async def a_day(world: World) -> str:
    """Everything people can type that is kept; the id of the customer it is about."""
    lin, grace, zhou = (world.slack.person(each) for each in (LIN, GRACE, ZHOU))
    await lin.command("/visit")
    view = await pick(lin, lin.views()[-1], NAME, f"{NEW}{NAME}")
    values = entered(view, note=NOTE, next_step=STEP, next_step_on="2026-11-25", new_tier="B")
    assert not (await lin.submit(view, values)).errors
    (customer,) = await world.services.customers.named(await world.services.members.actor(TEAM, LIN), NAME)
    await changes(world, customer.id)
    await lin.command("/visit", f"{NAME} {DRAFT}")
    await world.quiet()
    aliased = customer.model_copy(update={"aliases": (NICK,)})
    await world.services.customers.customers.change(TEAM, customer.id, lambda _: aliased)
    await mentions(world, grace)
    await asks(world, grace, "能用独角兽付款吗")
    await asks(world, lin, "能用独角兽付款吗")
    await suggests(world, lin)
    await world.services.nudges.join(TEAM, LIN)
    world.clock.set("2026-11-26T10:00:00+08:00")
    await world.running.sweep()
    await world.slack.wait_for(lambda: next(iter(m for m in lin.dm_messages() if NAME in str(m.blocks)), None))
    await zhou.command("/customer", NAME)
    await world.quiet()
    return customer.id


async def changes(world: World, customer_id: str) -> None:
    """The note has another version, and what it was is kept."""
    actor = await world.services.members.actor(TEAM, LIN)
    (visit,) = await world.services.visits.store.latest(TEAM, customer_id, 9)
    form = VisitForm("V2", customer_id, visit.on, visit.channel, CHANGED)
    await world.services.visits.revise(actor, visit.id, visit.version, form)


async def mentions(world: World, grace: ActingPerson) -> None:
    """A note of a colleague on another customer."""
    await grace.command("/visit")
    view = await pick(grace, grace.views()[-1], "另一家公司", f"{NEW}另一家公司")
    note = f"{NAME}介绍来的，<@{LIN}> 认识 {NICK} 的老板"
    assert not (await grace.submit(view, entered(view, note=note, new_tier="B"))).errors


async def asks(world: World, person: ActingPerson, line: str) -> None:
    """In vain; then a play that does not help, and what was missing."""
    await person.command("/objection", line, EAST)
    await world.quiet()
    message = await answer(person, "客户嫌费率高")
    await press(person, message, feedback_views.VOTE, selected="negative")
    view = person.views()[-1]
    assert not (await person.submit(view, entered(view, missing=f"{NICK} 问提前还款"))).errors
    await world.quiet()


async def suggests(world: World, person: ActingPerson) -> None:
    """A change that names the customer, with why."""
    message = await answer(person, "客户嫌费率高")
    menu = element(message, playbook_views.MENU)
    chosen = next(each for each in menu["options"] if each["value"].startswith(f"{playbook_views.EDIT}:"))
    await person.press(message, menu["action_id"], selected=chosen)
    view = person.views()[-1]
    values = {"say.zh": f"我们给{NAME}算过一笔账。", forms.WHY: f"{NICK} 这样谈成的"}
    result = await person.submit(view, entered(view, **values))
    assert not result.errors
    await world.quiet()


async def answer(person: ActingPerson, line: str) -> Message:
    await person.command("/objection", line, EAST)
    return person.messages(EAST)[-1]


async def readable(redis: Redis) -> dict[str, str]:
    """Every key of the whole store with all that is in it, opened."""
    sealer, found = Sealer([FIELD_KEY]), {}
    for key in await keys_of(redis):
        if key.startswith(DOCKET):
            found[key] = str(await redis.execute_command("DUMP", key, NEVER_DECODE=True))  # type: ignore[no-untyped-call]
        else:
            held = await content(redis, key)
            found[key] = f"{opened(sealer, key, held) if isinstance(held, str) else held}"
    return found


async def sealed_with(redis: Redis, *words: str) -> set[bytes]:
    """Sealed values, as they are stored, in which one of the words stands."""
    sealer, found = Sealer([FIELD_KEY]), set()

    def step(sealed: str, place: str) -> str:
        if any(word in sealer.open(sealed, place) for word in words):
            found.add(sealed.encode())
        return sealed

    for key in await keys_of(redis):
        if not key.startswith(DOCKET) and isinstance(row := await content(redis, key), str):
            with_sealed(key, row, step)
    return found


def kinds_with(found: dict[str, str], *words: str) -> set[str]:
    return {
        DOCKET if key.startswith(DOCKET) else kind_of(key)
        for key, text in found.items()
        if any(word.casefold() in f"{key} {text}".casefold() for word in words)
    }


def on_disk(data_dir: Path) -> bytes:
    return b"".join(path.read_bytes() for path in (data_dir / "store" / "appendonlydir").iterdir())


async def test_what_was_typed_is_erased_everywhere(data_dir: Path, models_dir: Path) -> None:
    """First the customer, then the person; the bot goes on working all the while."""
    store = EmbeddedStore.start(data_dir)
    try:
        async with bot_on(store, models_dir) as world:
            customer_id = await a_day(world)
            redis = await connect(store.url)
            await redis.config_set("aof-use-rdb-preamble", "no")  # as words, to be searched
            before, disk = await readable(redis), on_disk(data_dir)
            assert kinds_with(before, *OF_THE_CUSTOMER) >= {"customer", "customers", "visit", "followup", "revision"}
            assert kinds_with(before, LIN) >= {
                *("member", "members", "profile", "customers", "due", "visit", "followup", "question", "revision"),
                *("digest", "digest-times", "last-asked", "seen", DOCKET),
            }
            assert all(each.encode() in disk for each in (NAME, NICK, LIN))
            assert [each for each in (NOTE, STEP, DRAFT, CHANGED) if each.encode() in disk] == []  # sealed
            sealed = await sealed_with(redis, *OF_THE_CUSTOMER)
            assert len(sealed) >= 4
            assert all(token in disk for token in sealed)

            privacy = world.services.privacy
            (customer,) = await privacy.customers(TEAM, NAME)
            names = await privacy.names_to_hide(TEAM, customer)
            done = await privacy.erase_customer(TEAM, customer.id, names, by="test")
            assert done.keys() >= {"customer", "visit", "followup", "revision", "digest"}
            await privacy.erase_person(TEAM, LIN, ("林悦",), by="test")
            assert await privacy.store.forget_jobs(DOCKET, LIN) > 0
            assert await rewrite_log(redis)

            after, disk = await readable(redis), on_disk(data_dir)
            assert kinds_with(after, *OF_THE_CUSTOMER, "林悦") == set()
            assert kinds_with(after, customer_id) == {"audit-chain", "erasure"}
            assert kinds_with(after, LIN) == {"audit-chain"}
            assert [each for each in (*OF_THE_CUSTOMER, "林悦") if each.encode() in disk] == []
            assert [token for token in sealed if token in disk] == []
            assert (await world.services.workspaces.audit.verify(TEAM)).fault is None
            actor = await world.services.members.actor(TEAM, GRACE)
            (other,) = await world.services.customers.named(actor, "另一家公司")
            (visit,) = (await world.services.customers.brief(actor, other.id)).visits
            assert visit.note == "•••介绍来的，<@•••> 认识 ••• 的老板".replace("<@•••>", "•••")
            await redis.aclose()
    finally:
        store.stop()
