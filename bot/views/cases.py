"""Cases: sending a customer to risk, breaking the glass, and what risk then sees."""

from collections import Counter
from collections.abc import Sequence
from datetime import tzinfo
from functools import lru_cache
from typing import Final

from bot.domain.brief import Brief
from bot.domain.case import LONGEST_REASON, Case
from bot.domain.customer import Customer, Risk
from bot.domain.policy import Action
from bot.domain.user import Member
from bot.text import Lang, Text, load
from bot.views import customers, riskflags, sharing
from bot.views.blocks import (
    Block,
    View,
    actions,
    button,
    clip,
    context,
    escape,
    header,
    input_block,
    modal,
    numbered,
    option,
    section,
)

SEND: Final = "case_send"
SEND_MODAL: Final = "case_send_form"
GLASS: Final = "case_glass"
GLASS_MODAL: Final = "case_glass_form"
SHOW: Final = "case_show"
SHOW_MODAL: Final = "case_brief"
CLOSE: Final = "case_close"
READERS: Final = "readers"
REASON: Final = "reason"
SUSPICION: Final = "suspicion"
LEAK: Final = "leak"
NAME: Final = "name"
MAX_ROWS: Final = 5
MAX_READERS: Final = 10
"""Checkboxes take no more."""
_FLAGS: Final = (Risk.RED, Risk.AMBER, Risk.GREEN)
SHORTEST_REASON: Final = 5
LONGEST_NAME: Final = 60


def offered(found: Brief, cases: Sequence[Case], text: Text) -> list[Block]:
    """Below a brief, for who answers for the customer: sharing it, sending it to risk, and cases open about it."""
    blocks = [block for number, each in enumerate(cases[:MAX_ROWS]) for block in _open_case(each, number, text)]
    return [*_buttons(found, text.lang), *blocks]


@lru_cache(customers.BRIEFS)
def _buttons(found: Brief, lang: Lang) -> tuple[Block, ...]:
    text = load(lang)
    buttons = sharing.offered(found, text)
    if Action.SEND_TO_RISK in found.rights:
        buttons.append(button(text("case.send"), SEND, found.customer.id))
    return (actions(buttons),) if buttons else ()


def send_modal(customer: Customer, readers: Sequence[tuple[Member, str]], text: Text) -> View:
    """`readers` are the people of risk with their names; all are ticked."""
    boxes = [option(name or member.user_id, member.user_id) for member, name in readers[:MAX_READERS]]
    who: Block = {"type": "checkboxes", "action_id": READERS, "options": boxes, "initial_options": boxes}
    blocks = [
        section(text("case.send_intro", customer=escape(customer.name))),
        input_block(READERS, text("case.readers"), who),
        _reason(text("case.reason"), text),
        input_block(
            SUSPICION,
            text("case.suspicion"),
            {
                "type": "checkboxes",
                "action_id": SUSPICION,
                "options": [option(text("case.suspicion_yes"), "yes")],
            },
            optional=True,
            hint=text("case.suspicion_hint"),
        ),
        input_block(
            LEAK,
            text("case.leak"),
            {"type": "checkboxes", "action_id": LEAK, "options": [option(text("case.leak_yes"), "yes")]},
            optional=True,
            hint=text("case.leak_hint"),
        ),
    ]
    return modal(
        SEND_MODAL,
        text("case.send_title"),
        blocks,
        close=text("visit.cancel"),
        submit=text("case.send_submit"),
        metadata={"c": customer.id},
    )


def sent(customer: Customer, case: Case, text: Text) -> list[Block]:
    """What its readers get."""
    plain = "case.sent_suspicion" if case.is_suspicion else "case.sent"
    key = "case.sent_leak" if case.is_leak else plain
    told = text(key, user=case.opened_by, customer=escape(customer.name), reason=why(case, text))
    return [section(told), actions([button(text("case.show"), SHOW, customer.id)])]


def glass_offer(typed: str, text: Text) -> list[Block]:
    """The same whether somebody has a customer of that name or not."""
    told = text("case.glass_offer", name=escape(clip(typed, LONGEST_NAME)))
    return [section(told), actions([button(text("case.glass"), GLASS, clip(typed, LONGEST_NAME))])]


