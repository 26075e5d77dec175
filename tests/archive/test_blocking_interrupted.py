"""Ctrl-C at any line of a blocking update: it gets out, and the next update goes on."""

from functools import partial
from pathlib import Path

from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_archive.blocking import Archive, Recordings, Summary, Transcripts
from graph_meetings_emulator import Dataset, Emulator
from tests.support import archived
from tests.support.blocking.interrupting import InterruptAt

OURS = ("graph_meetings_archive", "graph_meetings_blocking_archive")
INTERRUPTS = 12
NEVER = 1 << 60


def update(folder: Path, graph: GraphMeetingsClient, organizer: str) -> Summary:
    with Archive(folder, graph) as archive:
        return archive.update([organizer], Recordings(), Transcripts(content=True))


def test_an_interrupt_at_any_line_gets_out_and_the_next_update_goes_on(tmp_path: Path) -> None:
    dataset = Dataset.generate(organizers=1, meetings=1, recordings=3, content_size=1_000, call_records=0)
    organizer = dataset.organizers[0]
    with (
        Emulator(dataset, page_size=2) as emulator,
        GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url) as graph,
    ):
        whole = InterruptAt(NEVER, OURS)
        whole.during(partial(update, tmp_path / "undisturbed", graph, organizer))
        lines = NEVER - whole.lines_left
        expected = archived.everything(tmp_path / "undisturbed")
        assert len(expected["recordings"]) == 3
        interrupted = 0
        for number in range(1, lines, lines // INTERRUPTS):
            folder = tmp_path / str(number)
            try:
                InterruptAt(number, OURS).during(partial(update, folder, graph, organizer))
            except KeyboardInterrupt:
                interrupted += 1
            assert update(folder, graph, organizer).is_complete, number
            assert archived.everything(folder) == expected, number
        assert interrupted > INTERRUPTS // 2
