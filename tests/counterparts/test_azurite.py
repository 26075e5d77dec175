"""Contents in Azure Storage (Azurite), where the service redirects to with a signed URL."""

import hashlib
import traceback
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from graph_meetings import AccessDenied, MalformedResponse, NotFound, Progress
from tests.counterparts.azurite import Azurite, azurite
from tests.counterparts.content import TOKEN, redirected_to
from tests.support.certificates import Authority

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("trusted")]

MIB = 1 << 20
WHOLE = hashlib.shake_256(b"blob").digest(8 * MIB)


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Azurite]:
    with azurite(tmp_path_factory.mktemp("azurite"), authority) as running:
        yield running


def stop_in_the_middle(progress: Progress) -> None:
    if progress.received >= MIB:
        raise KeyboardInterrupt


async def test_a_blob_arrives_as_it_is(storage: Azurite, tmp_path: Path) -> None:
    storage.put("plain", WHOLE)
    async with redirected_to(storage.url("plain")) as content:
        result = await content.download(tmp_path / "x.mp4")
        assert await content.get() == WHOLE
    assert (tmp_path / "x.mp4").read_bytes() == WHOLE
    assert result.content_type == "video/mp4"
    assert TOKEN not in storage.log.read_text()


@pytest.mark.parametrize("is_changed", [False, True], ids=["same", "changed"])
async def test_a_download_that_was_stopped_resumes_the_same_blob_only(
    storage: Azurite, tmp_path: Path, *, is_changed: bool
) -> None:
    storage.put("stopped", WHOLE)
    async with redirected_to(storage.url("stopped")) as content:
        with pytest.raises(KeyboardInterrupt):
            await content.download(tmp_path / "x.mp4", progress=stop_in_the_middle)
        if is_changed:
            storage.put("stopped", WHOLE[::-1])
        result = await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == (WHOLE[::-1] if is_changed else WHOLE)
    assert (result.resumed_from >= MIB) is not is_changed


async def test_a_wrong_digest_is_found(storage: Azurite, tmp_path: Path) -> None:
    storage.put("wrong", WHOLE)
    storage.claim_digest("wrong", hashlib.md5(b"something else").digest())  # noqa: S324  Azure's digest
    async with redirected_to(storage.url("wrong")) as content:
        with pytest.raises(MalformedResponse, match="promised the md5"):
            await content.download(tmp_path / "x.mp4")
    assert list(tmp_path.iterdir()) == []


async def test_an_expired_url_is_asked_for_again(storage: Azurite, tmp_path: Path) -> None:
    storage.put("expired", WHOLE)
    expired, fresh = storage.url("expired", timedelta(minutes=-1)), storage.url("expired")
    async with redirected_to(expired, fresh) as content:
        await content.download(tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").read_bytes() == WHOLE


@pytest.mark.parametrize("fault", ["expired", "forged", "missing"])
async def test_a_url_that_storage_refuses_is_an_error_without_the_signature(
    storage: Azurite, tmp_path: Path, caplog: pytest.LogCaptureFixture, fault: str
) -> None:

    storage.put("refused", WHOLE)
    url = storage.url(
        "refused" if fault != "missing" else "nothing", timedelta(minutes=-1 if fault == "expired" else 1)
    )
    caplog.set_level("DEBUG")  # after the upload, whose own client shows its URL
    (signature,) = parse_qs(urlsplit(url).query)["sig"]
    if fault == "forged":
        url = url.replace("sp=r", "sp=rw")
    async with redirected_to(url) as content:
        with pytest.raises(NotFound if fault == "missing" else AccessDenied, match="valid for a short time") as caught:
            await content.download(tmp_path / "x.mp4")
    text = "".join(traceback.format_exception(caught.value)) + repr(caught.value) + caplog.text
    assert signature[:20] not in text
    assert "sig=" not in text
    assert list(tmp_path.iterdir()) == []
