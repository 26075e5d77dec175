"""Each way to sign in gets what it needs, and a secret gets nowhere else."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import azure.identity
import pytest

from graph_meetings_archive.command.service.sign_in import sign_in
from graph_meetings_archive.command.usage.options import Connection, SignInMethod
from tests.command.conftest import Run

AUTHORITY = "https://login.microsoftonline.us"
SECRET = "s3cret-of-the-app"


class Made(Exception):
    """What a credential was made with."""

    def __init__(self, values: tuple[object, ...], options: Mapping[str, object]) -> None:
        super().__init__()
        self.values = values
        self.options = options


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(*values: object, **options: object) -> None:
        raise Made(values, options)

    for name in (
        "AzureCliCredential",
        "CertificateCredential",
        "ClientSecretCredential",
        "DefaultAzureCredential",
        "DeviceCodeCredential",
        "InteractiveBrowserCredential",
        "ManagedIdentityCredential",
    ):
        monkeypatch.setattr(azure.identity, name, made)


def made_by(connection: Connection) -> Made:
    with pytest.raises(Made) as caught:
        sign_in(connection, AUTHORITY)
    return caught.value


@pytest.mark.parametrize("auth", ["default", "browser", "device-code"])
def test_the_authority_is_that_of_the_cloud(auth: SignInMethod) -> None:
    made = made_by(Connection(auth=auth, client_id="an-app"))
    assert made.options["authority"] == AUTHORITY


def test_a_secret_comes_from_the_environment_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "another")
    asked = Connection(auth="secret", tenant="t", client_id="c")
    assert made_by(asked).values == ("t", "c", "another")
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    asked = Connection(auth="secret", tenant="t", client_id="c", secret_file=file)
    assert made_by(asked).values == ("t", "c", SECRET)
    assert SECRET not in repr(asked)


def test_a_certificate_gets_its_password_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AZURE_CLIENT_CERTIFICATE_PASSWORD", SECRET)
    file = tmp_path / "app.pem"
    file.write_text("", encoding="utf-8")
    made = made_by(Connection(auth="certificate", tenant="t", client_id="c", certificate_file=file))
    assert made.values == ("t", "c", str(file))
    assert made.options == {"authority": AUTHORITY, "password": SECRET}


def test_settings_for_azure_count_where_options_are_left_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"TENANT_ID": "t", "CLIENT_ID": "c", "CLIENT_SECRET": SECRET}.items():
        monkeypatch.setenv(f"AZURE_{name}", value)
    with pytest.raises(Made) as caught:
        run("check", "--auth", "secret")
    assert caught.value.values == ("t", "c", SECRET)


def test_a_device_code_is_asked_for_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    made = made_by(Connection(auth="device-code", client_id="c", tenant="t"))
    ask = made.options["prompt_callback"]
    assert callable(ask)
    ask("https://microsoft.com/devicelogin", "ABC123", datetime.now(UTC))
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "To sign in, open https://microsoft.com/devicelogin and enter the code ABC123\n"


@pytest.mark.parametrize("content", ["no certificate", ""])
def test_a_broken_certificate_is_wrong_use(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str
) -> None:
    monkeypatch.undo()
    file = tmp_path / "app.pem"
    file.write_text(content, encoding="utf-8")
    ran = run("check", "--auth", "certificate", "--tenant", "t", "--client-id", "c", "--certificate-file", str(file))
    assert ran.status == 2
    assert ran.err.startswith(f"error: cannot read a certificate and its private key from {file}\nhint: ")


def test_a_missing_file_is_wrong_use(run: Run) -> None:
    base = ["check", "--tenant", "t", "--client-id", "c"]
    for options in (["--auth", "secret", "--secret-file", "no"], ["--auth", "certificate", "--certificate-file", "no"]):
        ran = run(*base, *options)
        assert ran.status == 2
        assert "no" in ran.err
        assert "Traceback" not in ran.err
