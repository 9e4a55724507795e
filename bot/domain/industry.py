"""The industries that the playbook knows, and how people name them in a customer's file."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Industry(StrEnum):
    TRADING = "trading"
    MANUFACTURING = "manufacturing"
    CONSTRUCTION = "construction"
    LOGISTICS = "logistics"
    HEALTHCARE = "healthcare"
    TECH_SERVICES = "tech_services"


_NAMED: Final[Mapping[Industry, re.Pattern[str]]] = {
    Industry.TECH_SERVICES: re.compile(
        r"软件|信息技术|信息化|信息系统|系统集成|技术服务|云计算|(?<![a-z])(?:it|saas)(?![a-z])"
        r"|\bsoftware|^tech$|\btech(?:nology)? services?\b|\binformation tech|\bsystems? integrat"
    ),
    Industry.LOGISTICS: re.compile(
        r"(?:物流|运输|货运|快递)(?![设装]备|器材|机械|车辆制造)|仓储|货代|冷链"
        r"|\blogistics?\b|\bfreight|\btransport(?:ation)?\b|\bhaulage|\btrucking|\bcourier|\bwarehous|\bforward(?:er|ing)\b"
    ),
    Industry.CONSTRUCTION: re.compile(
        r"(?:建筑|建设|施工)(?!材料|机械|设备|五金|陶瓷)|土建|基建|(?:装修|装饰)(?!材料)|市政|园林|(?:安装|机电|消防|建安|幕墙|路桥)工程"
        r"|^工程$|工程承包|总承包"
        r"|\bconstruction(?! (?:material|machine|equipment|suppl))|\bcivil engineering|\bcontracting\b"
        r"|\bbuilding(?! (?:material|suppl|product))|\bbuilders?\b"
    ),
    Industry.HEALTHCARE: re.compile(
        r"医疗|医药|医用|医院|医械|药品|药业|制药|诊断试剂|体外诊断"
        r"|\bhealth ?care|\bmedical|\bmedicine|\bpharma|\bhospitals?\b|\bdiagnostics?\b"
    ),
    Industry.TRADING: re.compile(
        r"贸易|商贸|经贸|外贸|经销|分销|批发|进出口|\btrad(?:e|er|ers|ing)\b|\bwholesal|\bdistributors?\b|\bimport|\bexport"
    ),
    Industry.MANUFACTURING: re.compile(
        r"制造|生产|加工|工厂|纺织(?!品)|印染|服装厂|机械(?!租赁)|机床|五金|模具|注塑|铸造|零部件|汽配|化工|家具|包装|造纸"
        r"|\bmanufactur|\bfactory|\bmachinery|\btextiles?\b|\bautomotive parts|\bauto parts|\bpackaging|\bfurniture"
        r"|\bmould|\bchemicals?\b|\bfoundry"
    ),
}
"""In this order: what is done with the goods says more than what they are, and who pays more than who made them."""
_BETWEEN: Final = re.compile(r"[/、,，;；&+|·—]|\s-\s|\band\b|和|与|及|兼")


def industry_of(typed: str) -> Industry | None:
    """What a customer's industry, typed in Chinese or English, is called here.

    None where it names none of ours, or lists two of them: a general line is better than one that may not fit.
    """
    named = {_first(part.strip()) for part in _BETWEEN.split(typed.casefold())} - {None}
    return named.pop() if len(named) == 1 else None


def _first(part: str) -> Industry | None:
    return next((industry for industry, pattern in _NAMED.items() if pattern.search(part)), None)
