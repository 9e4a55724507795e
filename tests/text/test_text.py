"""The sentences: both languages complete, and every key that the code asks for exists."""

import ast
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from string import Formatter
from typing import TypeGuard, get_args

import pytest

from bot import text as texts
from bot.domain import entryform
from bot.domain.absence import AwayKind
from bot.domain.assistant import Wanted
from bot.domain.cadence import Counted, Modifier
from bot.domain.customer import Confirms, Risk, Size, Tier
from bot.domain.customerform import CUSTOMER_FIELDS, PART_FIELDS
from bot.domain.customerform import Part as FilePart
from bot.domain.customertable import COLUMNS
from bot.domain.daily import Span
from bot.domain.deal import DealKind, DealResult
from bot.domain.dealtable import DEAL_COLUMNS
from bot.domain.entry import Action, Category, Kind, OwnerRole, Technique
from bot.domain.escalation import Outcome
from bot.domain.facts import Attendee, Basis, Checked, DocumentState, RiskEvent, Side
from bot.domain.firstrun import Step
from bot.domain.followup import DropReason, SnoozeLength, SnoozeReason
from bot.domain.followup import Kind as FollowUpKind
from bot.domain.gap import Dismissal
from bot.domain.heard import Kind as HeardKind
from bot.domain.home import Tab, Trouble
from bot.domain.importplan import Effect
from bot.domain.industry import Industry
from bot.domain.kinds import KINDS
from bot.domain.ladder import Ask, Trigger
from bot.domain.need import SAID, Confidence, NeedStatus, NeedType
from bot.domain.notice import NoticeState
from bot.domain.playbook import Source
from bot.domain.preparation import Caution
from bot.domain.quality import AdviceKind
from bot.domain.question import Reason
from bot.domain.renewal import Milestone
from bot.domain.revision import Change, State
from bot.domain.ruleform import Subject, spots
from bot.domain.search import Kind as SearchKind
from bot.domain.tierinputs import INPUTS
from bot.domain.tierrecord import Cause
from bot.domain.tierrules import Part
from bot.domain.usage import Use
from bot.domain.user import Role
from bot.domain.valueitem import Barrier, ValueType
from bot.domain.visit import Channel
from bot.domain.workspace import Retention
from bot.text import Lang
from bot.views import assistant, needs

ROOT = Path(__file__).parents[2]
ZH, EN = texts.load("zh"), texts.load("en")
LANGS: tuple[Lang, ...] = ("zh", "en")
SECTIONS = {key.split(".")[0] for key in ZH.sentences}

