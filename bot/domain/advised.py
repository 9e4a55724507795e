"""A filled-in visit form and the quality gate: what to say of it, and what is left once personal data is masked."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from bot.domain.facts import Document, Figure, Unit
from bot.domain.note import VisitForm
from bot.domain.playbook import RedLine
from bot.domain.quality import Advice, AdviceKind, advice, without_personal
from bot.domain.reading import Guess, Reading


def advice_on(form: VisitForm, red_lines: Iterable[RedLine]) -> list[Advice]:
    """Each thing once. What was confirmed counts, not what may be read in the text; a next step may stand anywhere."""
    figures = tuple(Guess(each, _written(each), 0, 0) for each in form.facts.figures)
    text = "\n".join(filter(None, (form.note, form.pasted, form.next_step)))
    found = [each for each in advice(text, Reading(figures=figures), red_lines) if not _is_met(each, form)]
    return list({digest(each): each for each in found}.values())


def _is_met(found: Advice, form: VisitForm) -> bool:
    has_step = form.next_step_on is not None or any(each.due_on for each in form.facts.promises)
    return found.kind is AdviceKind.NO_NEXT_STEP and has_step


def _written(figure: Figure) -> str:
    return f"{figure.number}%" if figure.unit is Unit.PERCENT else f"¥{figure.number:,f}"


def digest(found: Advice) -> str:
    """Tells one piece of advice from another without its words."""
    return f"{found.kind}:{hashlib.sha256(found.words.encode()).hexdigest()[:10]}"


def without_personal_data(form: VisitForm, red_lines: Iterable[RedLine]) -> VisitForm:
    """In all its texts, but for what its author needs as contact data (`keeps`)."""
    lines = list(red_lines)

    def masked(text: str) -> str:
        found = advice(text, Reading(), lines)
        kept = [each for each in found if each.kind is AdviceKind.MOBILE and digest(each) in form.keeps]
        return without_personal(text, found, kept)

    facts = form.facts.model_copy(
        update={
            "promises": tuple(each.model_copy(update={"text": masked(each.text)}) for each in form.facts.promises),
            "documents": tuple(Document(masked(each.name), each.state) for each in form.facts.documents),
        }
    )
    needs = tuple(replace(each, statement=masked(each.statement), words=masked(each.words)) for each in form.needs)
    step = masked(form.next_step) if form.next_step else form.next_step
    return replace(form, note=masked(form.note), pasted=masked(form.pasted), next_step=step, facts=facts, needs=needs)
