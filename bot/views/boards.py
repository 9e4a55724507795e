"""The lists of Home: what is due, one's customers by colour, and for a lead the exceptions and the team."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, TypeVar

from bot.domain.board import Concern, Kept, Mine, Team, Teammate
from bot.domain.customer import Customer, Tier
from bot.domain.followup import Colour, DueItem, Status
from bot.domain.home import Choice, Section, Tab, Trouble
from bot.domain.load import LoadRules
from bot.text import Text
from bot.views import followups
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    header,
    modal,
    mrkdwn,
    numbered,
    option,
    overflow,
    packed,
    section,
    select,
)

TAB: Final = "home_tab"
TURN: Final = "home_turn"
NARROW: Final = "home_narrow"
TIER: Final = "home_tier"
MENU: Final = "home_customer"
PREPARE: Final = "home_prepare"
PICK: Final = "home_pick"
ALL: Final = "all"
OPEN_IT: Final = "open"
LOG_IT: Final = "log"
PREPARE_IT: Final = "prepare"
ROWS: Final = 10
"""On a page of the lists one works through."""
SHORT_ROWS: Final = 5
"""On a page of those below."""
WHY_SHOWN: Final = 200
DOTS: Final = {Colour.RED: ":red_circle:", Colour.YELLOW: ":large_yellow_circle:", Colour.GREEN: ":large_green_circle:"}

T = TypeVar("T")
Row = Callable[[T, int], list[Block]]


def tabs(offered: Sequence[Tab], current: Tab, text: Text) -> list[Block]:
    """For who has several roles; the one that is open stands out."""
    if len(offered) < 2:
        return []
    buttons = [
        button(
            text(f"board.tab_{tab}"),
            numbered(TAB, tab),
            packed({"tab": tab}),
            style="primary" if tab is current else None,
        )
        for tab in offered
    ]
    return [actions(buttons)]


def due(board: Mine, choice: Choice, user_id: str, today: date, text: Text) -> list[Block]:
    """Today's list, with the buttons that finish it where it stands."""

    def row(item: DueItem, number: int) -> list[Block]:
        blocks = followups.row(item, number, today, text)
        owner_id = item.customer.owner_id
        return blocks if owner_id == user_id else [context(text("digest.covered", user=owner_id)), *blocks]

    title = text("home.title_count", count=len(board.today)) if board.today else text("home.title")
    return [header(title), *_page(board.today, Section.TODAY, ROWS, choice, row, text("home.nothing"), text)]


def week(board: Mine, choice: Choice, text: Text) -> list[Block]:
    """What comes up until Sunday, a line each."""
    if not board.week:
        return []

    def row(item: DueItem, number: int) -> list[Block]:
        line = text(
            "board.week_row",
            customer=escape(item.customer.name),
            tier=item.customer.tier,
            day=item.followup.shown_on,
            why=_short(followups.why(item, text)),
        )
        return [section(line, _menu(item.customer, f"week-{number}", text))]

    title = _title(text("board.week"), len(board.week))
    return [divider(), title, *_page(board.week, Section.WEEK, SHORT_ROWS, choice, row, "", text)]


def customers(board: Mine, choice: Choice, today: date, text: Text) -> list[Block]:
    """All of one's own, the worst first, by colour and tier."""
    blocks = [divider(), _title(text("board.customers"), len(board.customers))]
    if not board.customers:
        return [*blocks, section(text("board.customers_none"))]
    of_tier = [each for each in board.customers if choice.tier in (None, each.customer.tier)]
    counts = Counter(each.colour(today) for each in of_tier)
    tiers = Counter(each.customer.tier for each in board.customers)
    buttons = [_narrow(text("board.all", count=len(of_tier)), "colour", None, choice.colour)]
    buttons += [
        _narrow(f"{DOTS[colour]} {counts[colour]}", "colour", colour, choice.colour)
        for colour in (Colour.RED, Colour.YELLOW, Colour.GREEN)
    ]
    blocks.append(actions([*buttons, _tiers(tiers, choice.tier, text)]))
    shown = [each for each in of_tier if choice.colour in (None, each.colour(today))]

    def row(each: Kept, number: int) -> list[Block]:
        line = text(
            "board.customer_row",
            dot=DOTS[each.colour(today)],
            customer=escape(each.customer.name),
            tier=each.customer.tier,
            state=_state(each, today, text),
        )
        return [section(line, _menu(each.customer, f"customer-{number}", text))]

    return [*blocks, *_page(shown, Section.CUSTOMERS, ROWS, choice, row, text("board.nobody"), text)]


