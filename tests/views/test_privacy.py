"""The buttons under what is kept about a person."""

from bot.text import load
from bot.views import privacy
from tests.views.limits import message_faults


def test_the_docs_are_linked_where_the_company_has_put_them() -> None:
    blocks = privacy.notice(load("en"), "https://wiki.example.com/factormate")
    assert blocks[1]["elements"][-1]["url"] == "https://wiki.example.com/factormate"
    assert message_faults(blocks) == []
    assert len(privacy.notice(load("en"), None)[1]["elements"]) == 2
