"""The form that a play is written or changed in: an input for each field and language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.domain import entryform
from bot.domain.entry import LANGS, Category, Entry, Kind, Lang, OwnerRole
from bot.domain.entryform import LINE_LIMIT, MORE_EXAMPLES, TEXT_LIMIT, Answers, FormField, Style
from bot.domain.kinds import Relationship
from bot.domain.playbook import Playbook
from bot.domain.revision import REASON_LIMIT
from bot.errors import FieldError
from bot.text import Text
from bot.views.blocks import (
    Block,
    View,
    input_block,
    modal,
    option,
    option_group,
    select,
)

MODAL: Final = "entry_edit_modal"
SHORTCUT: Final = "entry_from_message"
CATEGORY: Final = "category"
"""Block and action of the choice that decides which fields a new play has."""
WHY: Final = "why"

_HINTED: Final = ("steps", "evidence", "never", "follow_up")
_OF_ANY: Final = (
    FormField("title", Style.WORDS, is_optional=False),
    FormField("examples", Style.EXAMPLES, is_optional=False),
)
"""What every new play has, asked for before its kind is known."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the form begins with: an entry to be changed, or a new one of which a sentence may be known."""

    entry: Entry | None = None
    replaces: str | None = None
    category: tuple[Kind, Category] | None = None
    typed: Answers = field(default_factory=dict)
    """What stands in the inputs of a new play so far, such as the sentence it shall answer to."""
    day: str = ""
    """Names the daily message that the form was opened from."""
    gap_id: str = ""
    """The gap that the entry is to answer."""
    is_new: bool = False
    """The entry is one that was sent back and does not exist yet."""

    @property
    def kind(self) -> Kind | None:
        if self.entry is not None:
            return self.entry.KIND
        return self.category[0] if self.category else None


def form(state: Form, playbook: Playbook, text: Text) -> View:
    kind, is_new = state.kind, state.entry is None or state.is_new
    blocks = [_category(state, text)] if is_new or kind is not Kind.OBJECTION else []
    shown = entryform.fields(kind) if kind else _OF_ANY
    for each in shown:
        blocks += _written(each, state, text)
    if kind is not None:
        blocks += _chosen(kind, state, playbook, text)
    why = {"type": "plain_text_input", "action_id": WHY, "max_length": REASON_LIMIT, "multiline": True}
    blocks.append(input_block(WHY, text("edit.why"), why))
    metadata = {
        "e": state.entry.id if state.entry and not is_new else "",
        "k": kind or "",
        "r": state.replaces or "",
        "d": state.day,
        "g": state.gap_id,
    }
    return modal(
        MODAL,
        text("edit.title_new" if is_new else "edit.title_change"),
        blocks,
        close=text("visit.cancel"),
        submit=text("edit.submit"),
        metadata=metadata,
    )


def faults(found: Iterable[FieldError], view: Mapping[str, Any], text: Text) -> dict[str, str]:
    """Each fault's sentence under the block it belongs to; under the last one what belongs to none that is shown."""
    shown = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    told: dict[str, list[str]] = {}
    for each in found:
        name = each.field.partition(".")[0]
        places = (each.field, name, f"{name}.zh", each.field.replace("examples", MORE_EXAMPLES), shown[-1])
        block = next(place for place in places if place in shown)
        told.setdefault(block, []).append(text(each.key, **each.values))
    return {block: "\n".join(dict.fromkeys(sentences)) for block, sentences in told.items()}


def answers(view: Mapping[str, Any]) -> dict[str, str | tuple[str, ...] | None]:
    """What was entered, by input; the choice of a category says the kind before the stroke."""
    leaves = {block: next(iter(each.values())) for block, each in view["state"]["values"].items()}
    found = {block: _answer(leaf) for block, leaf in leaves.items()}
    if isinstance(chosen := found.get(CATEGORY), str):
        found[CATEGORY] = chosen.partition("/")[2]
    return found


def chosen_category(value: str) -> tuple[Kind, Category] | None:
    """None for a value that none of our menus has."""
    kind, _, category = value.partition("/")
    try:
        return Kind(kind), Category(category)
    except ValueError:
        return None


def _answer(leaf: Mapping[str, Any]) -> str | tuple[str, ...] | None:
    if "selected_options" in leaf:
        return tuple(each["value"] for each in leaf["selected_options"] or ())
    if "selected_option" in leaf:
        return (leaf["selected_option"] or {}).get("value")
    return leaf.get("value")


def _written(asked: FormField, state: Form, text: Text) -> list[Block]:
    """Two inputs; none where the text is longer than an input may be, and for examples then those to be added."""
    entry = state.entry
    if not entryform.fits(entry, asked):
        if asked.style is not Style.EXAMPLES:
            return []
        return [_input(MORE_EXAMPLES, lang, "", text, optional=True) for lang in LANGS]
    limit = LINE_LIMIT if asked.style is Style.WORDS else TEXT_LIMIT
    optional = asked.is_optional or asked.style is Style.EXAMPLES
    blocks = []
    for lang in LANGS:
        value = entryform.written(entry, asked, lang) if entry else ""
        value = value or str(state.typed.get(f"{asked.name}.{lang}") or "")
        blocks.append(_input(asked.name, lang, value, text, optional=optional, limit=limit))
    return blocks


