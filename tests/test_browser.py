"""The report in Chromium: `make test-browser`.

Wants Debian's chromium, driven by Playwright by its path; skipped where either is not there. No test looks at a clock.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import zhfacts
from zhfacts.report import render

pytest.importorskip("playwright", reason="no Playwright here: pip install -e '.[dev]'")

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect, sync_playwright

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update")  # fmt: skip
SAMPLES = Path(__file__).resolve().parent.parent / "seeds"
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
MANY = 10_000
FIRMS = [a + b for a in "远青砺澜汐崂" for b in ("岚集团", "梧控股", "丰重工", "桥银行")]
HOSTILE = (
    "甲公司</script><script>document.title='owned'</script>营业收入5亿元。\n"
    "<img src=x onerror=\"document.title='owned'\">乙公司\u202e营业收入\u2066增长8.7%\u0007，𠮷林集团投资3亿元。\n"
    f"<!-- {'长' * 30_000}，丙公司净利润2亿元。{'行' * 30_000}\n"
    "\u2028{{7*7}}丁公司员工约300人。\n"
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt install chromium fonts-noto-cjk")
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens a report; at the end nothing may have been complained of or asked of the network."""
    complaints: list[str] = []
    contexts = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith(("file:", "data:")):
            complaints.append(f"asked for {request.url}")

    def open_(path: Path, address: str = "", size: dict[str, int] = DESK, **options: object) -> Page:
        context = browser.new_context(viewport=size, locale="en-US", **options)  # type: ignore[arg-type]
        contexts.append(context)
        context.on("request", asked)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path.as_uri() + address)
        # Playwright's wait_for_function evaluates strings in the page, which the page's policy forbids
        assert page.evaluate("performance.getEntriesByName('zhfacts-ready').length") == 1
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []


