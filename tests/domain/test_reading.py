"""What is read from single notes. How well it does on notes of others is measured in tests/matching/test_notes.py."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calendars import WorkCalendar
from bot.domain.dates import Day, Writing
from bot.domain.facts import Attendee, Basis, DocumentState, RiskEvent, Side, Unit
from bot.domain.need import NeedType
from bot.domain.reader import read
from bot.domain.reading import Reading
from bot.domain.visit import Channel

NOW = datetime(2026, 3, 12, 14, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Thursday."""
NAMES = {
    "嘉兴远大纺织有限公司": "c1",
    "远大纺织": "c1",
    "远大": "c1",
    "海稷食品": "c2",
    "Haiji": "c2",
    "远达物流": "c3",
}
PHRASES = {"费率高": "cost/fee-too-high", "expensive": "cost/fee-too-high", "通知买方": "disclosure/buyer-notification"}


def match(text: str) -> Sequence[tuple[str, float]]:
    return [(entry_id, 0.99) for phrase, entry_id in PHRASES.items() if phrase in text]


def reading(note: str) -> Reading:
    return read(
        note, Writing(NOW, WorkCalendar()), NAMES, match, lambda text: [("signal/hesitates", 0.99)] * ("犹豫" in text)
    )


def test_the_issues_own_example() -> None:
    """One typed line: the customer, what bothers it, and what we owe by when."""
    found = reading("远大纺织 嫌费率高，周三前给报价")
    assert found.customer is not None
    assert (found.customer.value, found.customer.words) == ("c1", "远大纺织")
    assert [(each.value, each.words) for each in found.objections] == [("cost/fee-too-high", "嫌费率高")]
    (promise,) = found.promises
    assert (promise.value.by, promise.value.due, promise.words) == (
        Side.OURS,
        (Day(date(2026, 3, 18)),),
        "周三前给报价",
    )


def test_a_whole_note() -> None:
    """Every kind of guess, each with its words."""
    note = (
        "昨天下午拜访远大，见了财务总监和出纳。嫌费率高，还犹豫。旺季备货资金缺口约三百万元，五月底前要用。"
        "报价年化9.5%。收到营业执照，他们下周一上午十点给审计报告。我三个工作日内出方案。"
        "买方一笔86万逾期41天。下周四再去一趟。"
    )
    found = reading(note)
    assert found.on is not None
    assert (found.on.value, found.on.words) == ((date(2026, 3, 11),), "昨天下午")
    assert found.channel is not None
    assert found.channel.value is Channel.VISIT
    assert [each.value for each in found.attendees] == [Attendee.CFO, Attendee.CASHIER]
    assert [each.value for each in found.signals] == ["signal/hesitates"]
    (need,) = found.needs
    assert (need.value.type, need.value.amount) == (NeedType.LIQUIDITY, Decimal(3_000_000))
    assert need.value.when == (Day(date(2026, 5, 31)),)
    (figure,) = found.figures
    assert (figure.value.number, figure.value.unit, figure.value.basis) == (Decimal("9.5"), Unit.PERCENT, Basis.ANNUAL)
    assert [(each.value.name, each.value.state) for each in found.documents] == [
        ("营业执照", DocumentState.GIVEN),
        ("审计报告", DocumentState.ASKED),
    ]
    assert [(each.value.by, each.value.due) for each in found.promises] == [
        (Side.THEIRS, (Day(date(2026, 3, 16), time(10)),)),
        (Side.OURS, (Day(date(2026, 3, 17)),)),
    ]
    assert [each.value for each in found.risks] == [RiskEvent.BUYER_OVERDUE]
    assert found.next_contact is not None
    assert found.next_contact.value == (Day(date(2026, 3, 19)),)


@pytest.mark.parametrize(
    ("note", "number", "basis"),
    [
        ("跟财务说了月息一分二", "1.2", Basis.MONTHLY),
        ("我们月息一分半", "1.5", Basis.MONTHLY),
        ("报了月息八厘", "0.8", Basis.MONTHLY),
        ("月息1.2%，全包", "1.2", Basis.MONTHLY),
        ("年息八厘", "8", Basis.ANNUAL),
        ("年利息一分", "10", Basis.ANNUAL),
        ("日息万五", "0.05", Basis.DAILY),
        ("日息万分之三", "0.03", Basis.DAILY),
        ("We quoted 1.2% a month", "1.2", Basis.MONTHLY),
        ("Our fee is 0.03% per day", "0.03", Basis.DAILY),
        ("年化8%，每月付息", "8", Basis.ANNUAL),
    ],
)
def test_prices_are_read_as_the_trade_says_them(note: str, number: str, basis: Basis) -> None:
    """分 and 厘 of a month's interest are one and a tenth of a percent, of a year's ten times that."""
    (figure,) = reading(note).figures
    assert (figure.value.number, figure.value.basis) == (Decimal(number), basis)


@pytest.mark.parametrize("note", ["月息一分钟算不清楚", "利息他一分没付", "跟银行谈的月息一分二"])
def test_what_only_sounds_like_our_price_is_none(note: str) -> None:
    assert reading(note).figures == ()


