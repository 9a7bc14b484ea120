"""What is done for a ticket: its tasks, and the time that people spend on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from contracts.intake import TaskDone, TaskOpened, TimeHandedOver, TimeSpent
from eventlog.aggregate import event
from regulation.stage import TaskAction
from regulation.term import UnknownTermError

from intake.domain.hand import Hand
from intake.domain.matter import Matter
from intake.domain.refusing import RefusedError
from intake.domain.standing import ENDED, Standing


class Task(NamedTuple):
    """One task; ids count within the ticket. The one opened by entering a stage has nobody's name on it."""

    id: str
    title: str
    by: str
    assignee: str = ""
    parent: str = ""
    done: bool = False

    @property
    def top(self) -> bool:
        """Whether it is the ticket's top-level task, which stands for the ticket itself (`TIC:`, R1-09)."""
        return not self.by and not self.parent


class Spent(NamedTuple):
    """All minutes of one agent on one task, "" for the ticket as such."""

    agent: str
    task: str
    minutes: int


class Work(Matter):
    """The second chapter: tasks, and minutes by agent and task; `handed` is what billing has already (R1-18)."""

    tasks = tuple[Task, ...]()  # not annotated, or the library would take chapters for dataclasses
    spent = tuple[Spent, ...]()
    handed = tuple[tuple[str, int], ...]()

    def open_task(self, by: Hand, title: str, assignee: str = "") -> None:
        """Ask for something to be done, below the top-level task where there is one (R1-09, R1-10)."""
        self._refuse_ended()
        parent = next((task.id for task in self.tasks if task.top and not task.done), "")
        self._open(by, Task("", title, by.who, assignee, parent))

    def done(self, by: Hand, task: str) -> None:
        """Finish a task; the top-level one not before those below it."""
        found = self._task(task)
        if found.done:
            return
        self._refuse_ended()
        if found.top:
            self._refuse_unfinished("The task is done when those below it are")
        self._task_done(TaskDone(at=by.at, ticket=self.ticket, task=found.id, who=by.who))

    def spend(self, by: Hand, minutes: int, task: str = "") -> None:
        """Note the time somebody worked; after the end it goes to billing at once (R1-18)."""
        on = self._task(task).id if task else ""
        self._refuse_merged()
        self._spent(TimeSpent(at=by.at, ticket=self.ticket, agent=by.who, minutes=minutes, task=on))
        if self.standing is Standing.closed:
            self._hand_over(by)

    @property
    def minutes(self) -> Mapping[str, int]:
        """Minutes by agent, all tasks together."""
        total: Counter[str] = Counter()
        for each in self.spent:
            total[each.agent] += each.minutes
        return total

    @event("TaskOpened")
    def _task_opened(self, said: TaskOpened) -> None:
        self.tasks = (*self.tasks, Task(said.task, said.title, said.who, said.assignee, said.parent))

    @event("TaskDone")
    def _task_done(self, said: TaskDone) -> None:
        self.tasks = tuple(each._replace(done=each.done or each.id == said.task) for each in self.tasks)

    @event("Spent")
    def _spent(self, said: TimeSpent) -> None:
        before = {(each.agent, each.task): each for each in self.spent}
        now = before.get((said.agent, said.task), Spent(said.agent, said.task, 0))
        before[said.agent, said.task] = now._replace(minutes=now.minutes + said.minutes)
        self.spent = tuple(before.values())

    @event("HandedOver")
    def _handed_over(self, said: TimeHandedOver) -> None:
        self.handed = tuple((Counter(dict(self.handed)) + Counter(said.minutes)).items())

    def _enter_work(self, by: Hand) -> None:
        """Open the top-level task where the stage just entered asks for one and none is open (R1-09)."""
        here = by.regulation.find_stage(self.stage)
        task = here.task if here else None
        if task and task.action is TaskAction.open and not any(each.top and not each.done for each in self.tasks):
            self._open(by, Task("", top_title(task.prefix, self.number), ""))

    def _end_work(self, by: Hand) -> None:
        """With the ticket its tasks are closed, and its time goes to billing (R1-18)."""
        for task in self.tasks:
            if not task.done:
                self._task_done(TaskDone(at=by.at, ticket=self.ticket, task=task.id, who=by.who, reason=ENDED))
        self._hand_over(by)

    def _hand_over(self, by: Hand) -> None:
        before = dict(self.handed)
        new = {agent: minutes - before.get(agent, 0) for agent, minutes in sorted(self.minutes.items())}
        if new := {agent: minutes for agent, minutes in new.items() if minutes > 0}:
            self._handed_over(TimeHandedOver(at=by.at, ticket=self.ticket, minutes=new))

    def _refuse_unfinished(self, because: str) -> None:
        """Raise RefusedError, listing them, while tasks other than the top-level one are open (R3-24)."""
        left = [task for task in self.tasks if not task.done and not task.top]
        if left:
            raise RefusedError(f"{because}: {_listed(left)}.", "tasks-open")

    def _open(self, by: Hand, task: Task) -> None:
        self._task_opened(
            TaskOpened(
                at=by.at,
                ticket=self.ticket,
                requester=self.requester,
                task=str(len(self.tasks) + 1),
                title=task.title,
                who=task.by,
                parent=task.parent,
                assignee=task.assignee,
            )
        )

    def _task(self, wanted: str) -> Task:
        found = next((task for task in self.tasks if task.id == wanted), None)
        if found is None:
            known = f"name one of {_listed(self.tasks)}" if self.tasks else "the ticket has none"
            raise UnknownTermError(f"there is no task {wanted!r}: {known}")
        return found


def top_title(prefix: str, number: str) -> str:
    """What a top-level task is called: the regulation's prefix and the ticket's number."""
    return f"{prefix} {number}".strip()


def _listed(tasks: Iterable[Task]) -> str:
    return ", ".join(f"{task.id} ({task.assignee})" if task.assignee else task.id for task in tasks)
