"""Playbook entries as cards: one screen while the customer is talking, the whole entry behind "More"."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from bot.domain.customer import Customer
from bot.domain.entry import Action, Bilingual, Category, Entry, Evidence, Kind, Lang, Step
from bot.domain.kinds import Discovery, Negotiation, Objection, variant_of
from bot.domain.playbook import Playbook
from bot.domain.policy import EntryRights
from bot.domain.variant import Variant
from bot.text import Text, load
from bot.views import feedback
from bot.views.blocks import (
    MAX_CHECKBOXES,
    Block,
    View,
    actions,
    button,
    clip,
    context,
    divider,
    escape,
    input_block,
    modal,
    numbered,
    option,
    option_group,
    overflow,
    packed,
    section,
    select,
)
from bot.views.variants import for_whom, in_full

MORE: Final = "entry_more"
SHARE: Final = "entry_share"
VISIT: Final = "entry_visit"
SWITCH: Final = "entry_switch"
PICK: Final = "entry_pick"
BROWSE: Final = "entry_browse"
RELATED: Final = "entry_related"
CHECK: Final = "entry_check"
KIND: Final = "library_kind"
FIND_REPLY: Final = "find_reply"
SHARE_MODAL: Final = "entry_share_modal"
SHARE_TARGET: Final = "entry_share_target"
MORE_MODAL: Final = "entry_more_modal"
MENU: Final = "entry_menu"
EDIT: Final = "entry_edit"
HISTORY: Final = "entry_history"
RETIRE: Final = "entry_retire"
VERIFY: Final = "entry_verify"

SPOKEN: Final = frozenset({"say", "diagnostic", "check", "question", "next_questions", "phrases"})
"""Fields that are said to the customer as they stand."""
CHECKS_ON_CARD: Final = 8
MATCHED_LIMIT: Final = 60
"""Characters of the matching phrase shown; a long example would push the answer off the screen."""
ASKED_LIMIT: Final = 300
"""Characters of the question that come back with a vote."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Which entry a card shows, in which language, and why; travels in the value of its buttons.

    `answer_id` and `asked` are of the question that it answers, so that a vote can be filed with it.
    """

    entry_id: str
    lang: Lang
    matched: str = ""
    beside: str = ""
    """The other one of two that were found together or offered to choose from."""
    row: int | None = None
    """Its place where both are shown."""
    answer_id: str = ""
    asked: str = ""
    customer_id: str = ""
    """The customer it is for, as far as that is known: never a name, and looked up anew by who may see it."""

    def values(self) -> dict[str, Any]:
        found: dict[str, Any] = {"e": self.entry_id, "l": self.lang, "m": clip(self.matched, MATCHED_LIMIT)}
        if self.beside:
            found["b"] = self.beside
        if self.row is not None:
            found["r"] = self.row
        if self.answer_id:
            found |= {"a": self.answer_id, "q": clip(self.asked, ASKED_LIMIT)}
        if self.customer_id:
            found["c"] = self.customer_id
        return found

    def packed(self) -> str:
        return packed(self.values())

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Shown":
        lang: Lang = "zh" if values.get("l") == "zh" else "en"
        entry_id, matched, beside, answer_id, asked, customer_id = (str(values.get(name, "")) for name in "embaqc")
        row = {0: 0, 1: 1}.get(values.get("r", -1))
        return cls(entry_id, lang, matched, beside, row, answer_id, asked, customer_id)

    def other(self) -> "Shown":
        """The one beside it; why that one matched is not remembered."""
        row = None if self.row is None else 1 - self.row
        return replace(self, entry_id=self.beside, matched="", beside=self.entry_id, row=row)


NO_RIGHTS: Final = EntryRights()


def card(
    entry: Entry,
    shown: Shown,
    playbook: Playbook,
    text: Text,
    today: date,
    customer: Customer | None = None,
    *,
    row: int = 0,
    private: bool = True,
) -> list[Block]:
    """One entry on one screen, with the line for the customer if there is one.

    Labels in the person's language, the play in the question's.
    """
    lang = shown.lang
    blocks = [section(_heading(entry, shown, text)), _spoken(entry, variant_of(entry, customer), lang, text)]
    blocks += [_field(entry, name, lang, text) for name in entry.SCREEN if getattr(entry, name)]
    if isinstance(entry, Negotiation) and entry.category is Category.PREPARATION:
        blocks.append(_field(entry, "checklist", lang, text, most=CHECKS_ON_CARD))
    for proof in entry.evidence[:1]:
        blocks.append(
            section(f"*{text('field.evidence')}*\n{escape(proof.in_(lang))}\n_{_source(proof, playbook, lang, text)}_")
        )
    if entry.never:
        never = "\n".join(f"✗ {escape(each.in_(lang))} [{_unbroken(each.rule)}]" for each in entry.never)
        blocks.append(section(f"*{text('field.never')}*\n{never}"))
    kept = [_follow_up(each, lang, text) for each in entry.follow_up[:1]]
    blocks.append(context("\n".join([*kept, _kept(entry, text, today)])))
    blocks.append(_buttons(shown, text, row, private=private))
    other = playbook.find(shown.beside) if private and shown.row is None else None
    if other is not None:
        label = text("answer.other", title=other.title.in_(lang))
        blocks.append(actions([button(label, numbered(PICK, row), shown.other().packed())]))
    return blocks + _feedback(shown, text, row)


def pair(hits: Sequence[tuple[Entry, Shown]], text: Text, customer: Customer | None = None) -> list[Block]:
    """Two plays found in one line, each compact and with its own buttons."""
    blocks = [section(text("answer.several"))]
    for row, (entry, shown) in enumerate(hits):
        beside = hits[1 - row][0].id
        blocks += compact(entry, replace(shown, beside=beside, row=row), text, row, customer)
    return blocks


def compact(entry: Entry, shown: Shown, text: Text, row: int, customer: Customer | None = None) -> list[Block]:
    """An entry in a few lines, where two are shown together."""
    lines = [_heading(entry, shown, text)]
    for name in _compact_fields(entry):
        own = variant_of(entry, customer) if name == entry.SPEAK else None
        whom = f"  ·  {for_whom(own.audience, text)}" if own else ""
        said = (own.say,) if own else _said(entry, name)
        lines.append(f"*{text(f'field.{name}')}*{whom}  {escape(' / '.join(each.in_(shown.lang) for each in said))}")
    return [section("\n".join(lines)), _buttons(shown, text, row), *_feedback(shown, text, row)]


def fallback(entry: Entry, lang: Lang, customer: Customer | None = None) -> str:
    """The card for notifications and screen readers."""
    spoken, *others = [line.in_(lang) for name in _compact_fields(entry) for line in _said(entry, name)]
    if variant := variant_of(entry, customer):
        spoken = variant.say.in_(lang)
    return f"{entry.title.in_(lang)}: {' '.join([spoken, *others])}"


def choice(
    entries: Sequence[tuple[Entry, Shown]],
    intro: str,
    playbook: Playbook,
    text: Text,
    answer_id: str = "",
    customer_id: str = "",
) -> list[Block]:
    """Titles to choose from, and the categories for when none of them is meant."""
    others = [entry.id for entry, _ in reversed(entries)] if len(entries) == 2 else [""] * len(entries)
    picks = [
        button(entry.title.in_(shown.lang), numbered(PICK, row), replace(shown, beside=other).packed())
        for row, ((entry, shown), other) in enumerate(zip(entries, others, strict=True))
    ]
    offered = [actions(picks)] if picks else []
    return [
        section(intro),
        *offered,
        *browse(playbook, text, text("answer.browse"), answer_id=answer_id, customer_id=customer_id),
    ]


def browse(
    playbook: Playbook,
    text: Text,
    intro: str,
    kind: Kind = Kind.OBJECTION,
    *,
    answer_id: str = "",
    customer_id: str = "",
) -> list[Block]:
    """All titles of a kind by category, in the person's language.

    The menu carries the answer it stands under and the customer it is for; `picked_from` reads them.
    """
    groups = [
        option_group(text(f"category.{category}"), [option(each.title.in_(text.lang), each.id) for each in entries])
        for category, entries in playbook.by_category(kind).items()
    ]
    prompt = text(f"browse.{kind}")
    menu = ".".join((BROWSE, answer_id, customer_id)).rstrip(".")
    return [section(intro), actions([select("static_select", menu, prompt, option_groups=groups)])]


def picked_from(action_id: str) -> tuple[str, str]:
    """The answer and the customer that a menu of titles carries; empty where it carries none."""
    _, answer_id, customer_id = [*action_id.split("."), "", ""][:3]
    return answer_id, customer_id


def library(playbook: Playbook, kind: Kind, text: Text) -> list[Block]:
    """The whole playbook to browse: a button per kind, and the titles of the one chosen."""
    kinds = [
        button(text(f"kind.{each}"), numbered(KIND, each), each, style="primary" if each is kind else None)
        for each in playbook.kinds
    ]
    return [section(text("answer.library")), actions(kinds), *browse(playbook, text, f"*{text(f'kind.{kind}')}*", kind)]


def browse_modal(playbook: Playbook, text: Text) -> View:
    """The same where there is no message to answer in."""
    return modal(
        MORE_MODAL,
        text("entry.more_title"),
        library(playbook, Kind.OBJECTION, text),
        close=text("entry.close"),
    )


def reply_modal(
    hits: Sequence[tuple[Entry, Shown]],
    intro: str,
    playbook: Playbook,
    text: Text,
    answer_id: str = "",
    customer_id: str = "",
) -> View:
    """What could answer a message: titles to choose from, and the playbook to browse."""
    blocks = choice(hits, intro, playbook, text, answer_id, customer_id)
    return modal(MORE_MODAL, text("entry.more_title"), blocks, close=text("entry.close"))


def shared(entry: Entry, shown: Shown, playbook: Playbook, text: Text, today: date, user_id: str) -> list[Block]:
    """The card as everybody in a channel sees it: the general one, whoever the customer is, and without how it was
    matched, since that may quote the question."""
    public = Shown(shown.entry_id, shown.lang)
    return [
        context(text("entry.shared", user=user_id)),
        *card(entry, public, playbook, load(shown.lang), today, private=False),
    ]


def more_modal(
    entry: Entry,
    lang: Lang,
    playbook: Playbook,
    text: Text,
    *,
    rights: EntryRights = NO_RIGHTS,
    today: date | None = None,
    answered: Shown | None = None,
    customer: Customer | None = None,
) -> View:
    """The whole entry, the customer's own line first.

    With `today` it says whether its review is due, as `answered` it asks whether it helped.
    """
    own = variant_of(entry, customer)
    others = [each for each in entry.variants if each != own] if isinstance(entry, Objection) else []
    industry = f"  ·  {escape(entry.industry.in_(lang))}" if isinstance(entry, Discovery) and entry.industry else ""
    blocks = [section(f"*{escape(entry.title.in_(lang))}*{industry}")]
    blocks += [in_full(own, lang, text)] if own else []
    blocks.append(_field(entry, entry.SPEAK, lang, text))
    for name in entry.WHOLE:
        if name == "checklist":
            blocks += _checklist(_said(entry, name), lang, text)
        elif getattr(entry, name):
            blocks.append(_field(entry, name, lang, text))
    if others:
        blocks += [section(f"*{text('field.variants')}*"), *(in_full(each, lang, text) for each in others)]
    proofs = [f"• {escape(item.in_(lang))}\n   _{_source(item, playbook, lang, text)}_" for item in entry.evidence]
    never = [
        f"✗ {escape(each.in_(lang))} [{_unbroken(each.rule)}]\n   "
        f"{text('entry.instead', text=escape(playbook.red_lines[each.rule].instead.in_(lang)))}"
        for each in entry.never
    ]
    actions_after = [f"• {_follow_up(each, lang, text)}" for each in entry.follow_up]
    grades = [
        f"• {escape(source.title.in_(lang))} ({text(f'entry.grade_{source.grade}')})"
        for source in (playbook.sources[each] for each in entry.sources)
    ]
    parts = {"evidence": proofs, "never": never, "follow_ups": actions_after, "sources": grades}
    blocks += [_titled(text(f"field.{name}"), lines) for name, lines in parts.items() if lines]
    blocks += _related(entry, Shown("", lang, customer_id=customer.id if customer else ""), playbook, text)
    blocks += [feedback.plain_buttons(answered.values(), text)] if answered else []
    blocks += [divider(), context(_kept(entry, text, today or entry.verified_on)), _upkeep(entry, text, rights)]
    return modal(MORE_MODAL, text("entry.more_title"), blocks, close=text("entry.close"))


def share_modal(shown: Shown, text: Text) -> View:
    """Asked in the direct message with the app, where there is no channel to share to."""
    target = select(
        "conversations_select",
        SHARE_TARGET,
        text("entry.share_where"),
        response_url_enabled=True,
        filter={"include": ["public", "private", "im", "mpim"], "exclude_bot_users": True},
    )
    return modal(
        SHARE_MODAL,
        text("entry.share_title"),
        [input_block(SHARE_TARGET, text("entry.share_where"), target)],
        close=text("visit.cancel"),
        submit=text("entry.share_submit"),
        metadata={"s": shown.packed()},
    )


def _said(entry: Entry, name: str) -> tuple[Bilingual, ...]:
    """A field's texts, whether it holds one or several."""
    value = getattr(entry, name)
    return (value,) if isinstance(value, Bilingual) else tuple(value)


