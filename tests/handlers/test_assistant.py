"""Conversations with the app: questions to click on, and asking on about the play just shown."""

from bot.domain.assistant import Talk
from bot.domain.customer import Tier
from bot.matching import Decision
from bot.sandbox import ActingPerson, Message
from bot.services.assistant import NO_THREAD
from bot.text import load
from bot.views import assistant as views
from bot.views import playbook as playbook_views
from bot.views.blocks import unpacked
from bot.views.shown import Shown
from tests.handlers.cast import Cast
from tests.handlers.reading import element, press, prose, shown
from tests.handlers.test_playbook import FEE_EN, FEE_ZH, UNCERTAIN, example, title
from tests.world import TEAM, World

ZH, EN = load("zh"), load("en")
STILL_NO = "那他还是不同意呢？"


async def say(world: World, person: ActingPerson, line: str, thread_ts: str | None = None) -> Message:
    """The answer to what is said in the conversation with the app, or in one of its threads."""
    known = {each.ts for each in person.dm_messages()}
    asked = await person.say(f"D{person.id[1:]}", line, thread_ts)
    found = await world.slack.wait_for(
        lambda: next((each for each in person.dm_messages() if each.is_bot and each.ts not in known), None)
    )
    await world.quiet()
    assert found.thread_ts == thread_ts
    assert asked.ts not in known
    return found


async def test_the_conversation_suggests_what_to_ask(world: World, lin: ActingPerson, grace: ActingPerson) -> None:
    """In each one's language; a click asks it."""
    for person, text in ((lin, ZH), (grace, EN)):
        await person.open_messages()
        await world.quiet()
        assert list(person.prompts()) == [each["title"] for each in views.first_prompts(text)]
    await lin.pick_prompt("客户嫌费率高")
    answer = await world.slack.wait_for(lambda: next((each for each in lin.dm_messages() if each.is_bot), None))
    assert title(world, "cost/fee-too-high") in prose(answer)


async def test_in_a_thread_one_asks_on(world: World, lin: ActingPerson) -> None:
    """With the same play's own words, deeper each time; and the thread offers the further questions."""
    entry = world.objection("cost/fee-too-high")
    root = await lin.dm("今天见客户")
    await world.quiet()
    assert entry.title.zh in prose(await say(world, lin, FEE_ZH, root.ts))
    assert list(lin.prompts(root.ts)) == [each["title"] for each in views.prompts(ZH)]
    deeper = prose(await say(world, lin, STILL_NO, root.ts))
    assert all(part.zh in deeper for part in (entry.title, entry.genuine_if, entry.excuse_if, *entry.steps))
    after = await say(world, lin, "还是不行", root.ts)
    assert all(each.zh in prose(after) for each in entry.follow_up)
    related = world.services.playbook.shipped.entry(entry.related[0])
    assert related.title.zh in shown(after)
    never = prose(await say(world, lin, "哪些话不能说？", root.ts))
    assert all(each.zh in never for each in entry.never)
    assert entry.evidence[0].zh in prose(await say(world, lin, "有什么依据", root.ts))


async def test_a_thread_below_question_or_answer_is_about_that_play(world: World, grace: ActingPerson) -> None:
    """Also the next line of the conversation itself, and each in the language of the question."""
    entry = world.objection("cost/fee-too-high")
    answer = await say(world, grace, FEE_EN)
    question = next(each for each in grace.dm_messages() if each.text == FEE_EN)
    for thread_ts in (answer.ts, question.ts, None):
        assert entry.steps[0].en in prose(await say(world, grace, "and if he still says no?", thread_ts))


async def test_what_a_command_has_shown_is_asked_on_about(world: World, lin: ActingPerson, cast: Cast) -> None:
    """Wherever it was typed, and for the customer it was typed for; where it showed no play, nothing is meant."""
    customer = await cast.customer(lin)
    await lin.command("/objection", f"{customer.name} {FEE_ZH}", channel=cast.east)
    await world.quiet()
    entry = world.objection("cost/fee-too-high")
    assert entry.steps[0].zh in prose(await say(world, lin, STILL_NO))
    await lin.command("/objection", "今天见客户")
    await world.quiet()
    assert ZH("assistant.which") in prose(await say(world, lin, STILL_NO))


