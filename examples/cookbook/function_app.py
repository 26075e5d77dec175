"""An Azure Function that saves the call records of the day before as a blob, every morning.

Without a tenant, it reads the emulator's made-up data.
"""

import json
from datetime import UTC, datetime, timedelta

import azure.functions as func

from graph_meetings import CallRecord, GraphMeetingsClient
from graph_meetings_archive import tables
from graph_meetings_emulator import Dataset, Emulator

emulator = Emulator(Dataset.generate(until=datetime.now(UTC)))
emulator.start()
graph = GraphMeetingsClient(emulator.credential, base_url=emulator.base_url)

app = func.FunctionApp()


@app.timer_trigger(schedule="0 0 6 * * *", arg_name="timer")
@app.blob_output(path="calls/{DateTime}.jsonl", arg_name="blob", connection="AzureWebJobsStorage")
async def save_calls(timer: func.TimerRequest, blob: func.Out[str]) -> None:
    """Write a line for each call that began yesterday, in UTC."""
    del timer
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    began = CallRecord.start_date_time
    yesterday = (began >= today - timedelta(days=1)) & (began < today)
    calls = [call async for call in graph.communications.call_records.list(filter=yesterday)]
    lines = (json.dumps(row, default=str) for row in tables.calls.rows(calls))
    blob.set("".join(f"{line}\n" for line in lines))
