"""Tables in text: a fact for each cell, with its own place, subject, property and time; no table, no facts of one."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhfacts import extract, flow
from zhfacts.layout.tables import table_lines
from zhfacts.numbers.cells import kind_of, read
from zhfacts.records import Fact, Result

EXPORTS = [
    ["地区", "出口额（亿元）", "增速（%）"],
    ["松山市", "1,120.5", "8.7"],
    ["云岭市", "98", "-3.2"],
    ["青苇县", "—", "…"],
    ["合计", "1,218.5", "7.6"],
]
GAPS = {"tab": "\t", "spaces": "    ", "two spaces": "  ", "full-width": "　", "mixed": " 　 "}


def lines(rows: list[list[str]], gap: str = "\t") -> str:
    return "\n".join(gap.join(row) for row in rows)


def result(text: str) -> Result:
    return flow.extract_text(text, flow.Settings())


def said(fact: Fact) -> tuple[object, ...]:
    return (fact.surface, fact.kind, fact.value, fact.unit, fact.change, fact.delta, fact.subject, fact.attribute)


def roles(text: str) -> list[str]:
    document = result(text).document
    assert document is not None
    return [line.role for line in document.lines if line.text.strip()]


@pytest.mark.parametrize("gap", GAPS)
def test_each_cell_is_a_fact_with_its_headers(gap: str) -> None:
    facts = extract(lines(EXPORTS, GAPS[gap]))
    assert [said(f) for f in facts] == [
        ("1,120.5", "money", 112050000000.0, "CNY", None, None, "松山市", "出口额"),
        ("8.7", "percent", 8.7, "%", "up", 8.7, "松山市", "增速"),
        ("98", "money", 9800000000.0, "CNY", None, None, "云岭市", "出口额"),
        ("-3.2", "percent", -3.2, "%", "down", -3.2, "云岭市", "增速"),
        ("1,218.5", "money", 121850000000.0, "CNY", None, None, None, "出口额"),
        ("7.6", "percent", 7.6, "%", "up", 7.6, None, "增速"),
    ]
    assert {f.link_rule for f in facts} == {"table"}
    assert {f.attribute_line for f in facts} == {1}
    assert [f.subject_line for f in facts] == [2, 2, 3, 3, None, None]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_places_are_exact(encoding: str, tmp_path: Path) -> None:
    text = "远岚集团公布数据。\r\n\r\n表1 2023年各地区出口额\r\n\r\n" + lines(EXPORTS, "　").replace("\n", "\r\n")
    raw = text.encode(encoding)
    path = tmp_path / "table.txt"
    path.write_bytes(raw)
    found = flow.extract_file("table.txt", path, flow.Settings())
    cells = [f for f in found.facts if f.link_rule == "table"]
    assert len(cells) == 6 and not found.rejects
    for f in cells:
        assert raw[f.byte_start : f.byte_end].decode(encoding.replace("16", "16-le")) == f.surface
        line = text.split("\r\n")[f.line_start - 1]
        assert line[f.col_start : f.col_end] == f.surface
        assert f.quote == line.strip()
        assert (f.period_start, f.period_from) == (date(2023, 1, 1), "context")
        start, end = f.attribute_byte_start, f.attribute_byte_end
        assert raw[start:end].decode(encoding.replace("16", "16-le")) == f.attribute


def test_years_as_columns_give_the_time_and_the_caption_the_property() -> None:
    text = "表1 各省出口额\n单位：亿美元\n省份\t2022年\t2023\n松山省\t12.5\t13\n云岭省\t10\t9.5\n"
    facts = extract(text)
    assert [
        (f.value, f.unit, f.subject, f.attribute, f.attribute_line, f.period_start, f.period_from) for f in facts
    ] == [
        (1250000000.0, "USD", "松山省", "出口额", 1, date(2022, 1, 1), "stated"),
        (1300000000.0, "USD", "松山省", "出口额", 1, date(2023, 1, 1), "stated"),
        (1000000000.0, "USD", "云岭省", "出口额", 1, date(2022, 1, 1), "stated"),
        (950000000.0, "USD", "云岭省", "出口额", 1, date(2023, 1, 1), "stated"),
    ]
    assert roles(text) == ["caption", "table", "table", "table", "table"]


def test_years_as_rows_give_the_time_and_the_caption_the_subject() -> None:
    text = "表2 远岚集团主要指标\n年份  营业收入（亿元）  净利润（亿元）\n2022年  12.5  -1.3\n2023年  13  0.8\n"
    found = [(f.value, f.subject, f.attribute, f.period_end) for f in extract(text)]
    assert found == [
        (1250000000.0, "远岚集团", "营业收入", date(2022, 12, 31)),
        (-130000000.0, "远岚集团", "净利润", date(2022, 12, 31)),
        (1300000000.0, "远岚集团", "营业收入", date(2023, 12, 31)),
        (80000000.0, "远岚集团", "净利润", date(2023, 12, 31)),
    ]


def test_months_lie_within_the_year_of_their_column() -> None:
    facts = extract("月份\t2022年产量（万辆）\t2023年产量（万辆）\n1月\t12\t13\n2月\t15\t16\n")
    assert [(f.value, f.attribute, f.period_start) for f in facts] == [
        (120000.0, "产量", date(2022, 1, 1)),
        (130000.0, "产量", date(2023, 1, 1)),
        (150000.0, "产量", date(2022, 2, 1)),
        (160000.0, "产量", date(2023, 2, 1)),
    ]


def test_things_may_be_columns_and_properties_rows() -> None:
    facts = extract("  广东  江苏\n出口额（亿元）  12.5  13.5\n工业企业数  250  350\n")
    assert [(f.value, f.subject, f.attribute) for f in facts] == [
        (1250000000.0, "广东", "出口额"),
        (1350000000.0, "江苏", "出口额"),
        (250.0, "广东", "工业企业数"),
        (350.0, "江苏", "工业企业数"),
    ]


def test_a_cell_may_hold_its_own_unit() -> None:
    facts = extract("公司\t营业收入\t同比增长\n远岚集团\t3.5亿元\t8.7%\n青苇纺机\t4,200万元\t-0.5%\n")
    assert [(f.surface, f.value, f.subject, f.change, f.delta, f.basis) for f in facts] == [
        ("3.5亿元", 350000000.0, "远岚集团", None, None, None),
        ("8.7%", 8.7, "远岚集团", "up", 8.7, "yoy"),
        ("4,200万元", 42000000.0, "青苇纺机", None, None, None),
        ("-0.5%", -0.5, "青苇纺机", "down", -0.5, "yoy"),
    ]


def test_the_corner_may_name_the_unit_of_all_cells() -> None:
    facts = extract("单位：万元\t2022年\t2023年\t增速%\n营业收入\t1,200\t1,320\t10\n净利润\t-35\t60\t—\n")
    assert [(f.value, f.unit, f.attribute, f.change) for f in facts] == [
        (12000000.0, "CNY", "营业收入", None),
        (13200000.0, "CNY", "营业收入", None),
        (10.0, "%", "营业收入", "up"),
        (-350000.0, "CNY", "净利润", None),
        (600000.0, "CNY", "净利润", None),
    ]


@pytest.mark.parametrize("form", ["wide", "traditional", "blanks"])
def test_the_form_of_characters_changes_no_value(form: str) -> None:
    text = lines(EXPORTS)
    wide = str.maketrans("0123456789.%", "０１２３４５６７８９．％")
    forms = {
        "wide": text.translate(wide),
        "traditional": text.translate(str.maketrans("区额亿", "區額億")),
        "blanks": text.replace("亿元", " 亿元 ").replace("松山", "松 山"),
    }
    assert [(f.value, f.unit, f.delta) for f in extract(forms[form])] == [
        (f.value, f.unit, f.delta) for f in extract(text)
    ]


def test_a_basis_in_brackets() -> None:
    facts = extract("地区  销售额（亿元）  增速（同比，%）\n松山市  12.5  3.5\n云岭市  13.5  4.5\n")
    assert {(f.attribute, f.basis) for f in facts} == {("销售额", None), ("增速", "yoy")}


def test_a_basis_in_words() -> None:
    facts = extract("地区  占全国比重（%）  较2020年增长（%）\n松山市  12.5  3.5\n云岭市  13.5  4.5\n")
    assert {(f.change, f.basis) for f in facts} == {(None, "全国"), ("up", "2020年")}


def test_a_table_inside_running_text_leaves_the_text_alone() -> None:
    above = "远岚集团2023年营业收入达到57.84亿元，比上年增长8.7%。"
    below = "青苇纺机去年出口12万台纺机。"
    whole = extract(f"{above}\n{lines(EXPORTS)}\n{below}")
    alone = extract(f"{above}\n\n{below}")
    assert [said(f) for f in whole if f.link_rule != "table"] == [said(f) for f in alone]
    assert len([f for f in whole if f.link_rule == "table"]) == 6


@pytest.mark.parametrize(
    "text",
    [
        "栏目  页码\n社论  2\n评论  5\n要闻  12",
        "张三  李四  王五\n赵六  钱七  孙八",
        "第一章  绪论  1\n第二章  方法  12\n第三章  结论  35",
        "电  子  及  通  信  设  备\n制  造  业  增  长  8.7%",
        "地区\t出口\t进口\n总额\t金额（亿元）\t金额（亿元）\n松山市\t12.5\t13.5\n云岭市\t3.5\t2.5",
        "地区  出口额  进口额\n松山市  12.5  13.5\n云岭市  13.5  14.5",
        "松山市  12.5  13.5\n云岭市  13.5  14.5\n青苇县  1.5  1.4",
        "版位\t客户\t电话\n封二\t远岚集团\t021-00000166\n封三\t青苇纺机\t021-00000177",
        "序号  页码  版面\n1  2  3\n2  3  4",
    ],
)
def test_no_facts_of_lists_and_of_tables_whose_headers_are_not_plain(text: str) -> None:
    assert [f for f in extract(text) if f.link_rule == "table"] == []


@pytest.mark.parametrize(
    "text",
    [
        "地区\t出口\t进口\n总额\t金额（亿元）\t金额（亿元）\n松山市\t12.5\t13.5\n云岭市\t3.5\t2.5",
        "地区  出口额  进口额\n松山市  12.5  13.5\n云岭市  13.5  14.5",
        "松山市  12.5  13.5\n云岭市  13.5  14.5\n青苇县  1.5  1.4",
    ],
)
def test_lines_of_a_table_that_is_not_plain_have_its_role(text: str) -> None:
    assert set(roles(text)) == {"table"}
    assert extract(text) == []


def test_tables_of_web_pages_give_the_same_facts(tmp_path: Path) -> None:
    pytest.importorskip("selectolax")
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in EXPORTS)
    path = tmp_path / "page.html"
    path.write_text(f"<html><body><p>远岚集团公布数据。</p><table>{cells}</table></body></html>", encoding="utf-8")
    facts = flow.extract_file("page.html", path, flow.Settings()).facts
    assert [said(f) for f in facts] == [said(f) for f in extract(lines(EXPORTS))]


def test_all_cells_of_a_long_table_are_read() -> None:
    rows = [["姓名", "得分", "用时（秒）"], *([chr(0x4E00 + n) * 2, f"{n}.5", f"{n}"] for n in range(1, 400))]
    assert len(extract(lines(rows))) == 2 * 399


NAMES = ["松山市", "云岭市", "远岚集团", "青苇纺机", "东部地区"]
COLUMNS = ["出口额（亿元）", "增速（%）", "产量/万吨", "门店数", "2023年用电量（亿千瓦时）"]
CELL = st.one_of(
    st.sampled_from(["—", "-", "…"]), st.decimals(-50, 5000, places=1).map(str), st.integers(0, 9999).map(str)
)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_gap_changes_no_fact(data: st.DataObject) -> None:
    columns = data.draw(st.lists(st.sampled_from(COLUMNS), min_size=2, unique=True))
    names = data.draw(st.lists(st.sampled_from(NAMES), min_size=2, unique=True))
    rows = [["单元", *columns], *([name, *(data.draw(CELL) for _ in columns)] for name in names)]
    forms = [[said(f) for f in extract(lines(rows, gap)) if f.link_rule == "table"] for gap in GAPS.values()]
    assert all(form == forms[0] for form in forms)
    assert len(forms[0]) <= len(names) * len(columns)


def test_the_order_of_columns_changes_no_fact() -> None:
    turned = [[row[0], *reversed(row[1:])] for row in EXPORTS]
    assert sorted(map(str, map(said, extract(lines(turned))))) == sorted(map(str, map(said, extract(lines(EXPORTS)))))


@pytest.mark.parametrize(
    ("cell", "unit", "value"),
    [("120.5", "亿元", 12050000000), ("+3.2", "%", 3.2), ("－3.2", "%", -3.2), ("约120", "万吨", 1200000),
     ("120", "元/吨", 120), ("1,234", "", 1234), ("-5", "", -5), ("3.5亿元", "万元", 350000000)],
)  # fmt: skip
def test_cells_are_read_with_the_unit_of_their_header(cell: str, unit: str, value: float) -> None:
    number = read(cell, unit)
    assert number is not None and number.value is not None
    assert float(number.value) == value
    assert number.end == len(cell)


def test_what_is_no_number_or_no_unit_is_not_read() -> None:
    assert [read(cell, "亿元") for cell in ("-", "停产", "12/13", "1" * 60)] == [None] * 4
    assert read("12.5", None) is None
    assert [kind_of(word) for word in ("同比", "预计", "", "亿")] == [None] * 4


def hostile() -> list[str]:
    wide = "甲\t" + "1.5\t" * 100_000
    tall = ["名称  产量（台）  2023", *(f"甲  {n}  2022" for n in range(4000))]
    return [
        "\n".join([wide, wide, wide]),
        "\n".join(tall),
        "\n".join(["甲  2022  乙丙"] * 8000),
        "\n".join(["名称  说明"] * 8000),
        (" " * 50_000 + "甲  1\n") * 3,
        "甲" + "　 \t" * 50_000 + "1\n乙  2",
    ]


@pytest.mark.parametrize("n", range(6))
def test_finding_tables_takes_linear_time(n: int) -> None:
    text = hostile()[n].split("\n")
    start = process_time()
    table_lines(text)
    assert process_time() - start < 3
