"""How a person last looked at Home: the tab, how its lists were narrowed down, and which page of each."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import Field

from bot.domain.customer import Tier
from bot.domain.followup import Colour
from bot.domain.stored import Stored


class Tab(StrEnum):
    """The parts of Home; each person sees those that a role of theirs has something in."""

    MINE = "mine"
    TEAM = "team"
    CASES = "cases"
    PLAYBOOK = "playbook"
    WORKSPACE = "workspace"


class Section(StrEnum):
    """A list that has pages."""

    TODAY = "today"
    WEEK = "week"
    CUSTOMERS = "customers"
    NEEDS = "needs"
    EXCEPTIONS = "exceptions"
    PEOPLE = "people"


class Trouble(StrEnum):
    """Why a customer is an exception that the lead should know of, the most pressing first."""

    RED_LINE = "red_line"
    """A suspicion of a crossed red line that the lead sent to compliance, or reads there."""
    RISK = "risk"
    PROMISE = "promise"
    """What we said we would do is late."""
    RENEWAL = "renewal"
    """The contract ends within a month, and what makes the plan is not done."""
    CONTACT = "contact"
    """A routine contact is overdue, the tier's grace included."""
    NOTE = "note"
    """There was a contact, and no note tells of it."""


class Choice(Stored):
    """What has no value is not narrowed down; pages count from 0."""

    tab: Tab | None = None
    colour: Colour | None = None
    tier: Tier | None = None
    trouble: Trouble | None = None
    pages: Mapping[Section, int] = Field(default_factory=dict)

    def page(self, section: Section) -> int:
        return self.pages.get(section, 0)

    def turned(self, section: Section, page: int) -> "Choice":
        return self.model_copy(update={"pages": {**self.pages, section: max(0, page)}})

    def on(self, tab: Tab | None) -> "Choice":
        """Another tab begins with everything."""
        return Choice(tab=tab)

    def narrowed(self, **by: Colour | Tier | Trouble | None) -> "Choice":
        """The lists that are narrowed down begin anew."""
        kept = {each: page for each, page in self.pages.items() if each not in _NARROWED}
        return self.model_copy(update={**by, "pages": kept})


_NARROWED = frozenset({Section.CUSTOMERS, Section.EXCEPTIONS})