def _unbroken(rule: str) -> str:
    """With a hyphen at which no line ends."""
    return rule.replace("-", "\N{NON-BREAKING HYPHEN}")


def _compact_fields(entry: Entry) -> list[str]:
    """What to say, and the first other thing there is."""
    return [entry.SPEAK, *[name for name in entry.SCREEN if getattr(entry, name)][:1]]


def _field(entry: Entry, name: str, lang: Lang, text: Text, most: int | None = None) -> Block:
    """A field under its label. What is to be spoken aloud stands as a quotation; `most` items are shown."""
    said = _said(entry, name)
    if most is not None and len(said) > most:
        title = text(f"field.{name}")
        lines = [*(f"• {escape(each.in_(lang))}" for each in said[:most]), text("entry.rest", count=len(said) - most)]
        return _titled(title, lines)
    if name in SPOKEN:
        lines = [f">{escape(each.in_(lang))}" for each in said]
    elif name == "steps":
        lines = [
            f"{number}. *{text(f'technique.{step.technique}')}* {escape(step.in_(lang))}"
            for number, step in enumerate(said, start=1)
            if isinstance(step, Step)
        ]
    elif name == "needs_fields":
        lines = [escape(" · ".join(each.in_(lang) for each in said))]
    elif len(said) > 1:
        lines = [f"• {escape(each.in_(lang))}" for each in said]
    else:
        lines = [escape(each.in_(lang)) for each in said]
    return _titled(text(f"field.{name}"), lines)


