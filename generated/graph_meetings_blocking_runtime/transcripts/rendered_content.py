# Made by codegen from overrides/graph_meetings_runtime/transcripts/rendered_content.py; do not edit.
"""The content of a transcript, saved in another form."""

from collections.abc import Callable, Mapping
from pathlib import Path

from graph_meetings_blocking_runtime.transcripts.transcript_content_request_builder import (
    TranscriptContentRequestBuilder,
)
from graph_meetings_runtime.content.download_result import DownloadResult, Progress
from graph_meetings_runtime.content.part_file import PartFile
from graph_meetings_runtime.content.promise import Promise
from graph_meetings_runtime.transcripts.cue import Cue


class RenderedContent:
    """A content whose file is what is made of its cues.

    Args:
        content: of a transcript.
        render: returns the text of the file.

    Raises:
        TypeError: the content is not that of a transcript.
    """

    media_type = "text/markdown"

    def __init__(self, content: object, render: Callable[[list[Cue]], str]) -> None:
        if not isinstance(content, TranscriptContentRequestBuilder):
            raise TypeError("only transcripts have cues to render")
        self._content = content
        self._render = render

    @property
    def path_parameters(self) -> Mapping[str, object]:
        """The ids in the address."""
        return self._content.path_parameters

    def download(self, path: Path, *, overwrite: bool, progress: Callable[[Progress], object] | None) -> DownloadResult:
        """Read the transcript, and write the file in one step.

        Parts that cannot be read are left out with a `DamagedCueWarning`.

        Args:
            path: of the file.
            overwrite: whether an existing file may be replaced.
            progress: called when the file is written.

        Raises:
            FileExistsError: the file exists and `overwrite` is false, or there is a `.part` that no download left.
            BlockingIOError: another download to the same path is running.
            GraphError: the request failed.
            OSError: the file cannot be written.
            TypeError: `render` returned no text.
        """
        cues = self._content.cues()
        data = _encoded(self._render(cues))
        _write(path, data, overwrite=overwrite)
        if progress is not None:
            progress(Progress(len(data), len(data)))
        return DownloadResult(path, len(data), 0, self.media_type)


def _encoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"render must be a plain function that returns a str, not {type(text).__name__}")
    return text.encode(errors="replace")


def _write(path: Path, data: bytes, *, overwrite: bool) -> None:
    with PartFile(path, "a rendered transcript") as part:
        part.begin(Promise())
        part.write(data)
        part.finish(overwrite=overwrite)
