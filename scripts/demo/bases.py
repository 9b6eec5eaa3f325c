"""The law, regulation or rule that each purpose of use (CL0105) rests on; articles only where they are certain."""

from __future__ import annotations

from demo.world import Document


def _basis(title: str, rank: str, number: str = "", article: str = "") -> Document:
    basis = {"title": title, "article": article, "rank": rank, "number": number}
    return {key: value for key, value in basis.items() if value}


DECREE = _basis("政务数据共享条例", "administrative_regulation", "国令第809号", "第二十条")
BASES = {
    "P01": _basis("中华人民共和国社会保险法", "law"),
    "P02": _basis("社会救助暂行办法", "administrative_regulation", "国令第649号", "第五十八条"),
    "P03": _basis("婚姻登记条例", "administrative_regulation"),
    "P04": _basis("中华人民共和国就业促进法", "law"),
    "P05": _basis("中华人民共和国人口与计划生育法", "law"),
    "P06": _basis("企业信息公示暂行条例", "administrative_regulation", "国令第654号"),
    "P07": _basis("中华人民共和国市场主体登记管理条例", "administrative_regulation", "国令第746号"),
    "P08": _basis("中华人民共和国行政处罚法", "law"),
    "P09": _basis("中华人民共和国统计法", "law"),
    "P10": _basis("中华人民共和国突发事件应对法", "law"),
    "P11": _basis("中华人民共和国残疾人保障法", "law"),
    "P12": _basis("公共租赁住房管理办法", "departmental_rule"),
    "P13": _basis("中华人民共和国义务教育法", "law"),
    "P14": _basis("中华人民共和国老年人权益保障法", "law"),
    "P15": _basis("居住证暂行条例", "administrative_regulation", "国令第663号"),
    "P16": _basis("中华人民共和国行政许可法", "law"),
    "P17": _basis("中华人民共和国退役军人保障法", "law"),
    "P18": _basis("中华人民共和国税收征收管理法", "law"),
    "P19": _basis("中华人民共和国城市居民委员会组织法", "law"),
    "P20": _basis("中华人民共和国民事诉讼法", "law"),
}
