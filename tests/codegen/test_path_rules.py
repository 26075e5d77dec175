from pathlib import Path

import pytest

from codegen.errors import CodegenError
from tests.codegen.tiny import tiny


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("permissions.toml", '"*/picture"', '"*/pictures"', "pictures: '*/pictures' decides about no request"),
        ("permissions.toml", '["/me/*"]', '["/me/*", "/me/animals"]', "mine: '/me/animals' decides about no request"),
        ("permissions.toml", 'versions = ["beta"]', 'versions = ["alpha"]', "beta_strokes: there is no version alpha"),
        ("permissions.toml", 'paths = ["*"]', 'paths = ["/keepers/{id}/animals"]', "no permissions of /keepers/{id}/"),
        (
            "permissions.toml",
            '["Animals.See"]',
            '["Animals.See", "Animals.See"]',
            "delegated: lists 'Animals.See' twice",
        ),
        ("permissions.toml", '["Animals.See"]', '["see them"]', "'see them' is no permission such as"),
        ("permissions.toml", 'delegated = ["Animals.Touch"]', "", "beta_strokes: no token could make this request"),
        ("permissions.toml", 'delegated = ["Animals.Touch"]', "needs = 1", "unknown key 'needs'"),
        ("permissions.toml", "= true", '= "yes"', "needs_access_policy: expected true or false, got a string"),
        (
            "permissions.toml",
            'delegated = ["Animals.Touch"]',
            'delegated = ["Animals.Touch"]\nneeds_access_policy = true',
            "an access policy is for application permissions",
        ),
        ("permissions.toml", 'paths = ["*"]', "", "others: missing key 'paths'"),
        ("clouds.toml", '"*/animals/delta"', '"*/animal/delta"', "documented: changes: '*/animal/delta' decides about"),
        ("clouds.toml", 'clouds = ["GLOBAL"]', 'clouds = ["GLOBE"]', "no cloud GLOBE; did you mean 'GLOBAL'"),
        ("clouds.toml", "CHINA =", "CHINE =", "metadata.v1.0: there is no cloud CHINE; did you mean 'CHINA'"),
        ("clouds.toml", '[metadata."v1.0"]', '[metadata."v1.1"]', "there is no version v1.1; did you mean 'v1.0'"),
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


def test_a_cloud_whose_metadata_is_not_understood_does_not_count_as_one_that_lacks_the_request(tmp_path: Path) -> None:
    metadata = tiny(tmp_path).change("v1.0/us_gov.csdl.xml", 'Type="Collection(zoo.animal)"', 'Type="zoo animal"')
    with pytest.raises(CodegenError, match=r"us_gov\.csdl\.xml:\d+: 'zoo animal' is no type name"):
        metadata.generate()