def glass_modal(typed: str, text: Text) -> View:
    name: Block = {"type": "plain_text_input", "action_id": NAME, "max_length": LONGEST_NAME}
    if typed:
        name["initial_value"] = clip(typed, LONGEST_NAME)
    blocks = [
        section(text("case.glass_intro")),
        input_block(NAME, text("case.name"), name),
        _reason(text("case.glass_reason"), text),
    ]
    title, submit = text("case.glass_title"), text("case.glass_submit")
    return modal(GLASS_MODAL, title, blocks, close=text("visit.cancel"), submit=submit)


def glass_broken(names: Sequence[Customer], text: Text) -> View:
    """Which briefs are open now; several account managers may have a customer of that name."""
    blocks = [section(text("case.glass_broken"))]
    for number, customer in enumerate(names[:MAX_ROWS]):
        line = text("case.glass_row", customer=escape(customer.name), owner=customer.owner_id)
        blocks.append(section(line, button(text("case.show"), numbered(SHOW, number), customer.id)))
    return modal(SHOW_MODAL, text("case.glass_title"), blocks, close=text("entry.close"))


def not_found(text: Text) -> View:
    return modal(SHOW_MODAL, text("case.glass_title"), [section(text("case.not_found"))], close=text("entry.close"))


def brief(found: Brief, case: Case, text: Text, zone: tzinfo) -> list[Block]:
    """What a reader of the case sees: everything of the brief, nothing to write with."""
    if case.ends_at is None:
        told = text("case.because", user=case.opened_by, reason=why(case, text))
    else:
        until = case.ends_at.astimezone(zone)
        told = text("case.until", day=until.date(), time=f"{until:%H:%M}", reason=why(case, text))
    buttons = [button(text("case.close"), CLOSE, case.id)]
    if Action.FLAG in found.rights:
        buttons.insert(0, riskflags.offered(found.customer, text))
    return [*customers.summary(found, text), context(told), actions(buttons)]


def brief_modal(found: Brief, blocks: Sequence[Block], text: Text) -> View:
    return modal(
        SHOW_MODAL, text("customer.title"), blocks, close=text("entry.close"), metadata={"c": found.customer.id}
    )


def closed_modal(text: Text) -> View:
    return modal(SHOW_MODAL, text("customer.title"), [section(text("case.closed"))], close=text("entry.close"))


def overview(items: Sequence[tuple[Customer, Case]], text: Text) -> list[Block]:
    """On the Home of risk: what may be read now, red customers first, then amber ones."""
    blocks = [header(text("case.title"))]
    if not items:
        blocks.append(section(text("case.nothing")))
    else:
        counts = Counter({customer.id: customer.risk for customer, _ in items}.values())
        flags = " · ".join(
            text("case.flags", flag=text(f"customer.risk_{each}"), count=counts[each]) for each in _FLAGS
        )
        blocks.append(context(flags))
    worst = sorted(items, key=lambda item: _FLAGS.index(item[0].risk))
    for number, (customer, case) in enumerate(worst[:MAX_ROWS]):
        flag = text(f"customer.risk_{customer.risk}")
        line = f"*{escape(customer.name)}* · {flag} · <@{customer.owner_id}>\n{why(case, text)}"
        blocks.append(section(line, button(text("case.show"), numbered(SHOW, number), customer.id)))
    if len(items) > MAX_ROWS:
        blocks.append(context(text("case.more", count=len(items) - MAX_ROWS)))
    blocks.append(actions([button(text("case.glass"), GLASS, "")]))
    return blocks


def _open_case(case: Case, number: int, text: Text) -> list[Block]:
    readers = " ".join(f"<@{each}>" for each in case.reader_ids)
    line = text("case.open", readers=readers, reason=why(case, text))
    return [section(line, button(text("case.close"), numbered(CLOSE, number), case.id))]


def why(case: Case, text: Text) -> str:
    """The reason as it was typed, or the events that opened the case with what risk is asked for."""
    if case.proposes is None:
        return "\n".join(f"> {escape(line)}" for line in case.reason.splitlines())
    events = " · ".join(text(f"visit.risk_{each}") for each in case.events)
    return f"> {text(f'case.events_{case.proposes}', events=events)}"


def _reason(label: str, text: Text) -> Block:
    field: Block = {"type": "plain_text_input", "action_id": REASON, "multiline": True}
    field |= {"min_length": SHORTEST_REASON, "max_length": LONGEST_REASON}
    return input_block(REASON, label, field, hint=text("case.reason_hint"))
