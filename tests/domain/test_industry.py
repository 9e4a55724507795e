"""How people name an industry, and when it is better not to know it."""

import pytest

from bot.domain.industry import Industry, industry_of


@pytest.mark.parametrize(
    ("industry", "names"),
    [
        (Industry.TRADING, "贸易 建材贸易 纺织品贸易 贸易（机械） 机械（贸易） 进出口 Trading wholesale"),
        (Industry.MANUFACTURING, "制造 纺织 制造/纺织 机械 工程机械 汽车零部件 物流设备制造 Manufacturing textiles"),
        (Industry.CONSTRUCTION, "建筑 施工 建筑工程 机电工程 装修 大兴建设 Construction contracting"),
        (Industry.LOGISTICS, "物流 运输 公路货运 医药物流 集团（物流） Logistics third-party-logistics freight"),
        (Industry.HEALTHCARE, "医药 医疗器械 医疗器械贸易 医疗用品 Healthcare medical"),
        (Industry.TECH_SERVICES, "软件 IT it服务 系统集成 信息技术服务 物流软件 tech SaaS"),
    ],
)
def test_an_industry_by_the_names_it_goes_by(industry: Industry, names: str) -> None:
    """What is done with the goods counts before what they are; capitals and brackets do not matter."""
    assert {name: industry_of(name) for name in names.split()} == dict.fromkeys(names.split(), industry)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "食品", "建材", "建筑材料", "building materials", "电子商务", "生物工程", "exit consulting", "pottery"],
)
def test_what_names_none_of_them(typed: str) -> None:
    """Goods that are made as often as traded, words that only hold one of ours, and nothing at all."""
    assert industry_of(typed) is None


@pytest.mark.parametrize("typed", ["制造/贸易", "贸易、物流", "trading and logistics", "软件；施工"])
def test_two_industries_are_none(typed: str) -> None:
    """A line for one of them would not fit the other."""
    assert industry_of(typed) is None


@pytest.mark.parametrize(
    ("typed", "industry"),
    [
        ("Healthcare supplies", Industry.HEALTHCARE),
        ("IT services", Industry.TECH_SERVICES),
        ("building materials trading", Industry.TRADING),
        ("construction machinery", Industry.MANUFACTURING),
        ("civil engineering", Industry.CONSTRUCTION),
    ],
)
def test_names_of_several_words(typed: str, industry: Industry) -> None:
    """The word that tells may come last."""
    assert industry_of(typed) is industry