def report(inputs: Path, folder: Path) -> Path:
    run = zhfacts.run([inputs], folder / "out")
    page = folder / "report.html"
    page.write_bytes(render.render(run.out, run.info))
    return page


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(SAMPLES, tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A document of ten thousand facts."""
    folder = tmp_path_factory.mktemp("many")
    lines = [
        f"{2010 + n % 15}年，{FIRMS[n % len(FIRMS)]}营业收入达到{n + 10}.{n % 9 + 1}亿元，同比增长{n % 40 + 1}.5%，"
        f"毛利率提高{n % 7 + 1}.2个百分点，员工约{100 + n}人。"
        for n in range(MANY // 5)
    ]
    (folder / "many.txt").write_text("\n".join(lines) + "\n", "utf-8")
    return report(folder / "many.txt", folder)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    named = folder / "<img src=x onerror=alert(1)>\u202e.txt"
    named.write_text(HOSTILE, "utf-8")
    return report(named, folder)


def rows(page: Page) -> Locator:
    return page.locator("#rows tr[data-i]")


def counted(page: Page) -> int:
    return int(page.locator("#count").inner_text().split()[0].replace(",", ""))


def in_sight(page: Page, selector: str, pane: str) -> bool:
    inside = """([selector, pane]) => {
      const [a, b] = [selector, pane].map((each) => document.querySelector(each).getBoundingClientRect());
      return a.top >= b.top && a.bottom <= b.bottom;
    }"""
    return bool(page.evaluate(inside, [selector, pane]))


def test_a_report_opens_with_overview_document_and_facts(opened: Open, samples: Path) -> None:
    page = opened(samples)
    assert page.locator(".kinds .barred").count() == 10
    expect(page.locator(".timeline svg")).to_have_attribute("aria-label", re.compile("Facts by year, .* to "))
    expect(page.locator(".money svg")).to_have_attribute("aria-label", re.compile("CNY"))
    assert page.locator(".sheet .line").count() >= 50
    assert page.locator(".sheet a.m").count() > 20
    assert rows(page).count() > 10
    assert page.locator("#scope option").count() == 6
    assert counted(page) == page.evaluate("JSON.parse(document.getElementById('data').textContent).facts.id.length")


def test_every_filter_leaves_what_it_says(opened: Open, samples: Path) -> None:
    page = opened(samples)
    total = counted(page)
    bar = page.locator(".kinds .k-money")
    wanted = int(bar.locator(".n").inner_text())
    bar.click()
    assert counted(page) == wanted < total
    assert page.locator("#rows td.value:not(.k-money)").count() == 0
    expect(bar).to_have_attribute("aria-pressed", "true")
    page.select_option("#bound", label="> more than")
    assert 0 < counted(page) < wanted
    assert all(text.startswith(">") for text in page.locator("#rows td.value").all_inner_texts())
    page.click("#clear")
    entity = page.locator(".entities .barred").first
    name, wanted = entity.locator(".name").inner_text(), int(entity.locator(".n").inner_text())
    page.select_option("#entity", label=f"{name} ({wanted})")
    assert counted(page) == wanted
    page.click("#clear")
    page.fill("#from", "2024")
    page.fill("#to", "2024")
    assert counted(page) == int(page.locator(".timeline .peak").text_content() or 0) < total
    page.click("#clear")
    page.locator("#least").evaluate("(it) => { it.value = 0.75; it.dispatchEvent(new Event('input')); }")
    assert 0 < counted(page) < total
    assert all(float(text) >= 0.75 for text in page.locator("#rows td.score").all_inner_texts())
    page.click("#clear")
    assert counted(page) == total


def test_search_finds_words_of_the_sentence_and_says_where_nothing_is(opened: Open, samples: Path) -> None:
    page = opened(samples)
    total = counted(page)
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("砚桥 员工")
    expect(page.locator("#count")).not_to_have_text(f"{total} of {total} facts")
    rows(page).first.click()
    assert {"砚桥", "员工"} <= set(re.findall("砚桥|员工", page.locator("#details").inner_text()))
    page.click("#details .close")
    page.fill("#search", "no such words")
    expect(page.locator("#empty")).to_have_text("No fact passes these filters.")
    page.focus("#search")
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_have_value("")
    assert counted(page) == total
    page.keyboard.press("Escape")
    expect(page.locator("#search")).not_to_be_focused()


def test_a_click_goes_to_the_line_and_back(opened: Open, samples: Path) -> None:
    page = opened(samples)
    page.locator("#rows").evaluate("(it) => { it.scrollTop = 32 * 300; }")
    row = page.locator("#rows tr[aria-rowindex='310']")
    number = row.get_attribute("data-i")
    row.click()
    mark = f"a.m[data-i='{number}']"
    expect(page.locator(mark).first).to_have_class(re.compile(r"\bat\b"))
    assert in_sight(page, mark, "#text")
    expect(page.locator("#details")).to_be_visible()
    other = page.locator(".sheet a.m:not(.at)").nth(3)
    number = other.get_attribute("data-i")
    other.click()
    expect(page.locator(f"#rows tr[data-i='{number}']")).to_have_attribute("aria-selected", "true")
    assert in_sight(page, f"#rows tr[data-i='{number}']", "#rows")
    page.go_back()
    expect(page.locator("#rows tr[aria-rowindex='310']")).to_have_attribute("aria-selected", "true")


def test_subject_attribute_and_period_are_joined_to_the_number_pointed_at(opened: Open, samples: Path) -> None:
    page = opened(samples)
    data = "JSON.parse(document.getElementById('data').textContent).facts"
    linked = f"""() => {{ const f = {data}; return f.id.findIndex((_, i) => f.doc[i] === 0 && f.subject_at[i]
      && f.attribute_at[i] && f.period_at[i] !== null && f.at[f.period_at[i]][0] >= f.at[i][0] - 3); }}"""
    number = page.evaluate(linked)
    page.locator(f"a.m[data-i='{number}']").first.hover()
    for part in ("subject", "attribute", "period"):
        expect(page.locator(f".wires path.{part}")).to_have_count(1)
        assert page.locator(f".wires rect.box.{part}").count() >= 1
        expect(page.locator(f"#strip .chip.{part}")).to_be_visible()
    page.mouse.move(5, 5)
    expect(page.locator(".wires path")).to_have_count(0)


def test_an_address_leads_to_its_fact(opened: Open, samples: Path) -> None:
    fact = zhfacts.load(samples.parent / "out").facts.iloc[-5]
    page = opened(samples, f"#fact-{fact.fact_id}")
    expect(page.locator("#details .address")).to_have_text(f"#fact-{fact.fact_id}")
    expect(page.locator("#about")).to_contain_text(fact.source)
    assert in_sight(page, ".sheet a.m.at", "#text")
    assert in_sight(page, "#rows tr.at", "#rows")
    page.evaluate("location.hash = '#fact-0000'")
    expect(page.locator("#said")).to_have_text("No fact 0000 in this report.")


def test_keys_move_among_facts_and_between_table_and_text(opened: Open, samples: Path) -> None:
    page = opened(samples)
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    expect(page.locator("#rows tr.at")).to_have_attribute("aria-rowindex", "3")
    expect(page.locator("#rows tr.at")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".sheet a.m.at").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rows tr.at")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#rows tr.at")).to_have_attribute("aria-rowindex", str(counted(page) + 1))
    page.keyboard.press("Escape")
    expect(page.locator("#details")).to_be_hidden()
    title = page.locator("#title").inner_text()
    page.keyboard.press("[")
    assert page.locator("#title").inner_text() != title
    page.keyboard.press("o")
    expect(page.locator("#overview")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_theme_follows_the_system_until_it_is_switched(opened: Open, samples: Path) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = (opened(samples, color_scheme=scheme) for scheme in ("light", "dark"))
    colours = light.evaluate(ground), dark.evaluate(ground)
    assert colours[0] != colours[1]
    for page, other in ((light, colours[1]), (dark, colours[0])):
        page.click("#theme")
        assert page.evaluate(ground) == other


def test_the_page_speaks_chinese_too(opened: Open, samples: Path) -> None:
    page = opened(samples)
    page.click("#language")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator(".kinds h2")).to_have_text("按类型")
    assert page.evaluate("[...document.querySelectorAll('[data-t]')].every((it) => it.textContent !== it.dataset.t)")


def test_a_hostile_document_is_shown_and_not_run(opened: Open, hostile: Path) -> None:
    page = opened(hostile)
    page.wait_for_timeout(200)
    assert "owned" not in page.title()
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 3
    text = page.locator(".sheet .line").first.inner_text()
    assert "</script><script>document.title='owned'</script>" in text
    shown = page.locator(".sheet .ctl").all_inner_texts()
    assert {"U+202E", "U+2066", "U+0007"} <= set(shown)
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.evaluate("document.body.innerText + document.title"))
    for name in ("5亿元", "3亿元", "2亿元"):
        page.fill("#search", name)
        rows(page).last.click()
        expect(page.locator(".sheet a.m.at").first).to_have_text(name)
        assert in_sight(page, ".sheet a.m.at", "#text")
    assert page.evaluate("document.querySelector('#text').scrollWidth <= document.querySelector('#text').clientWidth")


def test_ten_thousand_facts_are_a_few_elements_and_all_can_be_reached(opened: Open, many: Path) -> None:
    page = opened(many)
    assert counted(page) == MANY
    assert page.evaluate("document.querySelectorAll('*').length") < 6_000
    page.locator("#rows").evaluate("(it) => { it.scrollTop = it.scrollHeight; }")
    last = page.locator(f"#rows tr[aria-rowindex='{MANY + 1}']")
    expect(last).to_be_visible()
    last.click()
    assert in_sight(page, ".sheet a.m.at", "#text")
    expect(page.locator("#rows tr.at")).to_have_attribute("data-i", str(MANY - 1))
    page.fill("#search", "1999人")
    expect(page.locator("#count")).to_have_text(f"5 of {MANY:,} facts")
    page.click("#clear")
    page.click("#rows th.value button")
    top = float(rows(page).first.locator(".value").inner_text().split()[0].strip("≈").replace(",", ""))
    assert top > 0
    assert page.evaluate("document.querySelectorAll('*').length") < 8_000


def test_a_phone_shows_one_pane_at_a_time_and_never_scrolls_sideways(opened: Open, samples: Path) -> None:
    page = opened(samples, size=PHONE)
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(wide)
    expect(page.locator(".source")).to_be_hidden()
    rows(page).nth(3).click()
    page.click("#details .go")
    expect(page.locator(".source")).to_be_visible()
    assert in_sight(page, ".sheet a.m.at", "#text")
    assert page.evaluate(wide)


def test_paper_has_all_lines_and_facts_of_what_is_shown(opened: Open, samples: Path) -> None:
    page = opened(samples)
    page.select_option("#scope", "0")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    data = "JSON.parse(document.getElementById('data').textContent).documents[0]"
    assert page.locator(".sheet .line").count() == page.evaluate(f"{data}.text.length")
    assert rows(page).count() == page.evaluate(f"{data}.facts")
    expect(page.locator("#search")).to_be_hidden()
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("name", ["samples", "hostile"])
def test_axe_finds_nothing(
    opened: Open, name: str, scheme: str, size: dict[str, int], request: pytest.FixtureRequest
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(request.getfixturevalue(name), size=size, color_scheme=scheme, bypass_csp=True)
    for step in ("as it opens", "a fact at hand", "the document", "the keys"):
        if step == "a fact at hand":
            page.keyboard.press("ArrowDown")
        elif step == "the document" and size is PHONE:
            page.click("[data-show=document]")
        elif step == "the keys":
            page.keyboard.press("?")
        found = Axe().run(page).response["violations"]
        assert [(step, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in found] == []