def _spoken(entry: Entry, variant: Variant | None, lang: Lang, text: Text) -> Block:
    """The line to be said: the variant's, with whom it is for, or the general one."""
    if variant is None:
        return _field(entry, entry.SPEAK, lang, text)
    label = f"*{text(f'field.{entry.SPEAK}')}*  ·  {for_whom(variant.audience, text)}"
    return section(f"{label}\n>{escape(variant.say.in_(lang))}")


def _checklist(items: Sequence[Bilingual], lang: Lang, text: Text) -> list[Block]:
    """Boxes to tick while the window is open; Slack has at most ten in one element."""
    options = [option(each.in_(lang), str(number)) for number, each in enumerate(items)]
    boxes = [
        {"type": "checkboxes", "action_id": numbered(CHECK, at), "options": options[at : at + MAX_CHECKBOXES]}
        for at in range(0, len(options), MAX_CHECKBOXES)
    ]
    return [section(f"*{text('field.checklist')}*"), *(actions([each]) for each in boxes)]


def _heading(entry: Entry, shown: Shown, text: Text) -> str:
    title = f"*{escape(entry.title.in_(shown.lang))}*"
    if entry.KIND is not Kind.OBJECTION:
        title = f"{title}  ·  {text(f'kind.{entry.KIND}')}"
    if not shown.matched:
        return title
    return f"{title}\n_{text('entry.matched', phrase=escape(clip(shown.matched, MATCHED_LIMIT)))}_"


