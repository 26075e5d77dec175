from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.errors import CodegenError
from codegen.rules.clouds import read_clouds
from codegen.rules.docs import read_docs
from codegen.rules.permissions import read_permissions
from codegen.rules.scope import read_rules

_V1 = 'default_namespace = "zoo"\n[versions."v1.0"]\npackage = "zoo"\n'
_CLOUDS = 'clouds = ["GLOBAL"]\n[metadata."v1.0"]\n'
_DOCS = 'default_namespace = "zoo"\nclient = "The zoo."\n'
_DERIVED = f'{_V1}metadata = "x"\n[versions."v1.0".derived]\na = ["b"]\nc = ["d", 3]\n'
_DEFAULT = f'{_V1}metadata = "x"\ndefaults = [{{functions = "f"}}]\n'


@pytest.mark.parametrize(
    ("read", "text", "message"),
    [
        (read_rules, f"{_V1}metadata = 3\n", "versions.v1.0.metadata: expected a string, got an integer"),
        (read_rules, _V1, "versions.v1.0: missing key 'metadata'"),
        (read_rules, _DERIVED, "versions.v1.0.derived.c[1]: expected a string, got an integer"),
        (read_rules, _DEFAULT, "versions.v1.0.defaults: unknown key 'functions'; did you mean 'function'?"),
        (read_rules, "versions = 3\n", "versions: expected a table, got an integer"),
        (read_rules, "version = 3\n", "unknown key 'version'; did you mean 'versions'?"),
        (read_rules, "versions = \n", "Invalid value (at line 1, column 12)"),
        (read_clouds, f"{_CLOUDS}GLOBAL = 1\n", "metadata.v1.0.GLOBAL: expected a string, got an integer"),
        (read_clouds, f'{_CLOUDS}[documented.x]\npaths = "*"\n', "documented: x.paths: expected a list, got a string"),
        (read_docs, f"{_DOCS}[enums]\nmood = 1\n", "enums.mood: expected a string, got an integer"),
        (read_docs, f"{_DOCS}types.bear.properties.den = 1\n", "types.bear.properties.den: expected a string, got"),
        (read_permissions, "[x]\npaths = [1]\n", "x.paths[0]: expected a string, got an integer"),
        (read_permissions, "x = 1\n", "x: expected a table, got an integer"),
    ],
)
def test_an_invalid_rule_is_an_error_with_its_exact_place(
    tmp_path: Path, read: Callable[[Path, str], object], text: str, message: str
) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(CodegenError) as caught:
        read(path, "rules.toml")
    assert str(caught.value).startswith(f"rules.toml: {message}")


def test_text_that_is_not_utf_8_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_bytes(b"\xff")
    with pytest.raises(CodegenError, match=r"rules\.toml: .* can't decode"):
        read_docs(path, "rules.toml")
