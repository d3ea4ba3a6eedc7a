"""Values that an object works out once, when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Once(Generic[T]):
    """A property that is worked out when it is first asked for.

    What ``functools.cached_property`` does, without the lock that Python 3.11's takes: maps are immutable, so two
    threads could at worst work out the same numbers.
    """

    def __init__(self, function: Callable[[Any], T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Once[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | Once[T]:
        if instance is None:
            return self
        found = instance.__dict__[self._function.__name__] = self._function(instance)
        return found