def _buttons(shown: Shown, text: Text, row: int, *, private: bool = True) -> Block:
    value = shown.packed()
    buttons = [button(text("entry.more"), numbered(MORE, row), value)]
    if private:
        buttons.append(button(text("entry.share"), numbered(SHARE, row), value))
        buttons.append(button(text("entry.visit"), numbered(VISIT, row), value))
        other: Lang = "en" if shown.lang == "zh" else "zh"
        switched = replace(shown, lang=other)
        label = load(shown.lang)("entry.switch")
        buttons.append(button(label, numbered(SWITCH, row), switched.packed()))
        menu = {EDIT: text("entry.suggest"), HISTORY: text("entry.history")}
        options = [option(each, f"{what}:{shown.entry_id}") for what, each in menu.items()]
        buttons.append(overflow(numbered(MENU, row), options))
    return actions(buttons)


def _feedback(shown: Shown, text: Text, row: int) -> list[Block]:
    """Under an answer; a play that a colleague shared is nobody's answer."""
    return [feedback.buttons(shown.values(), text, row)] if shown.answer_id else []


def _follow_up(action: Action, lang: Lang, text: Text) -> str:
    due = text("entry.due_wd" if action.is_working_days else "entry.due_d", count=action.days)
    return text("entry.follow_up", action=escape(action.in_(lang)), due=due, owner=text(f"actor.{action.owner}"))


