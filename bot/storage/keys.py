"""Spells every Redis key. All of a workspace's keys share the hash tag {team_id}, so they live in one Cluster slot.

Permanent keys hold the company's records. Temporary ones are listed in TTLS with their life in seconds.

One long list on purpose: nobody can take a key that somebody else has, and what a store holds is read in one place.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from bot.domain.customer import COVERED

PREFIX: Final = "factormate"

TTLS: Final[Mapping[str, int]] = {
    "profile": 3600,  # what Slack said about a person
    "seen": 26 * 3600,  # Slack repeats an event for up to a day ("delayed events")
    "working": 15,  # an event being handled; when the handler died, Slack's retry after a minute gets through
    "lease": 120,  # one worker at a time sends a notice
    "direct": 25 * 24 * 3600,  # where a person is written to, so that Slack is not asked every day
    "escalation-week": 28 * 24 * 3600,  # what a lead was asked about, and what the weekly report tells
    "notices-of": 8 * 24 * 3600,  # shown by `nudges status`
    "last-asked": 120,  # for as long as another question counts as the same in other words
    "talk": 4 * 3600,  # which play a conversation with the app is about, while somebody may ask on
    "vote": 28 * 24 * 3600,  # 👍 or 👎 on an answer, which may be changed
    "undo": 600,  # what was done with a follow-up; business time says when it is too late to take it back
    "draft": 7 * 24 * 3600,  # a note that is not saved yet
    "plain-feedback": 24 * 3600,  # Slack refused its own feedback buttons
    "renewal": 60,  # one replica at a time spends a refresh token
    "requests": 10,  # how many came from somebody
    "oauth-state": 600,  # an installation begun in a browser
}

WORKSPACES: Final = f"{PREFIX}:workspaces"
"""Sorted set of all workspaces by the earliest of their `digest_times`."""

BUSY: Final = f"{PREFIX}:busy"
"""Set of the workspaces where something is under way, whoever is due when."""

INSTALLED: Final = f"{PREFIX}:installed"
"""Set of the workspaces that the app speaks in by OAuth. These three and `oauth_state` lie outside any workspace."""


def _in(team_id: str, *parts: str) -> str:
    return ":".join((PREFIX, f"{{{team_id}}}", *parts))


def everything(team_id: str) -> str:
    """The pattern of all keys of a workspace."""
    return _in(team_id, "*")


def naming(team_id: str, user_id: str) -> str:
    """The pattern of the workspace's keys that name a person."""
    return _in(team_id, f"*{user_id}*")


def requests(team_id: str, user_id: str) -> str:
    """How many requests came from a person, or from the whole workspace."""
    return _in(team_id, "requests", user_id)


def oauth_state(digest: str) -> str:
    """There from when somebody begins to install the app until it is done, once."""
    return f"{PREFIX}:oauth-state:{digest}"


def installation(home_id: str) -> str:
    """Of a workspace or an organisation: its token, sealed."""
    return _in(home_id, "installation")


def renewal(home_id: str) -> str:
    """There while a replica asks Slack for a new token."""
    return _in(home_id, "renewal")


def organised(home_id: str) -> str:
    """Set of the workspaces that an organisation's installation speaks for."""
    return _in(home_id, "organised")


def organisation(team_id: str) -> str:
    """The organisation whose installation speaks for this workspace."""
    return _in(team_id, "organisation")


def removed(team_id: str) -> str:
    """There once the app was uninstalled: when, and why."""
    return _in(team_id, "removed")


def first_run(team_id: str) -> str:
    """Who is taken through the first steps, and how far."""
    return _in(team_id, "first-run")


def schema(team_id: str) -> str:
    return _in(team_id, "schema")


def began(team_id: str) -> str:
    """The moment since which the workspace is known to be in use."""
    return _in(team_id, "began")


def key_check(team_id: str) -> str:
    """A value sealed at the first start, which the keys of every later one must open."""
    return _in(team_id, "key-check")


def settings(team_id: str) -> str:
    return _in(team_id, "settings")


def members(team_id: str) -> str:
    """Set of the people who were given a role or chose a language."""
    return _in(team_id, "members")


