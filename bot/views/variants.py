"""What is said to some customers, and which they are."""

from bot.domain.entry import Lang
from bot.domain.variant import Audience, Variant
from bot.text import Text
from bot.views.blocks import Block, escape, section


def for_whom(audience: Audience, text: Text) -> str:
    """«For trading customers»; a tier is the company's own word and is not spoken aloud."""
    industry = text(f"variant.industry_{audience.industry}") if audience.industry else ""
    tiers = "/".join(audience.tiers)
    if industry and tiers:
        return text("variant.for_both", industry=industry, tiers=tiers)
    return text("variant.for_industry", industry=industry) if industry else text("variant.for_tiers", tiers=tiers)


def in_full(variant: Variant, lang: Lang, text: Text) -> Block:
    """With what is different, where that is said."""
    lines = [f"*{for_whom(variant.audience, text)}*", f">{escape(variant.say.in_(lang))}"]
    lines += [escape(variant.note.in_(lang))] if variant.note else []
    return section("\n".join(lines))
