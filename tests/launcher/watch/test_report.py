"""The report, opened in a real browser; and what its charts are made of."""

from __future__ import annotations

import os
import re
import time
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from playwright.sync_api import sync_playwright

from qwen_launcher.watch.chart import nice_top
from qwen_launcher.watch.history import Event, EventKind
from qwen_launcher.watch.metrics import Measures
from qwen_launcher.watch.quantities import QUANTITIES, Unit
from qwen_launcher.watch.report import Report, page
from qwen_launcher.watch.source import Sample, Status
from tests.launcher.watch.browser import NoBrowserError, find_browser

pytestmark = pytest.mark.slow

START_S = 1_800_000_000.0
HOUR_S = 3600.0
HOSTILE = "<script>document.title='owned'</script>&\"'"


def busy_day() -> Report:
    """Return a day with every kind of sample: quiet hours, load, a crash, hours off, and alerts."""
    samples = []
    for number in range(2400):
        time_s = START_S + number * 30
        load = (number % 300) / 300
        if 800 <= number < 820:
            samples.append(Sample(time_s, "local backend", Status.DOWN, problem=f"process gone {HOSTILE}"))
        elif number > 2000:
            samples.append(Sample(time_s, "local backend", Status.OFF, problem="no backend is running"))
        else:
            measures = Measures(
                kv_cache_use=load,
                running=round(load * 6),
                waiting=max(round(load * 9) - 6, 0),
                latency_p50_s=8 + load * 10 if number % 3 == 0 else None,
                latency_p95_s=12 + load * 40 if number % 3 == 0 else None,
                first_token_p50_s=0.4 + load,
                first_token_p95_s=1 + load * 3,
                finished=number % 3,
                errors=1 if number in {500, 501} else 0,
                cache_hit_share=0.6 + load / 3,
                tokens_per_s=load * 30,
            )
            samples.append(Sample(time_s, "local backend", Status.UP, measures))
    events = [
        Event(START_S + 285 * 30, "local backend", "kv-cache", EventKind.ALERT, f"KV cache 97% full {HOSTILE}"),
        Event(START_S + 303 * 30, "local backend", "kv-cache", EventKind.RECOVERY, "KV cache 10% full"),
        Event(START_S + 803 * 30, "local backend", "backend-down", EventKind.ALERT, "backend down: process gone"),
    ]
    return Report("local backend", START_S, START_S + 24 * HOUR_S, samples, events)


EMPTY = Report("local backend", START_S, START_S + HOUR_S, [], [])