FIELDS = tuple(
    {name for each in KINDS.values() for name in (each.SPEAK, *each.SCREEN, *each.WHOLE)}
    | {field.name for kind in Kind for field in entryform.fields(kind)}
    | {entryform.MORE_EXAMPLES}
    | {
        "owner",
        "review_days",
        "category",
        "related",
        "sources",
        "tier",
        "contact_every_days",
        "follow_ups",
        "channel_mix",
        "variants",
        entryform.MORE_EXAMPLES,
    }
)
NEED_MENUS = {"type": NeedType, "confidence": Confidence, "status": NeedStatus}
FAMILIES: dict[str, tuple[str, ...] | type[StrEnum]] = {
    "welcome.": Step,
    "welcome.open_": Step,
    "actor.": get_args(Action.model_fields["owner"].annotation),
    "assistant.ask_": assistant.OFFERED,
    "assistant.first_": assistant.FIRST,
    "assistant.title_": Wanted,
    "board.tab_": Tab,
    "board.trouble_": Trouble,
    "board.what_": Trouble,
    "browse.": Kind,
    "case.events_": (Risk.AMBER, Risk.RED),
    "category.": Category,
    "check.not_": LANGS,
    "check.signs_": LANGS,
    "customer.risk_": Risk,
    "deal.kind_": DealKind,
    "deal.result_": DealResult,
    "dossier.": (
        *{field for fields in PART_FIELDS.values() for field in fields if field != "name"},
        *(field for field in CUSTOMER_FIELDS if field != "name"),
        *(f"size_{each}" for each in Size),
        *(f"confirms_{each}" for each in Confirms),
    ),
    "dossier.add_": FilePart,
    "dossier.name_": (FilePart.CONTACT, FilePart.BUYER),
    "dossier.part_": FilePart,
    "dossier.title_": FilePart,
    "edit.hint_": ("steps", "evidence", "never", "follow_up", "channel_mix"),
    "edit.in_": LANGS,
    "edit.mark_": ("steps", "evidence", "never", "follow_up"),
    "edit.whole_": Kind,
    "entry.grade_": get_args(Source.model_fields["grade"].annotation),
    "escalation.ask_": Ask,
    "escalation.outcome_": Outcome,
    "escalation.told_": (*Outcome, "done"),
    "escalation.trigger_": Trigger,
    "feedback.": ("up", "down", "up_label", "down_label"),
    "field.": FIELDS,
    "followup.drop_": DropReason,
    "followup.list_": Span,
    "followup.reason_": SnoozeReason,
    "followup.snooze_": SnoozeLength,
    "gap.dismiss_": Dismissal,
    "gap.reason_": Reason,
    "kind.": Kind,
    "language.set_": ("zh", "en", "auto"),
    "need.": (*SAID, "status", *(f"{name}_{each}" for name, values in NEED_MENUS.items() for each in values)),
    "need.confidence_": Confidence,
    "need.menu_": needs.MENU_ITEMS,
    "need.priority_": ("1", "2", "3", "4", "5"),
    "need.status_": NeedStatus,
    "need.title_": (NeedStatus.CONFIRMED, NeedStatus.MET, NeedStatus.VOID),
    "need.type_": NeedType,
    "owner.": OwnerRole,
    "prep.caution_": Caution,
    "quality.": AdviceKind,
    "report.": ("promises", "notes", "overdue", "renewals", "held", "quiet"),
    "report.kind_": FollowUpKind,
    "retention.": tuple(Retention.model_fields),
    "revision.change_": Change,
    "revision.state_": State,
    "search.kind_": SearchKind,
    "table.column_": (*COLUMNS, *DEAL_COLUMNS),
    "riskflag.flag_": Risk,
    "role.": Role,
    "rules.field_": tuple({spot.name for subject in Subject for spot in spots(subject)}),
    "rules.subject_": Subject,
    "settings.": ("digest_at", "language", "away", "first_on", "last_on"),
    "settings.away_": ("none", *AwayKind),
    "settings.error_long_": AwayKind,
    "settings.language_": ("auto", "zh", "en"),
    "status.was_": NoticeState,
    "steps.error_no_": ("said", "customer", "note"),
    "technique.": Technique,
    "tiering.cause_": Cause,
    "tiering.field_": INPUTS,
    "tiering.hint_": INPUTS,
    "tiering.part_": Part,
    "tiering.said_": Part,
    "tiering.source_": ("typed", "imported"),
    "usage.": Use,
    "variant.industry_": Industry,
    "table.effect_": Effect,
    "table.report_": ("line", "name", "effect", "fault"),
    "visit.attendee_": Attendee,
    "visit.basis_": Basis,
    "visit.checked_": (*Checked, "open"),
    "visit.channel_": Channel,
    "visit.document_": DocumentState,
    "visit.heard_": HeardKind,
    "visit.promise_": Side,
    "visit.risk_": RiskEvent,
    "visit.tier_": Tier,
    "followup.why_flag_": (Risk.AMBER, Risk.RED),
    "followup.why_risk_": ("hard", "soft"),
    "renewal.exit_": Milestone,
    "renewal.work_": Milestone,
    "followup.why_value_": ValueType,
    "value.barred_": Barrier,
    "value.type_": ValueType,
    "why.from_": (Counted.TOLD, Counted.SETTLED, Counted.REOPENED, Counted.CREATED),
    "why.shortened_": Modifier,
}
"""Keys that the code puts together from a prefix and one of these."""


def gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@cache
def sources() -> Mapping[Path, tuple[ast.AST, ...]]:
    """All that stands in the files whose code asks for sentences."""
    paths = [ROOT / "app.py", *(ROOT / "handlers").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]
    found = [path for path in paths if "sandbox" not in path.parts]
    return {path: tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8")))) for path in found}


def put_together() -> re.Pattern[str]:
    """Every key that an f-string of the code could spell, with whatever stands in its gaps."""
    spelled = {
        "".join(re.escape(str(each.value)) if isinstance(each, ast.Constant) else ".+" for each in node.values)
        for nodes in sources().values()
        for node in nodes
        if isinstance(node, ast.JoinedStr)
    }
    begun = tuple(rf"{re.escape(section)}\." for section in SECTIONS)
    keys = {each for each in spelled if each.startswith(begun) and not each.endswith(".+")}
    return re.compile("|".join(sorted(keys | {each for each in spelled if re.fullmatch(r"\.\+_[a-z_]+", each)})))


def literals() -> Iterator[tuple[str, str, bool]]:
    """Every string of the code that looks like a key, or begins like one and goes on with a value, and its place."""
    for path, nodes in sources().items():
        beginnings = {id(node.values[0]) for node in nodes if isinstance(node, ast.JoinedStr) and node.values}
        audited = {id(each) for node in nodes if _is_audit(node) for each in node.args}
        audited |= {id(each) for node in nodes if _is_event_type(node) for each in ast.walk(node)}
        for node in nodes:
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in audited:
                continue
            section, dot, rest = node.value.partition(".")
            is_beginning = id(node) in beginnings
            if dot and section in SECTIONS and (rest.replace("_", "a").isalnum() or (is_beginning and not rest)):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node.value, is_beginning


def _is_audit(node: ast.AST) -> TypeGuard[ast.Call]:
    """The audit list names actions as `visit.save`, which are no keys."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "record"


def _is_event_type(node: ast.AST) -> bool:
    """Webhooks name events as `visit.logged`."""
    return isinstance(node, ast.ClassDef) and node.name == "EventType"


def test_both_languages_have_the_same_sentences() -> None:
    """Only English has forms of their own for one of a kind."""
    singular = {key for key in EN.sentences if key.endswith("_one")}
    assert ZH.sentences.keys() == EN.sentences.keys() - singular
    assert {key.removesuffix("_one") for key in singular} <= EN.sentences.keys()


def test_both_languages_fill_the_same_gaps() -> None:
    """A sentence that lacks a name leaves something out; one too many would fail when it is said."""
    assert {key: gaps(sentence) for key, sentence in ZH.sentences.items()} == {
        key: gaps(EN.sentences[key]) for key in ZH.sentences
    }


def test_the_form_for_one_needs_no_more_than_the_other() -> None:
    """It may leave out the number, not ask for another value."""
    for key, sentence in EN.sentences.items():
        if key.endswith("_one"):
            assert gaps(sentence) <= gaps(EN.sentences[key.removesuffix("_one")]), key


@pytest.mark.parametrize("lang", LANGS)
def test_no_sentence_is_blank_or_padded(lang: Lang) -> None:
    """Slack refuses blank texts; spaces around one are a slip."""
    assert [
        key for key, sentence in texts.load(lang).sentences.items() if sentence != sentence.strip() or not sentence
    ] == []


@pytest.mark.parametrize("lang", LANGS)
def test_bold_words_stand_clear_of_their_neighbours(lang: Lang) -> None:
    """Slack shows the stars themselves where a letter, a Chinese one too, touches them."""
    bold = re.compile(r"(.?)\*(?=\S)[^*`\n]+?(?<=\S)\*(.?)")
    found = {
        key: said[0]
        for key, sentence in texts.load(lang).sentences.items()
        for said in bold.finditer(sentence)
        if any(each.isalnum() or each in ("{", "}") for each in said.groups())
    }
    assert found == {}


def test_every_key_in_the_code_exists() -> None:
    """A misspelt key would be noticed by the first person who gets that far."""
    unknown = [(place, key) for place, key, is_prefix in literals() if not is_prefix and key not in ZH.sentences]
    assert unknown == []


def test_every_family_of_keys_is_complete() -> None:
    """Each prefix in the code is listed above, and each listed value has its sentence."""
    assert {key for _, key, is_prefix in literals() if is_prefix} == set(FAMILIES)
    assert [
        prefix + str(each)
        for prefix, values in FAMILIES.items()
        for each in values
        if prefix + str(each) not in ZH.sentences
    ] == []


def test_no_sentence_is_kept_for_nobody() -> None:
    """What no code asks for any more would be translated and looked after in vain."""
    asked = {key for _, key, is_prefix in literals() if not is_prefix}
    asked |= {prefix + str(each) for prefix, values in FAMILIES.items() for each in values}
    pattern = put_together()
    assert [key for key in ZH.sentences if key not in asked and not pattern.fullmatch(key)] == []


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", ["1 day late", "2 days late", "0 days late"]), ("zh", ["逾期 1 天", "逾期 2 天", "逾期 0 天"])],
)
def test_one_of_a_kind_is_said_as_the_language_does(lang: Lang, said: list[str]) -> None:
    """Chinese has one form for all numbers."""
    assert [texts.load(lang)("followup.late", count=count) for count in (1, 2, 0)] == said


@pytest.mark.parametrize(("lang", "said"), [("en", "To follow up on Fri 6 Mar"), ("zh", "3月6日（周五）要跟进的客户")])
def test_dates_are_spelled_as_the_language_does(lang: Lang, said: str) -> None:
    """With the weekday, which is what people plan by."""
    assert texts.load(lang)("digest.title", day=date(2026, 3, 6)) == said


def test_moments_are_left_to_the_caller() -> None:
    """A datetime is a date too, but dropping its hour would be wrong."""
    moment = datetime(2026, 3, 6, 9, tzinfo=UTC)
    assert str(moment) in EN("digest.title", day=moment)


def test_what_people_typed_is_not_taken_for_a_gap() -> None:
    """Braces in a customer's name stay braces."""
    assert "{title}" in EN("visit.saved_created", customer="{title} & co", tier="A")


def test_an_unknown_key_is_an_error() -> None:
    """Not a silent empty sentence."""
    with pytest.raises(KeyError):
        EN("no.such_sentence")


def test_somebody_who_was_erased_is_no_mention() -> None:
    """Slack would show the pseudonym as it is."""
    said = ZH("gap.owned", owner="erased-1a2b3c4d", due="1")
    assert "一位已删除的同事" in said
    assert "<@" not in said
