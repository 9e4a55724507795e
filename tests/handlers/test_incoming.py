"""What people typed, without Slack's markup and without what cannot be seen."""

import pytest

from handlers import incoming


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  费率太高 ", "费率太高"),
        ("<@U01LIN> 费率太高", "费率太高"),
        ("<@U01LIN|lin> 费率太高", "费率太高"),
        ("<!channel> 费率太高 <!here|here>", "费率太高"),
        ("问 <#C1|general> 费率", "问  费率"),
        ("看 <https://x.example/a?b=1|报价单> 再说", "看  报价单  再说"),
        ("看<https://x.example>再说", "看  再说"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("R&amp;D &lt;10%&gt;", "R&D <10%>"),
        ("&lt;!channel&gt;", "<!channel>"),
        ("&amp;lt;", "&lt;"),
        ("费\u200b率\u202e太\ufeff高\x00", "费率太高"),
        ("第一行\n第二行\t末", "第一行\n第二行\t末"),
        ("3 &lt; 5 | 6", "3 < 5 | 6"),
        ("", ""),
    ],
    ids=[
        "spaces",
        "mention",
        "mention with a name",
        "channel calls",
        "channel",
        "link with a label",
        "bare link",
        "mail",
        "entities",
        "an escaped call is text",
        "undone once",
        "invisible characters",
        "lines and tabs stay",
        "signs",
        "nothing",
    ],
)
def test_words_are_what_a_person_wrote(text: str, said: str) -> None:
    """Calls and bare addresses go, labels stay."""
    assert incoming.words(text) == said


@pytest.mark.parametrize(
    ("text", "has_words"),
    [
        ("费率", True),
        ("fee", True),
        ("12", True),
        ("плата", True),
        ("😀😀", False),
        (":+1: :man-shrugging::skin-tone-2:", False),
        (":smile: 贵", True),
        ("？！…—", False),
        ("___", False),
        ("", False),
    ],
    ids=[
        "Chinese",
        "English",
        "number",
        "Russian",
        "emoji",
        "emoji codes",
        "emoji and a word",
        "signs",
        "lines",
        "none",
    ],
)
def test_emoji_and_signs_are_no_words(text: str, has_words: bool) -> None:
    """There is nothing in them to look for."""
    assert incoming.has_words(text) is has_words


@pytest.mark.parametrize(
    ("text", "word", "rest"),
    [
        ("visit 远大纺织 嫌费率高", "visit", "远大纺织 嫌费率高"),
        ("  Visit   远大纺织  嫌费率高 ", "visit", "远大纺织  嫌费率高"),
        ("visit　远大纺织", "visit", "远大纺织"),
        ("visit\n远大纺织", "visit", "远大纺织"),
        ("help", "help", ""),
        ("语言 zh", "语言", "zh"),
        ("", "", ""),
        ("   ", "", ""),
    ],
    ids=["plain", "spaces and case", "wide space", "line break", "alone", "Chinese", "nothing", "spaces only"],
)
def test_the_first_word_is_the_command(text: str, word: str, rest: str) -> None:
    """However an input method spaced it; the rest keeps its case and its inner spaces."""
    assert incoming.first_word(text) == (word, rest)
