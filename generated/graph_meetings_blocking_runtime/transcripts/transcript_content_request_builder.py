# Made by codegen from overrides/graph_meetings_runtime/transcripts/transcript_content_request_builder.py; do not edit.
"""The content of a transcript: bytes like any content, and cues.

Source: https://learn.microsoft.com/graph/api/calltranscript-get
"""

from typing import Unpack

from graph_meetings_blocking_runtime.content.content_request_builder import ContentOptions, ContentRequestBuilder
from graph_meetings_runtime.bounds import MAX_TRANSCRIPT_BYTES
from graph_meetings_runtime.errors import MalformedResponse, NamesRequest
from graph_meetings_runtime.log import request_line
from graph_meetings_runtime.transcripts.cue import Cue, DamagedCue, warn_of_damaged


class TranscriptContentRequestBuilder(ContentRequestBuilder):
    """A path that returns WebVTT: the content of a transcript, or its metadata content."""

    def cues(self, **options: Unpack[ContentOptions]) -> list[Cue]:
        """Read the whole transcript into cues.

        A cue in which several people speak is split into one for each. Parts that cannot be read are left out: the
        first 16 with a `DamagedCueWarning` each, all others with one. To read a transcript that was downloaded, use
        `read_cues`.

        Args:
            options: `accept`, `format` and `headers`. The format without speakers has no cues.

        Returns:
            The cues, in the order of the transcript. Only those of the metadata content have a language.

        Raises:
            MalformedResponse: the response is not WebVTT, or is larger than 16 MiB, more than two days of talk.
            DownloadIncomplete: the body broke off too many times.
            GraphError: the request failed.

        Source: https://www.w3.org/TR/webvtt1/
        """
        line = request_line(self.to_get_request_information(**options).url, self.request_adapter.base_url)
        with NamesRequest(line):
            cues, damaged = _read(self._whole(MAX_TRANSCRIPT_BYTES, **options))
        warn_of_damaged(damaged, f"the transcript ({line})")
        return cues


def _read(content: bytes) -> tuple[list[Cue], list[DamagedCue]]:
    # Imported for the first transcript: its patterns take long to compile.
    from graph_meetings_runtime.transcripts.webvtt import read_cues  # noqa: PLC0415  imported when first needed

    damaged: list[DamagedCue] = []
    try:
        return read_cues(content, damaged.append), damaged
    except ValueError as error:
        raise MalformedResponse(str(error)) from None
