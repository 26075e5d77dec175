"""Answers to requests that change something."""

from graph_meetings_emulator.answers.caller import Caller
from graph_meetings_emulator.answers.routes import Key, Route
from graph_meetings_emulator.data.entities import Entity
from graph_meetings_emulator.http.errors import bad_request, not_allowed
from graph_meetings_emulator.http.messages import JSON_TYPE, ReceivedRequest, Reply
from graph_meetings_emulator.odata.rendering import entity_context
from graph_meetings_emulator.subscriptions.subscriptions import Subscriptions, check_permission
from graph_meetings_runtime.json_codec import JsonObject, decode_json, encode_json


class Writes:
    """Changes subscriptions, all that the client writes.

    Args:
        subscriptions: to change.
    """

    def __init__(self, subscriptions: Subscriptions) -> None:
        self._subscriptions = subscriptions

    def answer(self, route: Route, request: ReceivedRequest, root: str, token: str, caller: Caller | None) -> Reply:
        """Answer a request.

        Args:
            route: what its path refers to.
            request: the request.
            root: the root URL of this version of the service, as the client wrote it.
            token: that it carries.
            caller: who sends it; `None` for one who may request everything.

        Raises:
            ServiceError: the service refuses the request.
        """
        key = next((step.value for step in route.steps if isinstance(step, Key)), "")
        match request.method, route.operation.path:
            case "POST", "/subscriptions":
                body = _object(request)
                if caller is not None:
                    check_permission(body, caller.permissions)
                return _reply(201, self._subscriptions.create(body, token), root)
            case "PATCH", "/subscriptions/{id}":
                return _reply(200, self._subscriptions.change(key, _object(request)), root)
            case "DELETE", "/subscriptions/{id}":
                self._subscriptions.delete(key)
                return Reply(204, [])
            case "POST", "/subscriptions/{id}/reauthorize":
                self._subscriptions.reauthorize(key)
                return Reply(204, [])
            case _:
                raise not_allowed(["GET"])


def _object(request: ReceivedRequest) -> JsonObject:
    try:
        body = decode_json(request.body)
    except ValueError:
        raise bad_request("Unable to read JSON request payload.") from None
    if not isinstance(body, dict):
        raise bad_request("Empty Payload. JSON content expected.")
    return body


def _reply(status: int, entity: Entity, root: str) -> Reply:
    context: JsonObject = {"@odata.context": f"{root}/$metadata#{entity_context(entity, '')}"}
    return Reply(status, [JSON_TYPE], encode_json({**context, **entity.properties}))
