from abc import ABC
from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any

from pyspark.sql.types import StructType

class DataSource(ABC):
    options: MutableMapping[str, str]
    def __init__(self, options: MutableMapping[str, str]) -> None: ...
    @classmethod
    def name(cls) -> str: ...
    def schema(self) -> StructType: ...
    def reader(self, schema: StructType) -> DataSourceReader: ...
    def streamReader(self, schema: StructType) -> DataSourceStreamReader: ...

class InputPartition:
    value: Any
    def __init__(self, value: Any) -> None: ...

class DataSourceReader(ABC):
    def partitions(self) -> Sequence[InputPartition]: ...
    def read(self, partition: InputPartition) -> Iterator[Any]: ...

# Without arguments, as all releases of Spark 4 take it.
class DataSourceStreamReader(ABC):
    def initialOffset(self) -> dict[str, Any]: ...
    def latestOffset(self) -> dict[str, Any]: ...
    def partitions(self, start: dict[str, Any], end: dict[str, Any]) -> Sequence[InputPartition]: ...
    def read(self, partition: InputPartition) -> Iterator[Any]: ...
    def commit(self, end: dict[str, Any]) -> None: ...
    def stop(self) -> None: ...

# Of Spark 4.1 and later.
class Filter:
    attribute: tuple[str, ...]

class EqualTo(Filter):
    value: Any

class In(Filter):
    value: tuple[Any, ...]

class GreaterThan(Filter):
    value: Any

class GreaterThanOrEqual(Filter):
    value: Any

class LessThan(Filter):
    value: Any

class LessThanOrEqual(Filter):
    value: Any

class DataSourceRegistration:
    def register(self, dataSource: type[DataSource]) -> None: ...
