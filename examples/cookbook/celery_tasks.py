"""Recordings saved by Celery's workers, one task for each organizer.

    celery --app celery_tasks worker --loglevel INFO
    python celery_tasks.py

Without a tenant, the tasks read the emulator's made-up data. Without a broker, they are files in the folder `queue`.
"""

from pathlib import Path

from celery import Celery
from celery.utils.log import get_task_logger

from graph_meetings import ConnectionFailed, ServiceUnavailable, Throttled
from graph_meetings.blocking import GraphMeetingsClient
from graph_meetings_emulator import Emulator

log = get_task_logger(__name__)

QUEUE = Path("queue")
VIDEOS = Path("videos")

app = Celery("recordings", broker="filesystem://")  # such as "redis://localhost" or "amqp://localhost"
app.conf.broker_transport_options = {"data_folder_in": QUEUE, "data_folder_out": QUEUE, "control_folder": QUEUE}
app.conf.beat_schedule = {"every hour": {"task": "recordings.of_everybody", "schedule": 3600}}
for folder in (QUEUE, VIDEOS):
    folder.mkdir(exist_ok=True)

emulator = Emulator()
emulator.start()
graph = GraphMeetingsClient(emulator.blocking_credential, base_url=emulator.base_url)


@app.task(name="recordings.of_everybody", ignore_result=True)
def save_recordings_of_everybody() -> None:
    """Ask for the recordings of each user."""
    for user in graph.users.list():
        save_recordings.delay(user.id)


@app.task(
    name="recordings.of_organizer",
    ignore_result=True,
    acks_late=True,  # the task of a process that is killed runs again, and skips what has been downloaded
    reject_on_worker_lost=True,
    autoretry_for=(Throttled, ServiceUnavailable, ConnectionFailed),
    retry_backoff=60,
    max_retries=5,
)
def save_recordings(organizer: str) -> None:
    """Download the recordings of an organizer that are not there yet."""
    recordings = graph.users.by_user_id(organizer).online_meetings.get_all_recordings()
    summary = graph.download_many(recordings.list(), VIDEOS)
    log.info("%s: %d saved, %d there already", organizer, summary.downloaded, summary.skipped)
    for error in (outcome.error for outcome in summary.failed if outcome.error):
        raise error


if __name__ == "__main__":
    save_recordings_of_everybody.delay()
