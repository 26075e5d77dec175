"""The rules for each document of the metadata folder."""

from collections.abc import Mapping
from pathlib import Path

from codegen.rules.clouds import read_clouds
from codegen.rules.scope import Rules, read_rules


def rules_of_documents(metadata: Path) -> Mapping[str, Rules]:
    """Return the rules for each document of the metadata folder, by the document's path."""
    clouds = read_clouds(metadata / "clouds.toml", "clouds.toml")
    versions = read_rules(metadata / "scope.toml", "scope.toml")
    readers = {rules.metadata: rules for rules in versions}
    for rules in versions:
        for document in clouds.documents(rules.version):
            readers.setdefault(document, rules)
    return readers
