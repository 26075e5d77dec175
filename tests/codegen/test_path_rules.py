from pathlib import Path

import pytest

from codegen.errors import CodegenError
from tests.codegen.tiny import tiny


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        (
            "permissions.toml",
            '"*/picture"',
            '"*/pictures"',
            "pictures: unused pattern '*/pictures': it matches no request",
        ),
        (
            "permissions.toml",
            '["/me/*"]',
            '["/me/*", "/me/animals"]',
            "mine: unused pattern '/me/animals': it matches no request",
        ),
        ("permissions.toml", 'versions = ["beta"]', 'versions = ["alpha"]', "beta_strokes: unknown version alpha"),
        (
            "permissions.toml",
            'paths = ["*"]',
            'paths = ["/keepers/{id}/animals"]',
            "no rule gives the permissions of /keepers/{id}/",
        ),
        (
            "permissions.toml",
            '["Animals.See"]',
            '["Animals.See", "Animals.See"]',
            "delegated: lists 'Animals.See' twice",
        ),
        ("permissions.toml", '["Animals.See"]', '["see them"]', "'see them' is not a permission like"),
        (
            "permissions.toml",
            'delegated = ["Animals.Touch"]',
            "",
            "beta_strokes: expected delegated or application permissions",
        ),
        ("permissions.toml", 'delegated = ["Animals.Touch"]', "needs = 1", "unknown key 'needs'"),
        ("permissions.toml", "= true", '= "yes"', "needs_access_policy: expected true or false, got a string"),
        (
            "permissions.toml",
            'delegated = ["Animals.Touch"]',
            'delegated = ["Animals.Touch"]\nneeds_access_policy = true',
            "needs_access_policy requires application permissions",
        ),
        ("permissions.toml", 'paths = ["*"]', "", "others: missing key 'paths'"),
        (
            "clouds.toml",
            '"*/animals/delta"',
            '"*/animal/delta"',
            "documented: changes: unused pattern '*/animal/delta'",
        ),
        ("clouds.toml", 'clouds = ["GLOBAL"]', 'clouds = ["GLOBE"]', "unknown cloud GLOBE; did you mean 'GLOBAL'"),
        (
            "query_options.toml",
            '["*/animals"]',
            '["*/animal"]',
            "query_options.toml: animals: unused pattern '*/animal': it matches no request",
        ),
        ("query_options.toml", '"top"]', '"tops"]', "animals.listed: unknown option 'tops'; did you mean 'top'?"),
        ("query_options.toml", '"top"]', '"top", "top"]', "animals.listed: lists 'top' twice"),
        ("query_options.toml", "listed =", "listd =", "animals: unknown key 'listd'; did you mean 'listed'?"),
        ("query_options.toml", '"number ge"', '"number"', "animals.filters: 'number' is not a comparison like"),
        ("query_options.toml", '"number ge"', '"number gte"', "unknown operator 'gte'; did you mean 'gt'"),
        ("query_options.toml", "status = 422", "status = 200", "refused.filter: 200 is not the status of an error"),
        (
            "query_options.toml",
            "search = {}",
            "top = {}",
            "animals: 'top' is listed, so it cannot be ignored or refused",
        ),
        ("query_options.toml", "search = {}", "serch = {}", "animals.refused: unknown option 'serch'"),
        ("query_options.toml", "[animals.refused]", '[animals.refused]\nskip = "no"', "expected a table, got a string"),
        (
            "query_options.toml",
            "requires_filter = true",
            'requires_filter = true\nignored = ["search"]',
            "'search' cannot be both ignored and refused",
        ),
        (
            "query_options.toml",
            'ignored = ["filter"]',
            "requires_filter = true",
            "changes: requires_filter requires 'filter' to be listed, and refused.filter",
        ),
        (
            "query_options.toml",
            'ignored = ["filter"]',
            'filters = ["number ge"]',
            "changes: filters requires 'filter' to be listed",
        ),
        ("clouds.toml", "CHINA =", "CHINE =", "metadata.v1.0: unknown cloud CHINE; did you mean 'CHINA'"),
        ("clouds.toml", '[metadata."v1.0"]', '[metadata."v1.1"]', "unknown version v1.1; did you mean 'v1.0'"),
        ("clouds.toml", "v1.0/china.csdl.xml", "v1.0/chine.csdl.xml", "v1.0/chine.csdl.xml: cannot be read"),
        ("clouds.toml", "[documented.keepers]", "[document.keepers]", "unknown key 'document'"),
    ],
)
def test_a_rule_that_decides_nothing_or_is_not_understood_is_an_error(
    tmp_path: Path, file: str, old: str, new: str, reason: str
) -> None:
    with pytest.raises(CodegenError) as caught:
        tiny(tmp_path).change(file, old, new).generate()
    assert reason in str(caught.value)


def test_options_that_no_document_lists_need_no_file(tmp_path: Path) -> None:
    metadata = tiny(tmp_path)
    (metadata.folder / "query_options.toml").unlink()
    operations = [text for path, text in metadata.generate().items() if path.name == "operations.py"]
    assert operations
    assert not any("options=" in text for text in operations)


def test_a_cloud_whose_metadata_is_not_understood_does_not_count_as_one_that_lacks_the_request(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change("v1.0/us_gov.csdl.xml", 'Type="Collection(zoo.animal)"', 'Type="zoo animal"')
    with pytest.raises(CodegenError, match=r"us_gov\.csdl\.xml:\d+: 'zoo animal' is not a type name"):
        metadata.generate()