async def test_another_objection_in_the_thread_is_another_play(world: World, lin: ActingPerson) -> None:
    """And what is asked on then is about that one."""
    root = await lin.dm(FEE_ZH)
    await world.quiet()
    other = world.objection("cost/bank-loan-cheaper")
    assert other.title.zh in prose(await say(world, lin, "那他说银行比你们便宜", root.ts))
    assert other.steps[0].zh in prose(await say(world, lin, STILL_NO, root.ts))


async def test_without_a_play_before_it_nothing_is_made_up(world: World, lin: ActingPerson) -> None:
    """The same question as the first one: the app asks back, and no editor gets a question that nobody can answer."""
    root = await lin.dm("今天见客户")
    await world.quiet()
    since = world.services.gaps.now()
    assert ZH("assistant.which") in prose(await say(world, lin, STILL_NO, root.ts))
    assert STILL_NO not in [each.text for each in await world.services.gaps.questions.since(TEAM, since)]


async def test_the_same_objection_said_again_goes_deeper(world: World, lin: ActingPerson) -> None:
    """In words of their own, too; not the same card a second time."""
    entry = world.objection("cost/fee-too-high")
    root = await lin.dm("今天见客户")
    await world.quiet()
    await say(world, lin, FEE_ZH, root.ts)
    deeper = prose(await say(world, lin, "他还是嫌费率高", root.ts))
    assert entry.steps[0].zh in deeper
    assert entry.title.zh in prose(await say(world, lin, FEE_ZH, root.ts))


async def test_thanks_are_no_question_and_leave_what_was_meant(world: World, grace: ActingPerson) -> None:
    root = await grace.dm("hello")
    await world.quiet()
    await say(world, grace, FEE_EN, root.ts)
    assert (await say(world, grace, "Thanks!", root.ts)).text == EN("assistant.welcome")
    assert world.objection("cost/fee-too-high").steps[0].en in prose(
        await say(world, grace, "what if she says no?", root.ts)
    )


async def test_after_a_choice_the_picked_play_is_meant(world: World, lin: ActingPerson) -> None:
    """Where several titles were offered, nothing is meant until one is picked."""
    choice = await say(world, lin, example(world, Decision.CHOOSE, UNCERTAIN))
    picked = element(choice, playbook_views.PICK)
    entry = world.services.playbook.shipped.entry(Shown.of(unpacked(picked["value"])).entry_id)
    await press(lin, choice, playbook_views.PICK)
    await world.quiet()
    assert entry.title.zh in prose(await say(world, lin, STILL_NO))


async def test_the_customer_of_a_thread_stays_and_is_looked_up_anew(
    world: World, cast: Cast, lin: ActingPerson
) -> None:
    """A line for that tier comes without the name; once somebody else's, nothing tells of the customer any more."""
    customer = await cast.customer(lin, "远大纺织", Tier.A)
    note = world.objection("cost/fee-too-high").variants[0].note
    assert note is not None
    root = await lin.dm("远大纺织 嫌费率高")
    await world.quiet()
    deeper = await say(world, lin, STILL_NO, root.ts)
    assert note.zh in prose(deeper)
    assert customer.id in str(deeper.blocks)
    handed_over = customer.model_copy(update={"owner_id": "U9NOBODY"})
    await world.services.customers.customers.change(TEAM, customer.id, lambda _: handed_over)
    again = await say(world, lin, FEE_ZH, root.ts)
    assert customer.id not in str(again.blocks)
    assert note.zh not in prose(await say(world, lin, STILL_NO, root.ts))


async def test_a_play_that_is_gone_is_asked_about_anew(world: World, lin: ActingPerson) -> None:
    """What was remembered names an entry that the workspace has retired meanwhile."""
    actor = await world.services.members.actor(TEAM, lin.id)
    await world.services.assistant.turn_to(actor, [NO_THREAD], Talk(entry_id="cost/gone"))
    assert "客户还是不同意" not in prose(await say(world, lin, STILL_NO))


async def test_slack_without_suggestions_answers_all_the_same(world: World, lin: ActingPerson) -> None:
    """An older installation lacks the scope: people type."""
    world.slack.faults.add("assistant.threads.setSuggestedPrompts", "error", error="missing_scope")
    root = await lin.dm("今天见客户")
    await world.quiet()
    assert title(world, "cost/fee-too-high") in prose(await say(world, lin, FEE_ZH, root.ts))
    assert lin.prompts(root.ts) == {}
