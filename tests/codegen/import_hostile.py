"""Imports packages generated from hostile documents, and reports anything else that they do.

A program, `python import_hostile.py FOLDER…`: each folder has a package `hostile`. It says what was `injected`.
"""

import importlib
import sys
from pathlib import Path

_SUSPECT = ("injected", "os.", "subprocess.", "socket.", "shutil.", "ctypes.")
_HARMLESS = ("os.listdir", "os.scandir")
_MODULES = ("enums", "models", "operations", "request_builders", "client")


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    is_write = event == "open" and isinstance(arguments[1], str) and not arguments[1].startswith("r")
    if is_write or (event.startswith(_SUSPECT) and event not in _HARMLESS):
        raise RuntimeError(f"injected: {event} {arguments}")


def main(folders: list[str]) -> None:
    # Their own reads and opens are not the document's doing.
    for module in ("models.values.edm", "models.fields.field", "models.model", "operations.operation"):
        importlib.import_module(f"graph_meetings_runtime.{module}")
    sys.dont_write_bytecode = True
    sys.addaudithook(_watch)
    for folder in folders:
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        for module in _MODULES:
            importlib.import_module(f"hostile.{module}")
        assert sys.modules["hostile"].__file__ == str(Path(folder) / "hostile" / "__init__.py")
        for name in [name for name in sys.modules if name.partition(".")[0] == "hostile"]:
            del sys.modules[name]
        sys.path.pop(0)
    sys.stdout.write(f"{len(folders)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