def member(team_id: str, user_id: str) -> str:
    return _in(team_id, "member", user_id)


def covered_by(team_id: str, user_id: str) -> str:
    """Set of the people who named this person as their stand-in."""
    return _in(team_id, "covered-by", user_id)


def profile(team_id: str, user_id: str) -> str:
    return _in(team_id, "profile", user_id)


def customer(team_id: str, customer_id: str) -> str:
    return _in(team_id, "customer", customer_id)


def customers_of(team_id: str, holder: str) -> str:
    """Hash folded name or alias → customer id, one per holder: account managers, and apart who stands in for them.

    Whoever keeps the list of somebody who is away finds the same customers there.
    """
    return _in(team_id, "customers", holder.removesuffix(COVERED))


def ended(team_id: str) -> str:
    """Sorted set of the customers whose relationship has ended, by the day it did (proleptic ordinal)."""
    return _in(team_id, "ended")


def customer_details(team_id: str, customer_id: str) -> str:
    """Its buyers, finance lines and why it wants quiet: one sealed text."""
    return _in(team_id, "customer-details", customer_id)


def tiering(team_id: str, customer_id: str) -> str:
    """What a customer's tier rests on, and how it came to be: one sealed text."""
    return _in(team_id, "tiering", customer_id)


def tier_looks(team_id: str) -> str:
    """Sorted set of the customers with such a record by the day they are looked at next (proleptic ordinal)."""
    return _in(team_id, "tier-looks")


def tier_questions(team_id: str) -> str:
    """Set of the customers about whose tier a lead is to know something, or to decide."""
    return _in(team_id, "tier-questions")


def contacts(team_id: str, customer_id: str) -> str:
    """Who to talk to at a customer, with telephone and the like: one sealed text, which can be erased alone."""
    return _in(team_id, "contacts", customer_id)


def need_change(team_id: str, change_id: str) -> str:
    return _in(team_id, "need-change", change_id)


def needs_of(team_id: str, customer_id: str) -> str:
    """Sorted set of the changes to a customer's needs by the day they were heard."""
    return _in(team_id, "needs", customer_id)


def needs_head(team_id: str, customer_id: str) -> str:
    """The change added last; who adds one after looking at the others expects it unchanged."""
    return _in(team_id, "needs-head", customer_id)


def handover(team_id: str, handover_id: str) -> str:
    """Who handed which customer to whom, and when."""
    return _in(team_id, "handover", handover_id)


def objections(team_id: str, customer_id: str) -> str:
    """Hash "visit id, a space, entry id" → whether the play held, who says so and when."""
    return _in(team_id, "objections", customer_id)


def customer_versions(team_id: str) -> str:
    """Hash customer id → a value that changes with what is on file; tells replicas whether what they hold is right."""
    return _in(team_id, "customer-versions")


def visit(team_id: str, visit_id: str) -> str:
    return _in(team_id, "visit", visit_id)


def visit_version(team_id: str, visit_id: str, version: int) -> str:
    """What a note was before it was changed."""
    return _in(team_id, "visit-version", visit_id, str(version))


def draft(team_id: str, user_id: str, draft_id: str) -> str:
    return _in(team_id, "draft", user_id, draft_id)


def drafts_of(team_id: str, user_id: str) -> str:
    """Sorted set of a person's notes that are not saved yet, by when they were last kept."""
    return _in(team_id, "drafts", user_id)


def visits_of(team_id: str, customer_id: str) -> str:
    """Sorted set of visit ids by day."""
    return _in(team_id, "visits", customer_id)


def followup(team_id: str, followup_id: str) -> str:
    return _in(team_id, "followup", followup_id)


def due(team_id: str, owner_id: str) -> str:
    """Sorted set of one owner's open follow-ups by the day they are shown (proleptic ordinal)."""
    return _in(team_id, "due", owner_id)


def deal(team_id: str, deal_id: str) -> str:
    return _in(team_id, "deal", deal_id)


def deals_of(team_id: str, customer_id: str) -> str:
    """Sorted set of a customer's deals and renewals by the day they began (proleptic ordinal)."""
    return _in(team_id, "deals", customer_id)


