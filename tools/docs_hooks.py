"""Hooks of MkDocs: every example that waits is shown in both forms, asynchronous and blocking."""

from codegen.blocking.examples import with_tabs


def on_page_markdown(markdown: str, **_: object) -> str:
    """Return the Markdown of a page as it is shown."""
    return with_tabs(markdown)
