"""The phrases of our own red lines: each rule is heard when it is crossed, and not where it is kept."""

from datetime import date

import pytest

from bot.domain.checks import findings
from bot.domain.entry import LANGS, Lang
from bot.domain.playbook import Playbook
from bot.loading import ROOT
from bot.storage.playbooks import load
from tests.builders import make_entry

CROSSED = {
    "RL-01": (
        ["您放心，这单肯定能批", "保证三天内放款", "我拍胸脯保证没问题", "资料齐了，两天内就能到账", "放心，包你过"],
        [
            *("Approval is guaranteed", "You'll have the money by Friday, guaranteed", "Consider it approved"),
            *("I promised him approval by Friday", "Told her it's a sure thing", "I assured them the limit"),
        ],
    ),
    "RL-02": (["您就当它是贷款", "没有真实贸易也能做"], ["Think of it as a loan"]),
    "RL-03": (["除了利息，绝对不会再收一分钱", "服务费先别跟客户提"], ["There are no hidden fees whatsoever"]),
    "RL-04": (
        ["买方不付，绝不会找您", "回购条款就是走个形式", "保证无追索"],
        ["We would never come back to you", "We promised no recourse"],
    ),
    "RL-05": (["无追索就是全都管", "货物有争议也归我们承担"], ["Non-recourse covers everything"]),
    "RL-06": (["日期往前写几天就行", "发票开大一点"], ["Just back-date the invoice", "Make the invoice bigger"]),
    "RL-07": (
        ["那家公司靠不住", "银行根本不会贷给您"],
        ["That firm can't be trusted", "Send me a copy of their quote"],
    ),
    "RL-08": (
        ["绝对不上征信", "我们肯定不通知买方", "做完就能出表"],
        [
            "The buyer will never know",
            "It never shows up on your credit record",
            "It won't appear on the credit report",
        ],
    ),
    "RL-09": (
        ["我们是全市场最低价", "我们有国家背景", "名额只剩两个"],
        ["We're the best in the market", "We are state-backed"],
    ),
    "RL-10": (["事成给您回扣", "钱打到我个人账户"], ["There's something in it for you"]),
    "RL-11": (["空白处先签，我们来填", "先签字，条款回头再看"], ["Sign it blank", "Just sign now and read it later"]),
    "RL-12": (["公章放我这儿", "密码给我"], ["Leave your company seal with me"]),
    "RL-13": (["发我私人微信", "先查了征信再说"], ["Send it to my personal WeChat"]),
    "RL-14": (
        ["客户脾气大，记一笔", "老板太固执", "他是回族，不喝酒", "老板前年中风", "儿子在国外读书"],
        ["He's a difficult person", "CFO is arrogant", "The boss had a stroke", "He is a heavy drinker"],
    ),
    "RL-15": (["不给钱就去堵他门口", "吓唬他一下"], ["We'll threaten them"]),
    "RL-16": (["换张票续上就不算逾期"], ["Roll it over so the overdue disappears"]),
    "RL-17": (["银行那边先别说", "同一笔再转让一次"], ["Don't tell your bank"]),
    "RL-18": (["打官司您肯定赢", "这条款绝对合法"], ["This is perfectly legal"]),
    "RL-19": (["隔壁那家也在我们这儿做"], ["Another customer of ours pays less"]),
    "RL-20": (["有争议的先放款", "关联公司的账款照样融"], ["You must also buy our credit report service"]),
}
KEPT: dict[Lang, list[str]] = {
    "zh": [
        "我们不承诺包过",
        "审批通过后一定通知您",
        "打包过来的资料先分开",
        "会不会通知买方，要看合同怎么约定",
        "是否上征信以书面答复为准",
        "这不是贷款，是应收账款转让",
        "国家规定的期限",
        "我们不是最便宜的，但全部费用写在纸上",
        "最近几个月的流水里，最慢的一张拖了多久",
        "空白的地方要划掉，不能先签",
        "请律师看过再签，不急",
        "请不要发到我的私人微信",
        "征信要您书面同意才能查",
        "不送礼，也不收回扣",
        "发票金额多少就报多少，不能开大",
        "带争议的账款不能融",
        "同一笔账款不能再转让一次",
        "不是说绝不会找您，哪些情形要回购都写着",
        "逾期几天就报几天，不能换票遮掩",
        "别家客户的价格我不能讲",
        "法院怎么判我不下结论",
    ],
    "en": [
        "Nobody can guarantee you the committee's decision",
        "Once it's approved, you'll have the contract in writing",
        "Don't think of it as a loan; it's a sale of receivables",
        "We can't do it without a real trade",
        "It covers the buyer's inability to pay; disputes are not covered",
        "What works best for you?",
        "We aren't the cheapest in the market",
        "Which of your buyers is the largest in the market?",
        "Never sign a blank form; have your lawyer read it first",
        "Please use the company channel rather than my personal WeChat",
        "We can't back-date anything",
        "The same receivable can't be assigned twice",
        "No one can say you're sure to win",
        "We follow the agreed steps and never threaten anyone",
    ],
}


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    return load(ROOT / "playbooks")


def rules(text: str, lang: Lang, playbook: Playbook) -> set[object]:
    entry = make_entry(say={"zh": "咱们看账", "en": "Let's see", lang: text})
    found = findings(entry, playbook, date(2026, 2, 1))
    return {each.values["rule"] for each in found if each.key == "check.red_line" and each.lang == lang}


def test_every_red_line_has_phrases(playbook: Playbook) -> None:
    assert set(playbook.red_lines) == set(CROSSED)
    assert all(line.phrases.in_(lang) for line in playbook.red_lines.values() for lang in LANGS)


@pytest.mark.parametrize("rule", CROSSED)
def test_a_crossed_line_is_heard(rule: str, playbook: Playbook) -> None:
    """Each of these sentences, by the rule it crosses."""
    for lang, sentences in zip(LANGS, CROSSED[rule], strict=True):
        assert [each for each in sentences if rule not in rules(each, lang, playbook)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_near_misses_cross_nothing(lang: Lang, playbook: Playbook) -> None:
    """Denials, conditions and words that only look like a promise."""
    assert [each for each in KEPT[lang] if rules(each, lang, playbook)] == []


@pytest.mark.parametrize("lang", LANGS)
def test_what_to_say_instead_crosses_nothing(lang: Lang, playbook: Playbook) -> None:
    instead = [line.instead.in_(lang) for line in playbook.red_lines.values()]
    assert [each for each in instead if rules(each, lang, playbook)] == []


def test_most_of_what_entries_forbid_is_heard(playbook: Playbook) -> None:
    """The sentences quoted under `never` were written without the phrases in mind."""
    quoted = [
        (lang, never.in_(lang))
        for entry in playbook.entries.values()
        for never in entry.never
        for lang in LANGS
        if never.in_(lang)[0] in '“"'
    ]
    heard = sum(bool(rules(text, lang, playbook)) for lang, text in quoted)
    assert heard >= 0.9 * len(quoted)
