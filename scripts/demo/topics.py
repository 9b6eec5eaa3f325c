"""The two topics with their sources in the synthetic district; slots that nobody serves stay gaps."""

from __future__ import annotations

import json

from demo.world import STANDARDS, Document

_SOURCES = {
    "城镇职工基本养老保险参保信息": "SI01 SI02 SI03",
    "社会保险个人缴费明细信息": "SI04",
    "城镇职工养老待遇领取信息": "SI05 SI06",
    "职工基本医疗保险参保信息": "SI07 SI08",
    "失业保险待遇领取信息": "SI09",
    "社会保障卡持卡信息": "SI10",
    "就业登记信息": "LB01 LB02 LB03",
    "失业登记信息": "LB04",
    "就业困难人员认定信息": "LB05",
    "劳动合同备案信息": "LB06 LB07",
    "职业技能等级证书信息": "LB08 CR07",
    "职业技能培训补贴信息": "LB10",
    "生育登记信息": "FP01 FP02 FP03",
    "全员人口个案信息": "FP04 FP05",
    "出生医学证明信息": "FP06",
    "计划生育特殊家庭扶助信息": "FP07",
    "预防接种信息": "FP08",
    "家庭医生签约信息": "FP09",
    "婚姻登记信息": "CA01 CA02 CA03",
    "最低生活保障对象信息": "CA04 CA05",
    "特困人员救助供养信息": "CA06",
    "残疾人证信息": "CA07 CA08",
    "困难残疾人生活补贴信息": "CA09",
    "高龄老人津贴信息": "CA10",
    "优抚对象抚恤补助信息": "CA11",
    "殡葬火化信息": "CA12",
    "失信被执行人信息": "CR01 CR02",
    "不动产登记信息": "CR05",
    "机动车登记信息": "CR06",
    "企业登记基本信息": "RG01 RG02 RG03 RG05 RG06 RG07 RG08 RG09",
    "企业法定代表人信息": "RG04",
    "企业股东及出资信息": "RG10",
    "企业年报公示信息": "RG11 RG12",
    "单位社会保险参保缴费信息": "ES01 ES03",
    "社会保险欠费单位信息": "ES02",
    "劳动保障监察案件信息": "EL01",
    "拖欠农民工工资预警信息": "EL02 EL03",
    "特殊工时制度审批信息": "EL04",
    "劳务派遣经营许可信息": "EL05",
    "行政处罚公示信息": "EC01 EC02 EC03",
    "经营异常名录信息": "EC04 EC05",
    "严重失信主体名单信息": "EC06",
    "守信激励对象名单信息": "EC07",
    "纳税信用级别信息": "EC08",
    "欠税公告信息": "EC09",
    "信用修复信息": "EC11",
    "企业公共信用综合评价信息": "EC12",
    "双随机抽查检查结果信息": "EC13",
    "行政许可公示信息": "PM01 PM02",
    "食品经营许可证信息": "PM03",
    "道路运输经营许可证信息": "PM04",
    "建筑工程施工许可证信息": "PM05",
    "排污许可证信息": "PM06",
    "公共场所卫生许可信息": "PM07",
    "民办学校办学许可证信息": "PM08",
    "特种设备使用登记信息": "PM09",
}


def rows(datasets: list[Document]) -> list[Document]:
    """The topics of ``standards/topics`` with dataset and field in every slot that has a source."""
    by_name = {one["document"]["name"]: one["document"] for one in datasets}
    sources = {code: by_name[name] for name, codes in _SOURCES.items() for code in codes.split()}
    topics = []
    for path in sorted((STANDARDS / "topics").glob("*.json"), reverse=True):
        topic: Document = json.loads(path.read_text(encoding="utf-8"))
        for section in topic["sections"]:
            section["slots"] = [_sourced(slot, sources.get(slot["code"])) for slot in section["slots"]]
        topics.append(topic)
    return topics


def _sourced(slot: Document, dataset: Document | None) -> Document:
    if dataset is None:
        return slot
    field = next(one["name"] for one in dataset["fields"] if one["element"] == slot["element"])
    return slot | {"dataset": dataset["identifier"], "field": field}