def _input(name: str, lang: Lang, value: str, text: Text, *, optional: bool, limit: int = TEXT_LIMIT) -> Block:
    block_id = f"{name}.{lang}"
    element: Block = {"type": "plain_text_input", "action_id": block_id, "multiline": True, "max_length": limit}
    if value:
        element["initial_value"] = value
    label = text(f"edit.in_{lang}", field=text(f"field.{name}"))
    hint = text(f"edit.hint_{name}") if name in _HINTED and lang == "zh" else ""
    return input_block(block_id, label, element, optional=optional, hint=hint)


def _category(state: Form, text: Text) -> Block:
    """Of a new play it decides the fields, so it is asked first and the form changes with it."""
    kinds = (state.entry.KIND,) if state.entry else tuple(Kind)
    groups = [
        option_group(
            text(f"kind.{kind}"),
            [option(text(f"category.{each}"), f"{kind}/{each}") for each in entryform.categories(kind)],
        )
        for kind in kinds
    ]
    chosen = (state.entry.KIND, state.entry.category) if state.entry else state.category
    initial = option(text(f"category.{chosen[1]}"), f"{chosen[0]}/{chosen[1]}") if chosen else None
    menu = select("static_select", CATEGORY, text("edit.pick"), option_groups=groups, initial_option=initial)
    return input_block(CATEGORY, text("field.category"), menu, dispatch=state.entry is None)


def _chosen(kind: Kind, state: Form, playbook: Playbook, text: Text) -> list[Block]:
    """What is picked or counted rather than written."""
    entry = state.entry
    blocks = []
    if kind is Kind.RELATIONSHIP:
        blocks += _of_tier(entry if isinstance(entry, Relationship) else None, text)
    owners = [option(text(f"owner.{each}"), each) for each in OwnerRole]
    owner = option(text(f"owner.{entry.owner}"), entry.owner) if entry else None
    blocks.append(_one("owner", owners, owner, text))
    days = entry.review_days if entry else _review_days(state)
    blocks.append(_number("review_days", days, text, low=7, high=365))
    grouped = [
        option_group(text(f"category.{category}"), others)
        for group in playbook.kinds
        for category, found in playbook.by_category(group).items()
        if (others := [option(each.title.in_(text.lang), each.id) for each in found if each != entry])
    ]
    blocks.append(_several("related", grouped, entry.related if entry else (), text, most=5))
    sources = [option(each.title.in_(text.lang), each.id) for each in playbook.sources.values()]
    known = [option_group(text("field.sources"), sources)]
    blocks.append(_several("sources", known, entry.sources if entry else (), text, optional=True))
    return blocks


def _of_tier(entry: Relationship | None, text: Text) -> list[Block]:
    tiers = [option(text(f"visit.tier_{each}"), each) for each in "ABCD"]
    tier = next((each for each in tiers if entry and each["value"] == entry.tier), None)
    mix: Block = {"type": "plain_text_input", "action_id": "channel_mix", "max_length": 20}
    if entry and entry.channel_mix:
        mix["initial_value"] = entryform.mix_written(entry.channel_mix)
    days = entry.contact_every_days if entry else None
    return [
        _one("tier", tiers, tier, text, optional=True),
        _number("contact_every_days", days, text, low=1, high=365, optional=True),
        input_block("channel_mix", text("field.channel_mix"), mix, optional=True, hint=text("edit.hint_channel_mix")),
    ]


def _one(name: str, options: Sequence[Block], initial: Block | None, text: Text, *, optional: bool = False) -> Block:
    menu = select("static_select", name, text("edit.pick"), options=list(options), initial_option=initial)
    return input_block(name, text(f"field.{name}"), menu, optional=optional)


def _several(
    name: str,
    groups: list[Block],
    chosen: Iterable[str],
    text: Text,
    *,
    most: int | None = None,
    optional: bool = False,
) -> Block:
    offered = {each["value"]: each for group in groups for each in group["options"]}
    initial = [offered[each] for each in chosen if each in offered] or None
    menu = select(
        "multi_static_select",
        name,
        text("edit.pick"),
        option_groups=groups,
        initial_options=initial,
        max_selected_items=most,
    )
    return input_block(name, text(f"field.{name}"), menu, optional=optional)


def _number(name: str, value: int | None, text: Text, *, low: int, high: int, optional: bool = False) -> Block:
    element: Block = {"type": "number_input", "action_id": name, "is_decimal_allowed": False}
    element |= {"min_value": str(low), "max_value": str(high)}
    if value is not None:
        element["initial_value"] = str(value)
    return input_block(name, text(f"field.{name}"), element, optional=optional)


def _review_days(state: Form) -> int:
    """Prices and clauses change sooner."""
    kind, category = state.category or (Kind.SIGNAL, Category.WORDING)
    return 30 if kind is Kind.NEGOTIATION or category in (Category.COST, Category.TERMS) else 90
