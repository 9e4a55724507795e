"""The visit form read back as it stands, from what Slack sends of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.domain.customer import NewCustomer, Tier
from bot.domain.draft import NEW, Draft
from bot.domain.heard import PROMISES, Heard
from bot.domain.visit import Channel
from bot.views.blocks import leaves_of
from bot.views.visitform import CUSTOMER, NOTE
from bot.views.visitheard import due_id, read_again, read_checked, read_choices, read_dues
from bot.views.visitnotices import KEEP


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it stands: `customer` is the chosen option's value, `shown` as in `Form`."""

    draft: Draft
    on: date
    channel: Channel
    shown: Mapping[str, str]
    customer: str
    done: tuple[str, ...]
    kept: frozenset[str]
    """Personal data that was ticked to stay."""
    new: NewCustomer | None

    @property
    def untouched(self) -> frozenset[str]:
        """Fields that hold what was put there, or nothing."""
        now = {**self.draft.fields(), "customer": self.customer}
        return frozenset(name for name, value in self.shown.items() if now[name] == value)

    @property
    def undecided(self) -> tuple[int, ...]:
        """Places of chosen promises that may be due on either of two days, none of which was picked."""
        chosen = self.draft.chosen(*PROMISES)
        return tuple(
            place
            for place, each in enumerate(chosen)
            if len(each.promise[2]) > 1 and self.draft.dues.get(each.value) is None
        )


def filled(view: Mapping[str, Any]) -> Filled:
    """Of a payload's view. Raises KeyError, TypeError or ValueError where it is none that Slack would send."""
    elements = {block["element"]["action_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    given = leaves_of(view)
    # A window that is closed tells of the fields that were touched, and no more.
    leaves = {name: given.get(name) or _first_leaf(element) for name, element in elements.items()}
    customer = _picked(leaves, CUSTOMER)
    choices = tuple(read_choices(view, leaves))
    on, channel = date.fromisoformat(leaves["on"]["selected_date"]), Channel(_picked(leaves, "channel"))
    again, apart = read_again(elements, leaves)
    due = leaves.get("next_step_on", {}).get("selected_date")
    draft = Draft(
        customer_name=customer.removeprefix(NEW) if customer.startswith(NEW) else "",
        note=_typed(leaves, NOTE),
        objection_ids=_several(leaves, "objections"),
        pasted="".join(
            block["text"]["text"]
            for block in view["blocks"]
            if block["type"] == "section" and str(block.get("block_id", "")).startswith("pasted")
        ),
        on=on,
        channel=channel,
        next_step=_typed(leaves, "next_step"),
        next_step_on=date.fromisoformat(due) if due else None,
        choices=choices,
        dues=dict(read_dues(choices, leaves)),
        checked=dict(read_checked(choices, leaves)),
        again=again,
        apart=apart,
    )
    new = None
    if customer.startswith(NEW):
        tier = Tier(_picked(leaves, "new_tier") or Tier.B)
        name = _typed(leaves, "new_name") if "new_name" in leaves else customer.removeprefix(NEW)
        new = NewCustomer(name.strip(), tier, _typed(leaves, "new_industry").strip())
    return Filled(
        draft=draft,
        on=on,
        channel=channel,
        shown=dict(_read_shown(elements)),
        customer=customer,
        done=_several(leaves, "done"),
        kept=frozenset(_several(leaves, KEEP)),
        new=new,
    )


def block_ids(view: Mapping[str, Any], chosen: Sequence[Heard] = ()) -> dict[str, str]:
    """Of the fields, by their names; `due.0` is that of the first promise that is ticked."""
    inputs = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    found = {each.split(":")[0]: each for each in inputs}
    found.setdefault("new_name", found.get("customer", found["note"]))
    for place, each in enumerate(chosen):
        found[f"due.{place}"] = due_id(each) if due_id(each) in inputs else found["note"]
    return found


def _first_leaf(element: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "value": element.get("initial_value"),
        "selected_date": element.get("initial_date"),
        "selected_option": element.get("initial_option"),
        "selected_options": element.get("initial_options"),
    }


def _typed(leaves: Mapping[str, Any], name: str) -> str:
    return str(leaves.get(name, {}).get("value") or "")


def _picked(leaves: Mapping[str, Any], name: str) -> str:
    return str((leaves.get(name, {}).get("selected_option") or {}).get("value") or "")


def _several(leaves: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(str(each["value"]) for each in leaves.get(name, {}).get("selected_options") or ())


def _read_shown(elements: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The first value of each field that may be guessed."""
    initial = {name: element.get("initial_option") or {} for name, element in elements.items()}
    if CUSTOMER in elements:
        yield "customer", str(initial[CUSTOMER].get("value") or "")
    yield "on", str(elements["on"].get("initial_date") or "")
    yield "channel", str(initial["channel"].get("value") or "")
    yield "objections", ",".join(sorted(each["value"] for each in elements["objections"].get("initial_options") or ()))
    if "next_step" in elements:
        yield "next_step", str(elements["next_step"].get("initial_value") or "")
        yield "next_step_on", str(elements["next_step_on"].get("initial_date") or "")
