from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from embedded.errors import DiedError
from reglament.ward import LONGEST_DELAY, Ward, delay


class AtOnce(Executor):
    """Runs what it is given at once."""

    def submit(self, work: Callable[..., Any], /, *args: object, **words: object) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **words))
        except DiedError as error:
            done.set_exception(error)
        return done


class Mortal:
    """A server that dies and revives when told."""

    name = "mortal"

    def __init__(self, revivable: bool = True) -> None:
        self.alive = True
        self.revivable = revivable

    def start(self) -> None:
        self.restart()

    def stop(self) -> None:
        self.alive = False

    def restart(self) -> None:
        if not self.revivable:
            raise DiedError("no disk")
        self.alive = True


def looked_after(ward: Ward, *moments: float) -> None:
    for moment in moments:
        ward.look_after(moment, AtOnce())


def test_the_delay_doubles_up_to_a_bound() -> None:
    assert [delay(deaths) for deaths in (1, 2, 3, 100)] == [0.5, 1.0, 2.0, LONGEST_DELAY]


def test_a_dead_server_is_started_after_the_delay_and_not_before() -> None:
    said: list[str] = []
    server = Mortal()
    ward = Ward(server, said.append)
    server.stop()
    looked_after(ward, 10.0, 10.4)
    assert not server.alive
    looked_after(ward, 10.5, 10.6)
    assert server.alive
    assert said == ["mortal died; starting it again in 0.5 s", "mortal is back"]


def test_a_server_that_keeps_dying_waits_longer_each_time() -> None:
    server = Mortal(revivable=False)
    ward = Ward(server, lambda _: None)
    server.stop()
    looked_after(ward, 10.0, 10.5, 10.6, 11.6, 11.7)
    assert ward.deaths == 3
    assert ward.due == 11.7 + 2.0


def test_a_server_that_lived_long_is_forgiven() -> None:
    server = Mortal()
    ward = Ward(server, lambda _: None, deaths=5, since=0.0)
    server.stop()
    looked_after(ward, 61.0)
    assert ward.deaths == 1
