"""The pages that whoever installs the app sees in a browser: Chinese and English, since nobody has told which."""

from collections.abc import Sequence
from html import escape
from typing import Final

from bot.text import Text

_REASONS: Final = {
    "access_denied": "install.cancelled",
    "invalid_browser": "install.other_browser",
    "invalid_state": "install.too_late",
    "storage_error": "install.not_stored",
    "wrong_host": "install.wrong_host",
}
"""What Bolt calls what went wrong → what is said of it. Nothing of an address is ever shown again."""
_STYLE: Final = (
    "body{font:16px/1.6 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.5rem;color:#1d1c1d}"
    "h1{font-size:1.3rem}a{display:inline-block;padding:.6rem 1.2rem;border-radius:.4rem;background:#3b2a5c;"
    "color:#fff;text-decoration:none}section+section{margin-top:2.5rem}"
)


def begin_page(address: str, texts: Sequence[Text]) -> str:
    """Before anything is asked of Slack: what will happen, and the button."""
    return page([(text("install.begin_title"), text("install.begin"), address, text("install.go")) for text in texts])


def done_page(team_name: str, address: str, texts: Sequence[Text]) -> str:
    """`address` opens the app in Slack."""
    return page(
        [
            (text("install.done_title"), text("install.done", team=team_name), address, text("install.open"))
            for text in texts
        ]
    )


def failed_page(reason: str, again: str, texts: Sequence[Text]) -> str:
    """What went wrong, that nothing was changed, and where to begin anew."""
    key = _REASONS.get(reason, "install.refused")
    return page([(text("install.failed_title"), text(key), again, text("install.again")) for text in texts])


def uninvited_page(home_id: str, is_out: bool, again: str, texts: Sequence[Text]) -> str:
    """For a workspace that the operator has not let in: which id to ask for, and whether the app is out of it again."""
    parts = []
    for text in texts:
        told = text("install.not_invited", home_id=home_id)
        told += " " + text("install.taken_out" if is_out else "install.take_out")
        parts.append((text("install.failed_title"), told, again, text("install.again")))
    return page(parts)


def page(parts: Sequence[tuple[str, str, str, str]]) -> str:
    """Of each language: title, what is told, an address and its label."""
    sections = "".join(
        f'<section><h1>{escape(title)}</h1><p>{escape(told)}</p><p><a href="{escape(address)}">{escape(label)}</a></p>'
        "</section>"
        for title, told, address, label in parts
    )
    return (
        '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>factormate</title><style>{_STYLE}</style></head><body>{sections}</body></html>"
    )
