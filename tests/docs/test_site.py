"""The built site: every link and image leads somewhere, and no page is wider than a screen or a telephone.

`make docs` builds the site and runs this; elsewhere it is skipped where the site is missing or older than its sources.
"""

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from lxml import html

from tests.support.browser import browser

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site"
SOURCES = [ROOT / "mkdocs.yml", *(path for path in (ROOT / "docs").rglob("*") if path.is_file())]
ADDRESS = "https://graph-meetings.github.io/graph-meetings/"
PLACE = urlsplit(ADDRESS).path
# What does not fit, and is not in something that scrolls.
WIDER = """
[...document.querySelectorAll("main *")].filter(element => {
  const box = element.getBoundingClientRect();
  if (!box.width || box.right <= document.documentElement.clientWidth + 1) return false;
  for (let above = element; above; above = above.parentElement)
    if (["auto", "scroll"].includes(getComputedStyle(above).overflowX)) return false;
  return getComputedStyle(element).position !== "fixed";
}).slice(0, 3).map(element => element.outerHTML.slice(0, 120))
"""

SEARCH = """
const field = document.querySelector("[data-md-component=search-query]");
field.focus();
field.value = "by_call_recording_id";
field.dispatchEvent(new Event("input", {bubbles: true}));
field.dispatchEvent(new Event("keyup", {bubbles: true}));
"""
FOUND = """
new Promise(resolve => {
  const until = Date.now() + 20000;
  const look = () => {
    const found = [...document.querySelectorAll(".md-search-result__item a")].map(link => link.href);
    if (found.length || Date.now() > until) resolve(found); else setTimeout(look, 50);
  };
  look();
})
"""

pytestmark = pytest.mark.long


class Quiet(SimpleHTTPRequestHandler):
    """Serves the site beneath the path that it has in the web, which its page for wrong addresses counts on."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(PLACE.rstrip("/")))

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def pages() -> list[Path]:
    """The pages of the site, as paths within it."""
    index = SITE / "index.html"
    if not index.exists() or index.stat().st_mtime < max(path.stat().st_mtime for path in SOURCES):
        pytest.skip("the site is missing or old; `make docs` builds it")
    return sorted(path.relative_to(SITE) for path in SITE.rglob("*.html"))


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(SITE))) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}{PLACE}"
        server.shutdown()
        thread.join()


def test_every_link_and_image_leads_somewhere(pages: list[Path]) -> None:
    documents = {page: html.parse(str(SITE / page)).getroot() for page in pages}
    names = {page: {*document.xpath("//@id"), *document.xpath("//a/@name"), ""} for page, document in documents.items()}
    broken: set[str] = set()
    for page, document in documents.items():
        here = urljoin(ADDRESS, page.as_posix())
        for target in {*document.xpath("//a/@href"), *document.xpath("//@src"), *document.xpath("//link/@href")}:
            url = urlsplit(urljoin(here, target))
            if not url.geturl().startswith(ADDRESS):
                continue
            path = Path(unquote(url.path.removeprefix(PLACE)))
            found = path / "index.html" if (SITE / path).is_dir() else path
            is_there = (SITE / found).is_file() and unquote(url.fragment) in names.get(found, {"", url.fragment})
            if not is_there:
                broken.add(f"{page}: {target}")
    assert not broken


@pytest.mark.usefixtures("pages")
def test_every_link_of_the_readme_to_the_site_leads_somewhere() -> None:
    links = set(re.findall(rf"\]\({ADDRESS}([^)]*)\)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert len(links) > 20
    for link in links:
        path, _, anchor = link.partition("#")
        document = html.parse(str(SITE / path / "index.html")).getroot()
        assert not anchor or document.xpath("//*[@id=$anchor]", anchor=anchor), link


def test_no_page_needs_another_host(pages: list[Path]) -> None:
    for page in pages:
        document = html.parse(str(SITE / page)).getroot()
        loaded: list[str] = [
            *document.xpath("//@src"),
            *document.xpath("//link[@rel='stylesheet' or @rel='icon']/@href"),
        ]
        assert not [target for target in loaded if urlsplit(target).netloc], page


def test_nothing_is_wider_than_a_screen_or_a_telephone(pages: list[Path], served: str, tmp_path: Path) -> None:
    wider: list[str] = []
    with browser(tmp_path) as chromium:
        # Opening a page takes half the time without its search, and where little is painted.
        chromium.block("*/search*")
        for page in pages:
            chromium.show(1280, height=200)
            chromium.open(urljoin(served, page.as_posix()))
            for width in (1280, 390):
                chromium.show(width, height=200)
                wider += [f"{page} at {width}: {element}" for element in chromium.evaluate(WIDER)]
                wider += [f"{page} at {width}"] if chromium.overflow() else []
    assert not wider
    assert not chromium.complaints, "a file is missing"


@pytest.mark.usefixtures("pages")
def test_the_search_finds_a_method(served: str, tmp_path: Path) -> None:
    with browser(tmp_path) as chromium:
        chromium.show(1280, dark=True)
        chromium.open(served)
        assert chromium.evaluate("document.body.dataset.mdColorScheme") == "slate"
        assert chromium.evaluate("document.querySelector('.md-logo img').naturalWidth > 0")
        chromium.evaluate(SEARCH)
        found = chromium.evaluate(FOUND)
    assert any("reference/request-builders" in target for target in found)
    assert not chromium.complaints
