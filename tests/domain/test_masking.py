"""What others may not read is hidden; what a question is about stays."""

import pytest

from bot.domain.masking import MASK, is_bank_card, is_id_card, masked

HIDDEN = {
    "mobile": ("让他打 13912345678 找我", "让他打 ••• 找我"),
    "mobile with dashes": ("139-1234-5678说的", "•••说的"),
    "mobile abroad": ("call +86 139 1234 5678 now", "call ••• now"),
    "mobile in full width": ("手机１３９１２３４５６７８", "手机•••"),
    "landline": ("电话 021-5888 1234", "电话 •••"),
    "ID card": ("身份证11010519491231002X对吗", "身份证•••对吗"),
    "ID card with small x": ("11010519491231002x", MASK),
    "ID card in groups": ("号码 110105 19491231 002X 。", "号码 ••• 。"),
    "bank card": ("卡号4111111111111111", "卡号•••"),
    "bank card in groups": ("付到 6222 0212 3456 7890 128", "付到 •••"),
    "card beside other numbers": ("30 4111 1111 1111 1111 90 天", "••• 90 天"),
    "two cards": ("4111-1111-1111-1111, 4111-1111-1111-1111", "•••, •••"),
    "e-mail": ("发到 lin.yue+1@example.com.cn 吧", "发到 ••• 吧"),
    "credit code": ("税号91310000MA1FL0000X", "税号•••"),
    "long number": ("合同 20251103001 的费率", "合同 ••• 的费率"),
    "several": ("13912345678、a@b.cn", "•••、•••"),
}
KEPT = {
    "amount": "500万，费率1.2%，90天",
    "amount in digits": "5000000元能做吗",
    "amount with commas": "12,000,000 at 1.25%",
    "dates": "2026-11-24 前放款",
    "numbers that fail the checks": "2025 1103 0012 3457 什么意思",
    "version": "PBC 2022 No. 1",
}


@pytest.mark.parametrize(("typed", "shown"), HIDDEN.values(), ids=HIDDEN)
def test_personal_data_is_hidden(typed: str, shown: str) -> None:
    assert masked(typed) == shown
    assert masked(shown) == shown, "once is enough"


@pytest.mark.parametrize("typed", KEPT.values(), ids=KEPT)
def test_what_is_no_personal_data_stays(typed: str) -> None:
    """A question without its amounts could not be answered."""
    assert masked(typed) == typed


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("远大纺织嫌费率高，远大说要再看", "•••嫌费率高，•••说要再看"),
        ("QUILLMERE trading wants more", "••• wants more"),
        ("the Ace contract is in place", "the ••• contract is in place"),
        ("a.b (c) said so", "••• said so"),
    ],
    ids=["Chinese, short name too", "any case", "whole words only", "signs"],
)
def test_names_of_customers_are_hidden(typed: str, shown: str) -> None:
    """The longest first, so that no half of a name is left."""
    assert masked(typed, ["远大", "远大纺织", "Quillmere Trading", "Ace", "a.b (c)", "", "x"]) == shown


@pytest.mark.parametrize(
    ("number", "valid"),
    [("11010519491231002X", True), ("110105194912310021", False), ("1101051949123100", False), ("", False)],
)
def test_an_id_card_is_told_by_its_checksum(number: str, valid: bool) -> None:
    assert is_id_card(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [("4111 1111 1111 1111", True), ("4111111111111112", False), ("411111111111", False), ("4" * 20, False)],
)
def test_a_bank_card_is_told_by_luhns_check(number: str, valid: bool) -> None:
    assert is_bank_card(number) is valid