def recount(team_id: str) -> str:
    """How far counting all follow-ups anew has come."""
    return _in(team_id, "recount")


def undo(team_id: str, followup_id: str) -> str:
    """What was last done with a follow-up, as it was before: one sealed text."""
    return _in(team_id, "undo", followup_id)


def steps(team_id: str, customer_id: str) -> str:
    """Sorted set of a customer's next steps by their day (proleptic ordinal), those that are done among them."""
    return _in(team_id, "steps-by-day", customer_id)


def open_items(team_id: str, customer_id: str) -> str:
    """Set of a customer's open follow-ups about risk, objections and what was sent because it is worth knowing."""
    return _in(team_id, "items", customer_id)


def open_steps(team_id: str, customer_id: str) -> str:
    """Set of a customer's open next steps."""
    return _in(team_id, "steps", customer_id)


def notice(team_id: str, notice_key: str) -> str:
    """`notice_key` begins with the notice's kind and the person it is for."""
    return _in(team_id, notice_key)


def notice_lease(team_id: str, notice_key: str) -> str:
    kind, _, rest = notice_key.partition(":")
    return _in(team_id, f"{kind}-lease", rest)


def direct(team_id: str, user_id: str) -> str:
    """The channel of the person's conversation with the app."""
    return _in(team_id, "direct", user_id)


def pace(team_id: str, limited: str) -> str:
    """Up to when the turns at a method, or in a channel, are given away."""
    return _in(team_id, "pace", limited)


def parked(team_id: str) -> str:
    """There while Slack does not accept the workspace's token: since when, and what it said."""
    return _in(team_id, "parked")


def escalated(team_id: str, followup_id: str) -> str:
    """How far a follow-up has come on its ladder."""
    return _in(team_id, "escalated", followup_id)


def escalation_week(team_id: str, user_id: str, week: str) -> str:
    """How many escalations somebody got in a week, and which wait for the report."""
    return _in(team_id, "escalation-week", user_id, week)


def answers_for(team_id: str, owner_id: str) -> str:
    """Sorted set of the owner's follow-ups about which somebody up the line has answered, by when; until the daily
    message tells it."""
    return _in(team_id, "escalation-answers", owner_id)


def hard_risks(team_id: str) -> str:
    """Set of the follow-ups about hard risk events of which the people concerned are still to be told."""
    return _in(team_id, "hard-risks")


def digest_times(team_id: str) -> str:
    """Sorted set of people by when it is next looked whether their digest is due (seconds since 1970)."""
    return _in(team_id, "digest-times")


def open_notices(team_id: str) -> str:
    """Sorted set of notices not settled yet by when they were planned; the sweep repairs from it.

    Releases before 0.5.0 had only digests: hence the name, and theirs ("user_id day").
    """
    return _in(team_id, "digests-open")


def notices_of(team_id: str, day: date) -> str:
    """Set of the notices of a day, whatever became of them."""
    return _in(team_id, "notices-of", day.isoformat())


def troubled_notices(team_id: str) -> str:
    """Sorted set of notices that ended unclear or failed by when; shown by `nudges status`."""
    return _in(team_id, "digests-troubled")


def questions(team_id: str) -> str:
    """Sorted set of questions answered badly or not at all, by when they were asked; `question` holds each, sealed."""
    return _in(team_id, "questions")


def ungrouped(team_id: str) -> str:
    """Sorted set of the questions that are in no gap yet, by when they were asked."""
    return _in(team_id, "questions-ungrouped")


def question(team_id: str, question_id: str) -> str:
    return _in(team_id, "question", question_id)


def last_asked(team_id: str, user_id: str) -> str:
    return _in(team_id, "last-asked", user_id)


def talk(team_id: str, user_id: str, thread: str) -> str:
    """Which play a thread of the person's conversation with the app is about."""
    return _in(team_id, "talk", user_id, thread)


def gap(team_id: str, gap_id: str) -> str:
    return _in(team_id, "gap", gap_id)


