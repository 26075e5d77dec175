"""Requests that write: their methods, actions, and the properties that are shown nowhere."""

from pathlib import Path

import pytest

from codegen.errors import CodegenError
from tests.codegen.tiny import CSDL, Tiny, tiny

_METHODS = '"/me/tickets" = ["GET", "POST"]'


def _restricted(target: str, term: str, name: str) -> str:
    value = f'<Record><PropertyValue Property="{name}" Bool="false" /></Record>'
    annotation = f'<Annotation Term="Org.OData.Capabilities.V1.{term}">{value}</Annotation>'
    return f'<Annotations Target="{target}">{annotation}</Annotations>'


def _with_methods(changed: Tiny, path: str, methods: str) -> Tiny:
    return changed.change("scope.toml", _METHODS, f'{_METHODS}\n"{path}" = {methods}')


@pytest.mark.parametrize(
    ("target", "term", "name", "method"),
    [
        ("z.keeper/tickets", "InsertRestrictions", "Insertable", "POST"),
        ("z.ticket", "InsertRestrictions", "Insertable", "POST"),
        ("z.keeper/tickets", "UpdateRestrictions", "Updatable", "PATCH"),
        ("z.ticket", "DeleteRestrictions", "Deletable", "DELETE"),
    ],
)
def test_a_method_that_the_metadata_forbids_is_an_error(
    tmp_path: Path, target: str, term: str, name: str, method: str
) -> None:
    changed = tiny(tmp_path).change(CSDL, "<Annotations", f"{_restricted(target, term, name)}<Annotations")
    with pytest.raises(CodegenError, match=f"forbids {method}: Org.OData.Capabilities.V1.{term}"):
        changed.scope()


def test_a_method_that_the_metadata_forbids_of_a_set_is_an_error(tmp_path: Path) -> None:
    changed = tiny(tmp_path).add_request("/keepers")
    _with_methods(changed, "/keepers", '["POST"]').scope()
    restricted = _restricted("zoo.Service/keepers", "InsertRestrictions", "Insertable")
    changed.change(CSDL, "<Annotations", f"{restricted}<Annotations")
    with pytest.raises(CodegenError, match="forbids POST"):
        changed.scope()


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/me/tickets", "PATCH"),
        ("/me/tickets", "DELETE"),
        ("/me/get", "POST"),
        ("/me/animals/{id}/picture", "DELETE"),
        ("/keepers/{id}/animals/delta", "POST"),
    ],
)
def test_a_method_goes_with_what_the_path_ends_in(tmp_path: Path, path: str, method: str) -> None:
    changed = tiny(tmp_path)
    if path == "/me/tickets":
        changed.change("scope.toml", _METHODS, f'"{path}" = ["{method}"]')
    else:
        _with_methods(changed, path, f'["{method}"]')
    with pytest.raises(CodegenError, match=f"{method} cannot be used where"):
        changed.scope()


def test_an_action_needs_its_method(tmp_path: Path) -> None:
    changed = tiny(tmp_path).change("scope.toml", '"/me/tickets/{id}/punch" = ["POST"]\n', "")
    with pytest.raises(CodegenError, match="GET cannot be used where"):
        changed.scope()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (_METHODS, '"/me/tickets" = ["PUT"]', "unknown method 'PUT'"),
        (_METHODS, '"/me/tickets" = []', "at least one method"),
        (_METHODS, '"/me/tickets" = ["GET", "GET"]', "GET"),
        (_METHODS, f'{_METHODS}\n"/me/tikets" = ["POST"]', "/me/tikets is not in scope; did you mean '/me/tickets'"),
        ('ticket = ["code"]', 'tikket = ["code"]', "tikket is not in scope"),
    ],
)
def test_a_rule_that_means_nothing_is_an_error(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CodegenError, match=message.replace("?", r"\?")):
        tiny(tmp_path).change("scope.toml", old, new).scope()


@pytest.mark.parametrize("name", ["cod", "id"])
def test_a_secret_is_a_text_of_the_type(tmp_path: Path, name: str) -> None:
    with pytest.raises(CodegenError, match=f"no text '{name}' of its own"):
        tiny(tmp_path).change("scope.toml", 'ticket = ["code"]', f'ticket = ["{name}"]').generate()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ('<Parameter Name="hard" Type="Edm.Boolean" />', "has parameters or a result"),
        ('<ReturnType Type="Edm.Boolean" />', "has parameters or a result"),
    ],
)
def test_an_action_with_parameters_or_a_result_is_an_error(tmp_path: Path, more: str, message: str) -> None:
    parameter = '<Parameter Name="bindingParameter" Type="z.ticket" />'
    with pytest.raises(CodegenError, match=message):
        tiny(tmp_path).change(CSDL, parameter, f"{parameter}{more}").scope()


def test_nothing_follows_an_action(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match="which is an action"):
        tiny(tmp_path).add_request("/me/tickets/{id}/punch/{id}").scope()


def test_an_action_without_a_description_is_an_error(tmp_path: Path) -> None:
    described = '[functions."punch on ticket"]\ntext = "Make a hole in it."\n'
    with pytest.raises(CodegenError, match=r'functions."punch on zoo.ticket"\] text'):
        tiny(tmp_path).change("docs.toml", described, "").generate()