@pytest.mark.parametrize(
    ("note", "by"),
    [
        ("我周五把方案发过去", Side.OURS),
        ("他们下周一给发票", Side.THEIRS),
        ("财务说周五可以把合同给我看看", Side.THEIRS),
        ("客户嫌慢，周五前给他们书面说明", Side.OURS),
        ("会计答应周三前补齐流水", Side.THEIRS),
        ("下周一催对账单", Side.OURS),
        ("客户：周五前给买方名单", Side.THEIRS),
        ("She'll send the ledger by Friday", Side.THEIRS),
        ("Will email them the terms today", Side.OURS),
        ("Me: term sheet this Friday", Side.OURS),
        ("Them: board minutes next Wednesday", Side.THEIRS),
        ("王总 14:02\n流水我周五发你\n我 14:03\n好的", Side.THEIRS),
        ("王总 14:02\n报价呢\n我 14:03\n明天发您", Side.OURS),
        ("他回我“我明天把原件寄给你”", Side.THEIRS),
        ("她说那我周四前给你答复", Side.THEIRS),
        ("佢話月尾前覆我做唔做", Side.THEIRS),
        ("对方答应下周三开完董事会回复", Side.THEIRS),
        ("我答应周五前问清楚能不能降费再回他", Side.OURS),
        ("把批复函发过去，周五", Side.OURS),
        ("明天（周六补班）他把出货单发来", Side.THEIRS),
        ("他 by 15/4 给 PO list", Side.THEIRS),
        ("They owe: signed NOA, 20 March", Side.THEIRS),
        ("We owe: pricing, Friday", Side.OURS),
        ("Them to confirm by Wed", Side.THEIRS),
        ("Beth will send the PODs on Wednesday", Side.THEIRS),
        ("Actions:\n- KO to supply the debtor list by 17 April", Side.THEIRS),
        ("待办：\n- 客户财务周五前给授权书", Side.THEIRS),
        ("待办：\n- 周五前给授权书模板", Side.OURS),
        ("阿坤：什么时候到账\n我：在审批\n阿坤：订单后天整理给你", Side.THEIRS),
        ("Tomasz, 10:12: any news?\nMe, 10:15: not yet\nTomasz, 10:20: I'll send it tomorrow", Side.THEIRS),
        ("他说那你周三之前给我列个明细", Side.OURS),
        ("他说好那我明天把流水给你送过去", Side.THEIRS),
    ],
)
def test_who_promised(note: str, by: Side) -> None:
    assert [each.value.by for each in reading(note).promises] == [by]


@pytest.mark.parametrize(
    "note",
    [
        "流水没答应周三给",
        "希望月底前能放款",
        "合同12月15日到期",
        "老板出差下周一才回",
        "如果额度批了，周五签合同",
        "买方说月底付款",
        "他说下周三之前要放款，我没答应",
        "下周二再打电话",
        "上周五给了报价",
        "They did not agree to send the ageing on Monday",
        "He hopes to sign by Friday",
        "Invoice matures on 15 December",
        "The buyer pays by the 20th",
        "年底前缺 200 万备货款",
        "下周需要500万进货",
        "期限月底前改不了",
        "他说周五能给就给",
        "不出意外周五放款",
        "供应商催他周五结款",
        "补记：3月12日跟赵工聊过",
        "They need 2m by year-end",
        "我让他周五给流水，他没吭声",
        "Awaiting signed NOA by Friday",
        "Audit report expected by end of March",
        "He reckons the audit is done by Friday",
        "A pledge (17 March registered) was found",
    ],
)
def test_what_is_no_promise(note: str) -> None:
    """Denied, hoped, conditional, done, somebody else's, a fact, or the next meeting."""
    assert reading(note).promises == ()


@pytest.mark.parametrize(("likelihoods", "sure", "doubted"), [((0.9, 0.5, 0.1), 1, 1), ((0.3, 0.4, 0.5, 0.6), 0, 3)])
def test_what_may_be_a_promise_is_told_apart(likelihoods: Sequence[float], sure: int, doubted: int) -> None:
    """The three likeliest of those that are in doubt, in the order of the note."""
    note = "。".join(f"{day}号弄那件事" for day in range(21, 21 + len(likelihoods)))
    weighed = [{Side.OURS: 0.0, Side.THEIRS: each} for each in likelihoods]
    found = read(note, Writing(NOW, WorkCalendar()), {}, lambda _: (), lambda _: (), lambda _: weighed)
    assert (len(found.promises), len(found.doubted)) == (sure, doubted)
    assert [each.start for each in found.doubted] == sorted(each.start for each in found.doubted)
    assert "21号弄那件事" not in [each.words for each in found.doubted]


def test_a_day_that_may_be_two_offers_both() -> None:
    (promise,) = reading("I'll send the quote next Friday").promises
    assert promise.value.due == (Day(date(2026, 3, 20)), Day(date(2026, 3, 13)))


@pytest.mark.parametrize(
    ("note", "customer"),
    [
        ("嘉兴远大纺织有限公司来电", "c1"),
        ("海稷食品，远大介绍的", "c2"),
        ("met HAIJI today", "c2"),
        ("Haijin Trading called", None),
        ("远达 电话", "c3"),
        ("新客户，做注塑的", None),
    ],
)
def test_the_customer(note: str, customer: str | None) -> None:
    """The one named first; a part of a name at the start will do when it is of one customer only."""
    found = reading(note).customer
    assert (found.value if found else None) == customer


@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            (
                "远大",
                "我",
                "他们",
                "周五前",
                "给报价",
                "。",
                "，",
                "下月5号",
                "3万元",
                "9%",
                "\n",
                " by Friday ",
                "I'll ",
            )
        )
    ).map("".join)
)
def test_any_text_can_be_read(note: str) -> None:
    """Every guess shows words that stand where it says."""
    found = reading(note)
    many = (
        *found.attendees, *found.objections, *found.signals, *found.needs, *found.promises,
        *found.documents, *found.figures, *found.risks,
    )  # fmt: skip
    for each in (*many, *filter(None, (found.customer, found.on, found.channel, found.next_contact))):
        assert note[each.start : each.end] == each.words
