"""What the playbook lacks: questions collected, grouped with their likes, and answered by those who look after it."""

import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import fmean
from typing import Any, Final

from bot.clock import Clock
from bot.domain import policy
from bot.domain.entry import LANGS, Entry, Lang
from bot.domain.entryform import LINE_LIMIT, TEXT_LIMIT
from bot.domain.gap import Dismissal, Gap, GapRow, GapState, most_asked
from bot.domain.masking import masked
from bot.domain.question import LastAsked, Question, Reason
from bot.domain.review import is_review_day
from bot.domain.revision import REASON_LIMIT, Change, Draft, Revision, State
from bot.domain.user import Role, User
from bot.domain.workcalendar import IsWorkingDay
from bot.errors import BotError, GapClosedError, GapNotFoundError, NobodyToAskError
from bot.matching import LIKE, REPHRASED, Answer, Decision
from bot.services.customers import CustomerService
from bot.services.members import MemberService
from bot.services.playbook import PlaybookService, language_of
from bot.services.revisions import RevisionService
from bot.services.workspaces import WorkspaceService
from bot.storage.gaps import GapStore
from bot.storage.questions import QuestionStore
from bot.storage.revisions import RevisionStore

SOON: Final = timedelta(minutes=2)
"""Within which another question may be the same in other words."""
NEAR: Final = 2
"""Runners-up that the next question may turn out to have meant."""
COMPARED: Final = 200
"""The gaps a new question is compared with, each by this many of its newest wordings."""
WORDINGS: Final = 3
AT_ONCE: Final = 50
EXAMPLE_LIMIT: Final = 600
EXAMPLES_ADDED: Final = 5
_PREFIX: Final = "gap-"


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of a gap: the entry that answers it, and whom to tell, by question. Nobody while it waits."""

    gap: Gap
    entry: Entry
    revision: Revision
    asked: tuple[Question, ...] = ()

    @property
    def is_live(self) -> bool:
        return self.gap.state is GapState.ANSWERED


@dataclass(frozen=True, slots=True)
class GapService:
    questions: QuestionStore
    gaps: GapStore
    revisions: RevisionStore
    playbook: PlaybookService
    customers: CustomerService
    members: MemberService
    workspaces: WorkspaceService
    editorial: RevisionService
    now: Clock

    # collecting

    async def asked(self, actor: User, found: Answer) -> str:
        """An id for the answer; a question that nothing fits is kept under it."""
        answer_id = uuid.uuid4().hex
        if _is_filed(found):
            await self.keep(actor, Question(**self._about(actor, answer_id, found.query)))
        return answer_id

    async def keep(self, actor: User, question: Question) -> None:
        """Without the personal data in it, so that nobody can read that later."""
        names = await self.customers.names(actor)
        hidden = {"text": masked(question.text, names), "missing": masked(question.missing, names)}
        await self.questions.keep(actor.team_id, question.model_copy(update=hidden))

    async def followed(self, actor: User, answer_id: str, found: Answer) -> None:
        """Files the question before this one, where this one is the same in other words."""
        shown = found.played
        near = tuple(hit.id for hit in found.hits[: len(shown) + NEAR])[len(shown) :]
        asked = LastAsked(
            id=answer_id, asked_at=self.now(), text=found.query, shown=shown, near=near, is_kept=_is_filed(found)
        )
        before = await self.questions.swap_last_asked(actor.team_id, actor.user_id, asked)
        if before is None or not await self._is_rephrased(actor, before, asked):
            return
        found_id = asked.shown[0] if asked.shown else None
        if before.is_kept or (before.is_kept is None and await self.questions.find(actor.team_id, before.id)):
            if found_id is not None:
                await self.opened(actor, before.id, found_id, Reason.REPHRASED)
            return
        shown_id = before.shown[0] if before.shown else None
        about = self._about(actor, before.id, before.text)
        await self.keep(actor, Question(**about, reason=Reason.REPHRASED, shown_id=shown_id, found_id=found_id))

    async def _is_rephrased(self, actor: User, before: LastAsked, asked: LastAsked) -> bool:
        """Soon after and in other words: alike, or led to what had been a runner-up before."""
        if asked.asked_at - before.asked_at > SOON or asked.text.strip() == before.text.strip():
            return False
        if set(asked.shown) & set(before.near):
            return True
        (likeness,) = await (await self.playbook.library(actor.team_id)).alike(asked.text, [before.text])
        return likeness >= REPHRASED

    async def opened(self, actor: User, answer_id: str, entry_id: str, how: Reason = Reason.BROWSED) -> None:
        """Somebody whom no play fitted opened one by hand. After any other answer that means nothing."""
        question = await self.questions.find(actor.team_id, answer_id)
        if question is not None and question.asked_by == actor.user_id:
            await self.questions.change(actor.team_id, answer_id, lambda each: each.led_to(entry_id, how))

    def _about(self, actor: User, question_id: str, text: str) -> dict[str, Any]:
        return {"id": question_id, "asked_by": actor.user_id, "asked_at": self.now(), "text": text}

    async def group(self, team_id: str) -> None:
        """Puts what was collected since into gaps: each question to the most like, or into one of its own.

        Left to other processes where there is no matcher.
        """
        if (await self.playbook.library(team_id)).matcher is None:
            return
        for question in await self.questions.ungrouped(team_id, AT_ONCE):
            gap_id = await self._most_like(team_id, question.text)
            if gap_id is None or not await self.gaps.put(team_id, question.id, gap_id):
                await self.gaps.put(team_id, question.id, uuid.uuid4().hex)

    async def _most_like(self, team_id: str, text: str) -> str | None:
        rows = await self._rows(team_id, await self.gaps.latest(team_id, COMPARED), WORDINGS)
        wordings = [row.examples for row in rows]
        library = await self.playbook.library(team_id)
        likeness = iter(await library.alike(text, [each for group in wordings for each in group]))
        means = [fmean([next(likeness) for _ in group]) if group else 0.0 for group in wordings]
        best = max(range(len(rows)), key=means.__getitem__, default=None)
        return rows[best].gap.id if best is not None and means[best] >= LIKE else None

    async def _rows(self, team_id: str, gaps: Iterable[Gap], newest: int) -> list[GapRow]:
        wanted = [(gap, gap.question_ids[: -newest - 1 : -1]) for gap in gaps]
        found = await self.questions.all(team_id, [each for _, ids in wanted for each in ids])
        by_id = {each.id: each for each in found}
        return [GapRow(gap, [by_id[each] for each in ids if each in by_id]) for gap, ids in wanted]

    # looking after

    async def open(self, actor: User) -> list[GapRow]:
        """Those to be seen to, the most asked first. Raises NotEditorError."""
        policy.ensure_edits_playbook(actor)
        await self.group(actor.team_id)
        gaps = await self.gaps.latest(actor.team_id, COMPARED)
        seen_to = (GapState.OPEN, GapState.WAITING)
        wanted = sorted((gap for gap in gaps if gap.state in seen_to), key=most_asked)
        return await self._rows(actor.team_id, wanted, WORDINGS)

    async def of_week(self, actor: User, day: date, is_work: IsWorkingDay) -> list[GapRow] | None:
        """What the actor's message of that day lists: once a week, on the day of the reviews."""
        if not policy.may_edit_playbook(actor):
            return None
        return await self.open(actor) or None if is_review_day(day, is_work) else None

    async def items(self, actor: User, gap_ids: Iterable[str]) -> list[GapRow] | None:
        """Those of them that are still to be seen to; None where there never were any, or no longer for this person."""
        wanted = set(gap_ids)
        if not wanted or not policy.may_edit_playbook(actor):
            return None
        return [row for row in await self.open(actor) if row.gap.id in wanted]

    async def get(self, actor: User, gap_id: str) -> GapRow:
        policy.ensure_edits_playbook(actor)
        return (await self._rows(actor.team_id, [await self.gaps.get(actor.team_id, gap_id)], WORDINGS))[0]

    async def assign(self, actor: User, gap_id: str, owner_id: str, due_on: date) -> Gap:
        policy.ensure_edits_playbook(actor)
        return await self.gaps.change(actor.team_id, gap_id, lambda gap: gap.assigned(owner_id, due_on))

    async def dismiss(self, actor: User, gap_id: str, why: Dismissal) -> Gap:
        policy.ensure_edits_playbook(actor)
        dismissed = await self.gaps.change(actor.team_id, gap_id, lambda gap: gap.dismissed(why, actor.user_id))
        await self.workspaces.record(actor.team_id, actor.user_id, "gap.dismiss", gap_id)
        return dismissed

    async def answer(self, actor: User, gap_id: str, entry_id: str) -> Closed:
        """Adds the questions to the entry's examples.

        Four eyes: where the actor approves changes, whoever asked counts as their author and they are live at once.
        Else the actor is their author, and they wait for an approver.
        """
        policy.ensure_edits_playbook(actor)
        gap = await self.gaps.get(actor.team_id, gap_id)
        row = (await self._rows(actor.team_id, [gap], len(gap.question_ids)))[0]
        entry = (await self.playbook.library(actor.team_id)).entry(entry_id)
        others = [each.asked_by for each in row.questions if each.asked_by != actor.user_id]
        may_approve = bool(others) and await self._may_approve(actor, others[0])
        revision = await self._examples_added(actor.team_id, entry, row, others[0] if may_approve else actor.user_id)
        gap = await self.gaps.change(actor.team_id, gap_id, lambda each: each.waiting(entry_id, actor.user_id))
        try:
            await self.revisions.save(actor.team_id, revision)
            if not may_approve:
                return Closed(gap, entry, revision)
            revision = await self.revisions.decide(
                actor.team_id, revision.id, lambda each: each.approved(actor.user_id, self.now())
            )
        except BotError:
            await self.gaps.change(actor.team_id, gap_id, Gap.reopened)
            raise
        self.playbook.forget(actor.team_id)
        await self.workspaces.record(actor.team_id, actor.user_id, "gap.answer", gap_id)
        return await self.decided(actor.team_id, revision) or Closed(gap, entry, revision)

    async def new_examples(self, actor: User, gap_id: str) -> Mapping[Lang, str]:
        """What a new entry for the gap begins with: its newest questions, a line each, by language."""
        policy.ensure_edits_playbook(actor)
        gap = await self.gaps.get(actor.team_id, gap_id)
        (row,) = await self._rows(actor.team_id, [gap], len(gap.question_ids))
        found: dict[Lang, str] = dict.fromkeys(LANGS, "")
        for line in row.examples[:EXAMPLES_ADDED]:
            shown = " ".join(masked(line).split())[:LINE_LIMIT]
            lang = language_of(shown, "zh")
            found[lang] = f"{found[lang]}\n{shown}".strip()[:TEXT_LIMIT]
        return found

    async def suggest(self, actor: User, gap_id: str, draft: Draft) -> Revision:
        """An entry that is to answer the gap, as RevisionService takes it; the gap waits for its approval.

        Where the gap was closed otherwise meanwhile, what was written is suggested all the same.
        """
        policy.ensure_edits_playbook(actor)
        linked = replace(draft, form_id=f"{_PREFIX}{gap_id}-{draft.form_id}")
        revision = await self.editorial.suggest(actor, linked)
        if revision.is_pending:
            with suppress(GapClosedError, GapNotFoundError):
                await self.gaps.change(
                    actor.team_id, gap_id, lambda each: each.waiting(revision.entry_id, actor.user_id)
                )
        return revision

    async def _may_approve(self, actor: User, author_id: str) -> bool:
        return policy.may_approve(actor, author_id, await self.members.all(actor.team_id))

    async def _examples_added(self, team_id: str, entry: Entry, row: GapRow, author_id: str) -> Revision:
        own = await self.revisions.find_own(team_id, entry.id)
        return Revision(
            id=f"{_PREFIX}{row.gap.id}-{uuid.uuid4().hex[:8]}",
            entry_id=entry.id,
            change=Change.EDIT,
            values=with_examples(entry, row.examples[:EXAMPLES_ADDED]),
            replaces=own.revision_id if own else None,
            author_id=author_id,
            why=" / ".join(row.examples)[:REASON_LIMIT],
            written_at=self.now(),
        )

    async def decided(self, team_id: str, revision: Revision) -> Closed | None:
        """What follows from a decided change for the gap it was to answer: it is answered, or open again.

        None where nobody is to be told: it was sent back, or is about no gap, or the gap was closed otherwise.
        """
        gap_id = gap_id_of(revision)
        if not gap_id:
            return None

        def step(found: Gap) -> Gap:
            if revision.state is State.APPROVED:
                return found.answered(revision.entry_id, revision.author_id)
            return found.reopened()

        try:
            gap = await self.gaps.change(team_id, gap_id, step)
        except (GapClosedError, GapNotFoundError):
            return None
        entry = revision.entry
        if gap.state is not GapState.ANSWERED or entry is None:
            return None
        questions = await self.questions.all(team_id, gap.question_ids)
        newest = {each.asked_by: each for each in questions if each.asked_by != gap.closed_by}
        return Closed(gap, entry, revision, tuple(newest.values()))

    # asking somebody

    async def ask_owner(self, actor: User, question_id: str) -> Question:
        """With the colleague it goes to: an editor, or an admin where there is none. Raises NobodyToAskError."""
        question = await self.questions.find(actor.team_id, question_id)
        if question is None or question.asked_by != actor.user_id:
            raise GapNotFoundError
        if question.asked_of is not None:
            return question
        owner_id = await self._somebody(actor, question)
        return await self.questions.change(
            actor.team_id, question_id, lambda each: each.model_copy(update={"asked_of": each.asked_of or owner_id})
        )

    async def _somebody(self, actor: User, question: Question) -> str:
        """The gap's owner, else the colleagues in turn."""
        if question.gap_id is not None:
            owner_id = (await self.gaps.get(actor.team_id, question.gap_id)).owner_id
            if owner_id is not None and owner_id != actor.user_id:
                return owner_id
        everybody = await self.members.all(actor.team_id)
        for role in (Role.EDITOR, Role.ADMIN):
            fit = {each.user_id for each in everybody if role in each.roles}
            fit |= self.members.admin_users if role is Role.ADMIN else frozenset()
            if chosen := sorted(fit - {actor.user_id}):
                return chosen[int(question.id[:8], 16) % len(chosen)]
        raise NobodyToAskError

    async def question_for(self, actor: User, question_id: str) -> Question:
        """The question that was sent to the actor. Raises GapNotFoundError for anybody else."""
        question = await self.questions.find(actor.team_id, question_id)
        if question is None or question.asked_of != actor.user_id:
            raise GapNotFoundError
        return question

    async def reply(self, actor: User, question_id: str, text: str) -> Question:
        """Keeps what the colleague wrote, in place of an earlier reply; the question is in its gap then."""
        await self.question_for(actor, question_id)
        await self.group(actor.team_id)
        return await self.questions.change(
            actor.team_id, question_id, lambda each: each.model_copy(update={"reply": text})
        )


def _is_filed(found: Answer) -> bool:
    """Nothing fits it: the playbook has a gap there."""
    return found.decision is Decision.NONE and bool(found.query.strip())


def gap_id_of(revision: Revision) -> str:
    """The gap that a change is to answer; empty for none."""
    return revision.id.removeprefix(_PREFIX).partition("-")[0] if revision.id.startswith(_PREFIX) else ""


def with_examples(entry: Entry, lines: Iterable[str]) -> dict[str, Any]:
    """The entry as plain values, with lines it does not have yet among its examples."""
    values: dict[str, Any] = entry.model_dump(mode="json")
    known = {lang: {each.casefold() for each in entry.examples.in_(lang)} for lang in LANGS}
    for line in (each[:EXAMPLE_LIMIT].strip() for each in lines):
        lang = language_of(line, "zh")
        if line and line.casefold() not in known[lang]:
            known[lang].add(line.casefold())
            values["examples"][lang].append(line)
    return values