def needs(board: Mine, choice: Choice, today: date, text: Text) -> list[Block]:
    """Customers with open needs: which one to ask about next, and when."""
    found = board.needs
    if not found:
        return []

    def row(each: Kept, number: int) -> list[Block]:
        assert each.need is not None  # noqa: S101 - `needs` are those that have one # nosec B101
        line = text(
            "board.need_late" if each.need.due_on <= today else "board.need_row",
            customer=escape(each.customer.name),
            title=escape(clip(each.need.title, WHY_SHOWN)),
            since=each.need.since or each.need.due_on,
            day=each.need.due_on,
        )
        do = button(text("customer.open_needs"), numbered(followups.NEEDS, f"need-{number}"), each.customer.id)
        return [section(line, do)]

    title = _title(text("board.needs"), len(found))
    return [divider(), title, *_page(found, Section.NEEDS, SHORT_ROWS, choice, row, "", text)]


def exceptions(board: Team, choice: Choice, text: Text) -> list[Block]:
    """What the lead should know of today, the most pressing first."""
    blocks = [
        header(text("board.exceptions_count" if board.concerns else "board.exceptions", count=len(board.concerns)))
    ]
    if not board.concerns:
        return [*blocks, section(text("board.exceptions_none"))]
    of_tier = [each for each in board.concerns if choice.tier in (None, each.customer.tier)]
    counts = Counter(each.trouble for each in of_tier)
    tiers = Counter(each.customer.tier for each in board.concerns)
    buttons = [_narrow(text("board.all", count=len(of_tier)), "trouble", None, choice.trouble)]
    buttons += [
        _narrow(text(f"board.trouble_{each}", count=counts[each]), "trouble", each, choice.trouble)
        for each in Trouble
        if counts[each] or each is choice.trouble
    ]
    blocks.append(actions([*buttons, _tiers(tiers, choice.tier, text)]))
    found = narrowed(board, choice)

    def row(each: Concern, number: int) -> list[Block]:
        return [section(_concern(each, text), _menu(each.customer, f"exception-{number}", text))]

    return [*blocks, *_page(found, Section.EXCEPTIONS, ROWS, choice, row, text("board.nobody"), text)]


def narrowed(board: Team, choice: Choice) -> list[Concern]:
    """The exceptions that the lead wants to see."""
    return [
        each
        for each in board.concerns
        if choice.tier in (None, each.customer.tier) and choice.trouble in (None, each.trouble)
    ]


