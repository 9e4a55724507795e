"""The ladders: who is asked about what stays undone, for what, and when; a workspace may set each number."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.customer import Tier
from bot.domain.stored import Stored

MAX_HEADS: Final = 10


class Trigger(StrEnum):
    """What went wrong."""

    PROMISE = "promise"
    """We have not done what we said we would."""
    CONTACT = "contact"
    OBJECTION = "objection"
    RENEWAL = "renewal"
    """The contract ends, and its next milestone is not done."""
    RISK = "risk"
    """A hard risk event, of which account manager and risk know at once, or a flag that risk has set to red."""


class To(StrEnum):
    """Who is asked."""

    LEAD = "lead"
    """Of the owner's team; without one the admins."""
    HEAD = "head"
    """Of the department, as the workspace has settled; without one the admins."""
    SPECIALIST = "specialist"
    """Who stands for the playbook's entry about the objection: pricing, legal, risk; without one the lead."""
    WEEKLY = "weekly"
    """Nobody by a message of its own: it is told in the lead's weekly report."""


class Ask(StrEnum):
    """What that one is asked for, always one thing."""

    KEEP = "keep"
    """To see that the promise is kept, or told anew."""
    RECOVER = "recover"
    """To call the customer: service recovery."""
    CONTACT = "contact"
    HELP = "help"
    """What to say to the objection."""
    DECIDE = "decide"
    """Answer, concede or stop."""
    PLAN = "plan"
    JOIN = "join"
    """A visit together."""
    MEET = "meet"
    """The risk meeting of the first day."""
    WORK_OUT = "work_out"
    """The plan for the risk."""
    COMMITTEE = "committee"


class Step(BaseModel):
    """`after`: working days since the follow-up became overdue, for a risk event since it was noted."""

    model_config = ConfigDict(frozen=True)
    after: int = Field(ge=0, le=60)
    to: To
    ask: Ask
    tiers: frozenset[Tier] = frozenset(Tier)

    @property
    def name(self) -> str:
        """One in its ladder, whatever days the workspace sets."""
        return f"{self.ask}-{self.to}"


_ONLY_A: Final = frozenset({Tier.A})
_ONLY_B: Final = frozenset({Tier.B})
_C_AND_D: Final = frozenset({Tier.C, Tier.D})
_LADDER: Final[Mapping[Trigger, tuple[tuple[str, To, Ask, frozenset[Tier]], ...]]] = {
    Trigger.PROMISE: (
        ("promise_lead", To.LEAD, Ask.KEEP, frozenset(Tier)),
        ("promise_head", To.HEAD, Ask.KEEP, _ONLY_A),
        ("promise_recover", To.LEAD, Ask.RECOVER, frozenset(Tier)),
    ),
    Trigger.CONTACT: (
        ("contact_a", To.LEAD, Ask.CONTACT, _ONLY_A),
        ("contact_b", To.LEAD, Ask.CONTACT, _ONLY_B),
        ("contact_weekly", To.WEEKLY, Ask.CONTACT, _C_AND_D),
    ),
    Trigger.OBJECTION: (
        ("objection_specialist", To.SPECIALIST, Ask.HELP, frozenset(Tier)),
        ("objection_lead", To.LEAD, Ask.DECIDE, frozenset(Tier)),
    ),
    Trigger.RENEWAL: (
        ("renewal_lead", To.LEAD, Ask.PLAN, frozenset(Tier)),
        ("renewal_visit", To.LEAD, Ask.JOIN, frozenset(Tier)),
        ("renewal_head", To.HEAD, Ask.PLAN, _ONLY_A),
    ),
    Trigger.RISK: (
        ("risk_meeting", To.LEAD, Ask.MEET, frozenset(Tier)),
        ("risk_plan", To.LEAD, Ask.WORK_OUT, frozenset(Tier)),
        ("risk_committee", To.HEAD, Ask.COMMITTEE, frozenset(Tier)),
    ),
}
"""The steps of each ladder: the number that says when, who, what for, and of which tiers."""


class EscalationRules(Stored):
    """The trade's working rules, each number of which a workspace may settle otherwise.

    Days are working days since the follow-up became overdue, for a risk event since it was noted.
    """

    promise_lead: int = Field(default=1, ge=0, le=60)
    promise_head: int = Field(default=3, ge=0, le=60)
    promise_recover: int = Field(default=5, ge=0, le=60)
    contact_a: int = Field(default=1, ge=0, le=60)
    contact_b: int = Field(default=3, ge=0, le=60)
    contact_weekly: int = Field(default=5, ge=0, le=60)
    objection_specialist: int = Field(default=3, ge=0, le=60)
    objection_lead: int = Field(default=5, ge=0, le=60)
    renewal_lead: int = Field(default=1, ge=0, le=60)
    renewal_visit: int = Field(default=3, ge=0, le=60)
    renewal_head: int = Field(default=5, ge=0, le=60)
    risk_meeting: int = Field(default=1, ge=0, le=60)
    risk_plan: int = Field(default=3, ge=0, le=60)
    risk_committee: int = Field(default=5, ge=0, le=60)
    per_week: int = Field(default=10, ge=0, le=200)
    """Messages to one lead in a week; what is more comes with the weekly report."""
    renewal_from: int = Field(default=60, ge=0, le=365)
    """From so many days before the contract expires on a renewal without a plan is escalated."""
    heads: tuple[str, ...] = Field(default=(), max_length=MAX_HEADS)
    """The heads of the department."""

    def steps(self, trigger: Trigger) -> tuple[Step, ...]:
        """In the order of their days."""
        found = [
            Step(after=getattr(self, when), to=to, ask=ask, tiers=tiers) for when, to, ask, tiers in _LADDER[trigger]
        ]
        return tuple(sorted(found, key=lambda step: step.after))
