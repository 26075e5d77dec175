"""Targets of requests: what httpx would send, without its parser."""

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph_meetings_runtime.http.connections.target import Place, Target

ROOTS = st.sampled_from(["http://a", "https://A.example", "http://127.0.0.1:8080", "https://a:443", "http://[::1]:1"])
PATHS = st.text("ab/.~%4c'()*+,;=:@!$&-_ \"<>`{}|^\\[]#?é…", max_size=20)


@given(ROOTS, PATHS)
@example("http://a", "/a/./b/../c")
@example("http://a", "/a?x=/../b&y=%zz")
@example("http://a", "")
def test_a_target_is_what_httpx_sends(root: str, path: str) -> None:
    url = f"{root}/{path}" if path else root
    target, parsed = Target.of(url), httpx.URL(url)
    assert target.path.encode() == parsed.raw_path
    assert target.place == Place(parsed.scheme, parsed.raw_host.decode(), parsed.port, parsed.netloc.decode())


@pytest.mark.parametrize("url", ["http://a:b/", "http://999.1.1.1/", f"http://a/{'x' * (1 << 16)}", "http://[a]/"])
def test_a_malformed_url_is_refused(url: str) -> None:
    with pytest.raises(httpx.InvalidURL):
        Target.of(url)
