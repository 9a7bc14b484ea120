"""Whether everything that comes in comes to somebody."""

from collections.abc import Iterator

from regulation.document import Regulation
from regulation.lint.finding import Finding, Severity, quoted
from regulation.term import Title


def without_a_line(regulation: Regulation) -> Iterator[Finding]:
    """Channels that no line serves in a regulation that has lines (R2-09, R3-04)."""
    served = {channel for line in regulation.lines for channel in line.channels}
    left = [channel for channel in regulation.channels if regulation.lines and channel.id not in served]
    if left:
        many = quoted(channel.title for channel in left)
        said = Title(ru=f"каналы не обслуживает ни одна линия: {many.ru}", en=f"no line serves the channels {many.en}")
        yield _warning("channel-without-line", "lines", said, "R2-09", "R3-04")


def without_a_bot(regulation: Regulation) -> Iterator[Finding]:
    """Channels for mass problems only whose other senders cannot be told where to write (R0-07)."""
    for channel in (each for each in regulation.channels if each.mass_only):
        open_to_all = {each.direction for each in regulation.channels if not each.mass_only}
        shut = [each for each in regulation.directions if each.id not in open_to_all]
        what, many = quoted([channel.title]), quoted(each.title for each in shut)
        if not regulation.directions:
            ru, en = "в регламенте нет направлений", "the regulation has no directions"
        elif shut:
            ru, en = (
                f"у направлений {many.ru} нет своего канала",
                f"the directions {many.en} have no channel of their own",
            )
        else:
            continue
        said = Title(
            ru=f"канал {what.ru} только для массовых проблем, остальных некуда отправить: {ru}",
            en=f"the channel {what.en} takes mass problems only and others cannot be told where to write: {en}",
        )
        yield _warning("nowhere-to-write", f"channels.{channel.id}.mass_only", said, "R0-07")


def handed_over_to_nobody(regulation: Regulation) -> Iterator[Finding]:
    """Services in handover without the group that serves them meanwhile (R2-08)."""
    for service in regulation.services:
        if service.status == "in_handover" and service.group is None:
            what = quoted([service.title])
            ru = f"сервис {what.ru} передаётся на поддержку, а группа, которая пока им занимается, не названа"
            en = f"the service {what.en} is being handed over and no group serves it meanwhile"
            yield _warning("handover-without-group", f"services.{service.id}.group", Title(ru=ru, en=en), "R2-08")


def groups_without_work(regulation: Regulation) -> Iterator[Finding]:
    """Groups that neither a channel nor a service sends anything to."""
    served = {each.group for each in regulation.channels} | {each.group for each in regulation.services}
    idle = [group for group in regulation.groups if group.id not in served]
    if idle:
        many = quoted(group.title for group in idle)
        said = Title(ru=f"группам ничего не поступает: {many.ru}", en=f"nothing comes to the groups {many.en}")
        yield _warning("group-without-work", "groups", said, "R0-17")


def _warning(code: str, place: str, message: Title, *requirements: str) -> Finding:
    return Finding(code=code, severity=Severity.warning, place=place, message=message, requirements=requirements)