@pytest.fixture(scope="module")
def chromium():
    """A running headless Chromium."""
    try:
        found = find_browser()
    except NoBrowserError as error:
        pytest.skip(str(error))
    with sync_playwright() as playwright:
        # The sandbox needs rights that root in a container lacks; the page is our own.
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        browser = playwright.chromium.launch(
            executable_path=found.program, args=options, env=dict(os.environ) | found.variables
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a report's page; what the browser complains about and what it asks for is collected."""
    contexts = []

    def opened(report: Report, scheme: str = "light", width: int = 1280):
        path = tmp_path / "report.html"
        path.write_text(page(report), encoding="utf-8")
        context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        contexts.append(context)
        shown = context.new_page()
        shown.complaints, shown.requests = [], []
        shown.on("console", lambda message: shown.complaints.append(message.text))
        shown.on("pageerror", lambda error: shown.complaints.append(str(error)))
        shown.on("request", lambda request: shown.requests.append(request.url))
        shown.goto(path.as_uri())
        assert shown.requests == [path.as_uri()]
        return shown

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_are_drawn(opened, scheme):
    """Each quantity has a chart of some size with visible lines, in both colour schemes, and nothing complains."""
    shown = opened(busy_day(), scheme)
    for quantity in QUANTITIES:
        chart = shown.locator(f"#{quantity.key} > svg[role=img]")
        box = chart.bounding_box()
        assert box["width"] > 300
        assert box["height"] > 100
        lines = chart.locator("path.line")
        assert lines.count() == len(quantity.lines)
        for number in range(lines.count()):
            length = lines.nth(number).evaluate("line => line.getTotalLength()")
            colour = lines.nth(number).evaluate("line => getComputedStyle(line).stroke")
            assert length > 50
            assert colour not in {"none", "rgb(0, 0, 0)"}
    assert shown.complaints == []


def test_colour_schemes_differ(opened):
    """Light is dark text on a light page, dark the reverse."""

    def brightness(scheme: str, what: str) -> int:
        colour = opened(busy_day(), scheme).evaluate(f"() => getComputedStyle(document.body).{what}")
        return sum(int(part) for part in re.findall(r"\d+", colour)[:3])

    assert brightness("light", "backgroundColor") > 600 > 200 > brightness("light", "color")
    assert brightness("dark", "backgroundColor") < 200 < 600 < brightness("dark", "color")


def test_alerts_are_marked(opened):
    """An alert is marked on its own chart, a crash on all of them, and both are listed with their fact."""
    shown = opened(busy_day())
    assert shown.locator("#kv-cache .alert").count() == 2
    assert shown.locator("#errors .alert").count() == 1
    assert "KV cache 97% full" in shown.locator("#alerts").inner_text()
    assert shown.locator("#status .status-down").first.bounding_box()["width"] > 0


def test_text_alternatives(opened):
    """Each chart is told in a sentence, and its table opens without a script."""
    shown = opened(busy_day())
    for quantity in QUANTITIES:
        section = shown.locator(f"#{quantity.key}")
        label = section.locator("> svg").get_attribute("aria-label")
        assert label.startswith(f"{quantity.title}: ")
        assert "at most" in label
        assert not section.locator("table").is_visible()
        section.locator("summary").click()
        assert section.locator("table").is_visible()
        assert section.locator("tbody tr").count() == 24


def test_messages_are_text(opened):
    """What a server or a message says is shown, never run nor taken as markup."""
    shown = opened(busy_day())
    assert shown.title() == "local backend: report"
    assert HOSTILE in shown.locator("#alerts").inner_text()
    assert shown.locator("script").count() == 0


def test_nothing_can_be_loaded(opened):
    """The page forbids itself to load anything, and to run scripts."""
    shown = opened(busy_day())
    shown.evaluate("""() => {
        const picture = document.createElement("img");
        picture.src = "http://127.0.0.1:9/picture.png";
        document.body.append(picture);
    }""")
    shown.wait_for_function("() => document.images[0].complete")
    assert any("Content Security Policy" in complaint for complaint in shown.complaints)


def test_labels_are_whole(opened):
    """No label of a chart is cut off at the chart's edge, and a count has no fractions at its grid lines."""
    shown = opened(busy_day())
    outside = """() => [...document.querySelectorAll("main svg text")].filter(text => {
        const box = text.getBoundingClientRect(), chart = text.ownerSVGElement.getBoundingClientRect();
        return box.left < chart.left || box.right > chart.right;
    }).map(text => text.textContent)"""
    assert shown.evaluate(outside) == []
    assert shown.locator("#errors .y-label").all_text_contents() == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("width", [360, 1280])
def test_fits_the_screen(opened, width):
    """Nothing sticks out, on a telephone either."""
    shown = opened(busy_day(), width=width)
    assert shown.evaluate("() => document.documentElement.scrollWidth") <= width


def test_empty_history(opened):
    """Without samples the page says so, and what to do."""
    shown = opened(EMPTY)
    assert shown.complaints == []
    assert shown.locator("svg text.none").count() == len(QUANTITIES)
    assert "qwen-launcher monitor" in shown.locator("#status").inner_text()
    assert "None in this time" in shown.locator("#alerts").inner_text()


class Links(HTMLParser):
    """Collects what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, _tag, attributes):
        """Keep every attribute that names another file."""
        self.found += [value for name, value in attributes if name in {"src", "href", "style", "srcset"}]


def test_self_contained():
    """The page refers to nothing, also where no browser is at hand to tell."""
    links = Links()
    text = page(busy_day())
    links.feed(text)
    assert links.found == []
    assert "url(" not in text
    assert len(text) < 1_000_000


def test_one_sample():
    """A history of one sample is a dot on each chart that has a value."""
    sample = Sample(time.time(), "t", Status.UP, Measures(kv_cache_use=0.5, running=1, waiting=0))
    text = page(Report("t", sample.time_s - HOUR_S, sample.time_s, [sample], []))
    assert text.count('class="none"') == len(QUANTITIES) - 2


@pytest.mark.parametrize("exponent", range(-3, 5))
def test_axes_end_above_the_highest_value(exponent):
    """An axis ends at a round number that is at least the highest value, and at most two and a half times that."""
    values = [step * 10.0**exponent for step in (1, 1.1, 2.2, 3, 4.5, 5.1, 9.9)]
    tops = [nice_top(value) for value in values]
    assert all(value <= top <= 2.5 * value for value, top in zip(values, tops, strict=True))
    assert all(lower <= higher for lower, higher in pairwise(tops))


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [
        (Unit.SHARE, 0.123, "12%"),
        (Unit.SHARE, 0.0257, "2.6%"),
        (Unit.SHARE, 0.0, "0%"),
        (Unit.SECONDS, 0.04, "0.04 s"),
        (Unit.SECONDS, 116.1289, "116 s"),
        (Unit.TOKENS_PER_SECOND, 14.04, "14/s"),
        (Unit.REQUESTS, 3, "3"),
        (Unit.REQUESTS, 0.25, "0.25"),
    ],
)
def test_units(unit, value, shown):
    """Numbers have as many digits as a person reads."""
    assert unit.show(value) == shown