def on_page(found: Sequence[T], number: int, size: int) -> tuple[int, Sequence[T]]:
    """Where the page begins, and what is on it: the last one, where there are not so many any more."""
    first = max(0, min(number, (len(found) - 1) // size)) * size
    return first, found[first : first + size]


def people(board: Team, choice: Choice, text: Text) -> list[Block]:
    """The team by tier and colour, and whether each one's customers fit into the week. In no order of merit."""
    blocks = [divider(), _title(text("board.people"), len(board.people))]

    def row(each: Teammate, number: int) -> list[Block]:
        return [section(_teammate(each, board.rules, text))]

    return [*blocks, *_page(board.people, Section.PEOPLE, ROWS, choice, row, text("board.people_none"), text)]


def prepare_modal(text: Text) -> View:
    """Which customer one is about to meet."""
    who = select("external_select", PICK, text("board.prepare_who"), min_query_length=0)
    return modal(
        "home_prepare_form",
        text("board.prepare"),
        [section(text("board.prepare_intro"), who)],
        close=text("entry.close"),
    )


def page_modal(title: str, blocks: Sequence[Block], text: Text) -> View:
    """What was asked for on Home, which itself has no room for it."""
    return modal("home_page", title, blocks, close=text("entry.close"))


def customer_options(found: Sequence[Customer]) -> list[Block]:
    return [option(f"{each.name} · {each.tier}", each.id) for each in found[:100]]


def _page(
    found: Sequence[T], name: Section, size: int, choice: Choice, row: Row[T], nothing: str, text: Text
) -> list[Block]:
    """One page of a list, and how to turn it; kind words where there is nothing."""
    if not found:
        return [section(nothing)]
    first, shown = on_page(found, choice.page(name), size)
    blocks = [block for number, each in enumerate(shown) for block in row(each, number)]
    if len(found) <= size:
        return blocks
    number, last = first // size, first + len(shown)
    turns = []
    if number:
        value = packed({"section": name, "page": number - 1})
        turns.append(button(text("board.earlier"), numbered(TURN, f"{name}-earlier"), value))
    if last < len(found):
        value = packed({"section": name, "page": number + 1})
        turns.append(button(text("board.later"), numbered(TURN, f"{name}-later"), value))
    return [*blocks, context(text("board.page", first=first + 1, last=last, count=len(found))), actions(turns)]


def _title(words: str, count: int) -> Block:
    return section(f"*{words} · {count}*" if count else f"*{words}*")


def _narrow(label: str, name: str, value: str | None, current: str | None) -> Block:
    style = "primary" if value == current else None
    return button(label, numbered(NARROW, f"{name}-{value or ALL}"), packed({name: value or ""}), style=style)


def _tiers(counts: Counter[Tier], current: Tier | None, text: Text) -> Block:
    offered = [option(text("board.tier_all"), ALL)]
    offered += [option(text("board.tier", tier=each, count=counts[each]), each) for each in Tier]
    chosen = next(each for each in offered if each["value"] == (current or ALL))
    return select("static_select", TIER, text("board.tier_all"), options=offered, initial_option=chosen)


def _menu(customer: Customer, number: str, text: Text) -> Block:
    """What there is to do with a customer; the value names both."""
    labels = {OPEN_IT: "board.open", LOG_IT: "customer.log", PREPARE_IT: "customer.prepare"}
    options = [option(text(key), f"{what}|{customer.id}") for what, key in labels.items()]
    return overflow(numbered(MENU, number), options)


def _state(each: Kept, today: date, text: Text) -> str:
    """How long overdue, or when it is due next."""
    contact = each.contact
    if contact is None or contact.status is not Status.OPEN:
        return text("board.not_due")
    if late := each.days_late(today):
        return text("followup.late", count=late)
    return text("board.next", day=contact.clock_on)


def _concern(each: Concern, text: Text) -> str:
    customer = each.customer
    if each.trouble is Trouble.RENEWAL:
        state = text("board.ends_in", count=each.days)
    elif each.trouble is Trouble.CONTACT or each.trouble is Trouble.PROMISE:
        state = text("followup.late", count=each.days)
    elif each.trouble is Trouble.RED_LINE:
        state = text("board.with_compliance")
    else:
        state = text("board.since", count=each.days)
    line = text(
        "board.exception_row",
        what=text(f"board.what_{each.trouble}"),
        customer=escape(customer.name),
        tier=customer.tier,
        owner=customer.owner_id,
        state=state,
    )
    if each.followup is None:
        return line
    return f"{line}\n{_short(followups.reason(each.followup, text))}"


def _teammate(each: Teammate, rules: LoadRules, text: Text) -> str:
    tiers = " · ".join(f"{tier} {count}" for tier in Tier if (count := each.tiers.get(tier, 0)))
    colours = "  ".join(f"{dot} {each.colours.get(colour, 0)}" for colour, dot in DOTS.items())
    week = text(
        "board.load",
        contacts=each.load.contacts,
        week_contacts=rules.week_contacts,
        visits=each.load.visits,
        week_visits=rules.week_visits,
    )
    if not each.load.fits(rules):
        week = f":warning: {week} · *{text('tiering.too_much')}*"
    lines = [
        text("board.person", user=each.user_id, count=sum(each.colours.values()), tiers=tiers, colours=colours),
        week,
    ]
    if each.late_promises:
        lines.append(text("board.late_promises", count=each.late_promises))
    if each.drafts:
        lines.append(text("board.drafts", count=each.drafts))
    return "\n".join(lines)


def _short(line: str) -> str:
    return str(mrkdwn(line, WHY_SHOWN)["text"])
