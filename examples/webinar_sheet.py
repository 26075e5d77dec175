"""Write who attended a webinar into a sheet: CSV that Excel opens, or .xlsx.

    python examples/webinar_sheet.py WEBINAR attendance.csv
    python examples/webinar_sheet.py WEBINAR attendance.xlsx

The second form needs pandas and openpyxl. The program signs in as examples/recordings.py does.
"""

import argparse
import asyncio
import csv
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from graph_meetings import AttendanceRecord, GraphError, GraphMeetingsClient
from recordings import connect

Row: TypeAlias = dict[str, str | float | datetime | None]


async def attendance(graph: GraphMeetingsClient, webinar: str) -> list[Row]:
    """Return a row for each attendee of each session."""
    sessions = graph.solutions.virtual_events.webinars.by_virtual_event_webinar_id(webinar).sessions
    rows: list[Row] = []
    async for session in sessions.list():
        reports = sessions.by_virtual_event_session_id(session.id).attendance_reports
        async for report in reports.list():
            records = reports.by_meeting_attendance_report_id(report.id).attendance_records
            rows.extend([row(session.subject, record) async for record in records.list()])
    return rows


def row(session: str | None, record: AttendanceRecord) -> Row:
    """Return the cells of an attendee. Times are in UTC."""
    joined = list(times(interval.join_date_time for interval in record.attendance_intervals or []))
    left = list(times(interval.leave_date_time for interval in record.attendance_intervals or []))
    return {
        "Session": harmless(session),
        "Name": harmless(record.identity and record.identity.display_name),
        "E-mail": harmless(record.email_address),
        "Role": harmless(record.role),
        "Minutes": round((record.total_attendance_in_seconds or 0) / 60, 1),
        "Joined": min(joined, default=None),
        "Left": max(left, default=None),
    }


def times(moments: Iterator[datetime | None]) -> Iterator[datetime]:
    """Yield the moments that are known, without the time zone and the microseconds that Excel does not have."""
    return (moment.replace(tzinfo=None, microsecond=0) for moment in moments if moment is not None)


def harmless(text: str | None) -> str | None:
    """Return a text that Excel does not run as a formula: people choose their names themselves."""
    return f"'{text}" if text and text[0] in "=+-@\t\r\n" else text


def write(rows: Sequence[Row], file: Path) -> None:
    """Write the rows into a file of the kind that its name says."""
    if file.suffix == ".xlsx":
        import pandas as pd  # noqa: PLC0415  for .xlsx only  # pyright: ignore[reportMissingTypeStubs]

        frame: Any = pd.DataFrame(rows)
        frame.to_excel(file, index=False, freeze_panes=(1, 0))
        return
    # Without the mark at the beginning, Excel takes the file for another encoding.
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)


async def run(webinar: str, file: Path) -> None:
    """Fetch the attendance of a webinar and write it."""
    async with connect() as graph:
        rows = await attendance(graph, webinar)
    write(rows, file)
    print(f"{len(rows)} attendees in {file}")


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("webinar", help="id of the webinar")
    parser.add_argument("file", type=Path, help="ends in .csv or .xlsx")
    options = parser.parse_args()
    try:
        asyncio.run(run(options.webinar, options.file))
    except GraphError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