def gaps(team_id: str) -> str:
    """Sorted set of the gaps that new questions may join, by when they were last asked; dismissed ones among them."""
    return _in(team_id, "gaps")


def usage(team_id: str, month: str) -> str:
    """Hash "entry id, a space, what is counted" → how often."""
    return _in(team_id, "usage", month)


def last_used(team_id: str) -> str:
    """Hash entry id → the day it was last used."""
    return _in(team_id, "last-used")


def vote(team_id: str, vote_id: str) -> str:
    """Of one person on one answer; the id tells neither."""
    return _in(team_id, "vote", vote_id)


def plain_feedback(team_id: str) -> str:
    """There while Slack's own feedback buttons are known to be refused."""
    return _in(team_id, "plain-feedback")


def own_entries(team_id: str) -> str:
    """Set of the ids of entries that the workspace added or changed."""
    return _in(team_id, "own-entries")


def own_entry(team_id: str, entry_id: str) -> str:
    """What the workspace laid over a shipped entry, or its own one."""
    return _in(team_id, "own-entry", entry_id)


def own_entries_version(team_id: str) -> str:
    """The last approved revision; replicas look here whether their copy of `own_entries` is still right."""
    return _in(team_id, "own-entries-version")


def revision(team_id: str, revision_id: str) -> str:
    return _in(team_id, "revision", revision_id)


def revisions_of(team_id: str, entry_id: str) -> str:
    """Sorted set of an entry's revisions by when they were written."""
    return _in(team_id, "revisions", entry_id)


def pending_revisions(team_id: str) -> str:
    """Sorted set of revisions that wait for an approver, by when they were written."""
    return _in(team_id, "revisions-pending")


def retirements(team_id: str) -> str:
    """Entries of which it was told that the approvers will be asked to retire them, each with the day named."""
    return _in(team_id, "retirements")


def webhook(team_id: str, endpoint_id: str) -> str:
    """Where events are sent; address and secret in it are sealed."""
    return _in(team_id, "webhook", endpoint_id)


def webhooks(team_id: str) -> str:
    """Set of the endpoints' ids."""
    return _in(team_id, "webhooks")


def webhook_events(team_id: str) -> str:
    """Set of what has happened ("type id") and is not turned into deliveries yet."""
    return _in(team_id, "webhook-events")


def webhook_turn(team_id: str) -> str:
    """How often events were turned into deliveries; whoever does it next has to know."""
    return _in(team_id, "webhook-turn")


def delivery(team_id: str, delivery_id: str) -> str:
    return _in(team_id, "delivery", delivery_id)


def deliveries(team_id: str) -> str:
    """Sorted set of deliveries by when they are tried next (seconds since 1970)."""
    return _in(team_id, "deliveries")


def dead_deliveries(team_id: str) -> str:
    """Sorted set of deliveries that were given up, by when."""
    return _in(team_id, "deliveries-dead")


def case(team_id: str, case_id: str) -> str:
    return _in(team_id, "case", case_id)


def cases(team_id: str) -> str:
    """Sorted set of all cases by when they were opened."""
    return _in(team_id, "cases")


def cases_of(team_id: str, user_id: str) -> str:
    """Sorted set of the cases that were opened to a person of risk and not closed, by when they end."""
    return _in(team_id, "cases-of", user_id)


def cases_about(team_id: str, customer_id: str) -> str:
    """The same of a customer."""
    return _in(team_id, "cases-about", customer_id)


def audit(team_id: str) -> str:
    """Stream of who did what and when, each row chained to the one before."""
    return _in(team_id, "audit-chain")


def audit_key(team_id: str) -> str:
    """The key the chain's hashes are made with, sealed."""
    return _in(team_id, "audit-key")


def unchained_audit(team_id: str) -> str:
    """List, newest first, in which releases before 0.4.0 kept who changed what."""
    return _in(team_id, "audit")


def erasure(team_id: str, erasure_id: str) -> str:
    """A line of the erasure list."""
    return _in(team_id, "erasure", erasure_id)


def seen(team_id: str, delivery_id: str) -> str:
    return _in(team_id, "seen", delivery_id)