def _kept(entry: Entry, text: Text, today: date) -> str:
    key = "entry.stale" if today > entry.review_due_on else "entry.checked"
    return text(key, owner=text(f"owner.{entry.owner}"), date=entry.verified_on.isoformat())


def _source(evidence: Evidence, playbook: Playbook, lang: Lang, text: Text) -> str:
    name = playbook.sources[evidence.source].title.in_(lang)
    article = f" {evidence.article.in_(lang)}" if evidence.article else ""
    return text("entry.source", source=escape(name + article))


def _titled(title: str, lines: Iterable[str]) -> Block:
    body = "\n".join(lines)
    return section(f"*{title}*\n{body}")


def _related(entry: Entry, shown: Shown, playbook: Playbook, text: Text) -> list[Block]:
    """None when all of them were retired. They are shown as this one is: in its language and for the same customer."""
    buttons = [
        button(
            playbook.entries[each].title.in_(shown.lang), numbered(RELATED, row), replace(shown, entry_id=each).packed()
        )
        for row, each in enumerate(entry.related)
        if each in playbook.entries
    ]
    return [divider(), section(f"*{text('entry.related')}*"), actions(buttons)] if buttons else []


def _upkeep(entry: Entry, text: Text, rights: EntryRights) -> Block:
    """How the entry is kept true."""
    buttons = [
        button(text("entry.edit" if rights.edits else "entry.suggest"), EDIT, entry.id),
        button(text("entry.history"), HISTORY, entry.id),
    ]
    if rights.verifies:
        buttons.insert(0, button(text("entry.verify"), VERIFY, entry.id))
    if rights.edits:
        buttons.append(button(text("entry.retire"), RETIRE, entry.id))
    return actions(buttons)
