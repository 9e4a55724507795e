"""What is kept about a person, who sees it, and how to get it or have it changed."""

from collections.abc import Sequence
from typing import Final

from bot.text import Text
from bot.views.blocks import Block, actions, button, link_button, section

EXPORT: Final = "privacy_export"
ASK: Final = "privacy_ask"
READ: Final = "privacy_read"


def notice(text: Text, docs_url: str | None, *, rephrases: bool = False) -> list[Block]:
    buttons = [button(text("privacy.export"), EXPORT, "own"), button(text("privacy.ask"), ASK, "admins")]
    if docs_url is not None:
        buttons.append(link_button(text("privacy.read"), READ, docs_url))
    beyond = [section(text("privacy.rephrasing"))] if rephrases else []
    return [section(text("privacy.notice")), *beyond, actions(buttons)]


def whom_to_ask(admin_ids: Sequence[str], text: Text) -> str:
    if not admin_ids:
        return text("privacy.ask_slack_admins")
    return text("privacy.ask_them", people=text.listed(f"<@{each}>" for each in admin_ids))
