"""Every key of a regulation document: one sentence and an example. The JSON Schema and the guide are made from this."""

from collections.abc import Mapping
from typing import NamedTuple


class Key(NamedTuple):
    """What a key says, and how it looks in YAML."""

    says: str
    example: str


TERM = {
    "id": Key("The name programs and other keys use; never change it once it is published.", "id: outage"),
    "title": Key("The name people read, in both languages.", "title: {ru: Авария, en: Outage}"),
    "aliases": Key("Other names people use for it when they write.", "aliases: [Сбой, Outage]"),
}
DAYS = {
    "business_day": Key("How long a день is when days are working hours.", "business_day: 8h"),
    "day_mode": Key(
        "`hours`: a день is `business_day` of working time; `d_plus_n`: the same time N working days later.",
        "day_mode: hours",
    ),
}
KEYS: Mapping[str, Mapping[str, Key]] = {
    "Regulation": {
        "name": Key("What the regulation is called by programs; all its versions share it.", "name: csn"),
        "version": Key("Which version this is; a published one never changes, so give a new one.", 'version: "2"'),
        "title": Key("The name people read, in both languages.", "title: {ru: Регламент, en: Regulation}"),
        "effective_from": Key("The first day on which new tickets may get it.", "effective_from: 2026-01-01"),
        "source": Key("Which text this document puts into data.", 'source: "Приказ № 7"'),
        "include": Key("Mix-ins beside the file whose parts this document takes in.", "include: [missed-calls]"),
        "defaults": Key("What a ticket is until it is classified.", "defaults: {category: question, priority: normal}"),
        "calendars": Key("Working time by name; plans, channels and rules refer to it.", "calendars: {office: …}"),
        "ticket_types": Key("The kinds of ticket that categories make.", "ticket_types: [{id: incident, …}]"),
        "categories": Key("What requests are about.", "categories: [{id: outage, …}]"),
        "priorities": Key("Urgencies, from the least urgent to the most.", "priorities: [{id: normal, …}]"),
        "plans": Key("Promises: the most time each stage and metric may take.", "plans: [{id: fast, …}]"),
        "plan_table": Key(
            "Category × priority → plan; every cell must be there.", "plan_table: {outage: {normal: fast}}"
        ),
        "plan_rules": Key("Exceptions before the table; the first that fits wins.", "plan_rules: [{plan: vip, …}]"),
        "metrics": Key("Promises about the whole ticket besides its stages.", "metrics: [{id: first_response, …}]"),
        "stages": Key("The places in a ticket's life; exactly one is of the kind new.", "stages: [{id: new, …}]"),
        "transitions": Key(
            "The only ways between stages.", "transitions: [{from: new, to: line1, by: [automatic]}]"
        ),
        "roles": Key("Who does work, by function.", "roles: [{id: engineer, …}]"),
        "groups": Key("Agents who are given the requests of channels.", "groups: [{id: support, …}]"),
        "channels": Key("The ways in.", "channels: [{id: mail, kind: email, …}]"),
        "directions": Key("Departments or business lines that channels belong to.", "directions: [{id: shop, …}]"),
        "services": Key("What support is given for.", "services: [{id: checkout, …}]"),
        "exclusions": Key("Reasons for which a request is not support's business.", "exclusions: [{id: repair, …}]"),
        "lines": Key("Specialists who serve channels of one manner.", "lines: [{id: line1, channels: [phone]}]"),
        "access": Key("Who may ask for support.", "access: {requesters: employees}"),
        "distribution": Key("How requests are dealt to agents.", "distribution: {strategy: least_loaded}"),
        "trackers": Key("Where work outside of support is asked for.", "trackers: [{id: bugs, kind: jira, …}]"),
        "templates": Key(
            "Own texts of messages in place of the product's.", 'templates: {ticket_closed: {ru: "…", en: "…"}}'
        ),
        "announcements": Key("Where a new ticket is made known.", "announcements: [requester_email]"),
        "warnings": Key("Percentages of a target at which people are warned.", "warnings: [50, 80]"),
        "auto_close": Key("Closing of tickets whose requester is silent.", "auto_close: {stage: resolved, …}"),
        "reopening": Key("How long a closed ticket may be resumed; left out: always.", "reopening: {within: 10 дней}"),
        "missed_calls": Key("How missed calls are closed.", "missed_calls: {call_within: 2 дня, …}"),
        "csi": Key("The rating scale.", "csi: {lowest: 1, highest: 5}"),
        "not_supplied": Key("What the source refers to and does not contain.", "not_supplied: [the hours of the shop]"),
        "assumed": Key("The readings taken where the source is silent.", "assumed: [A-1, A-2]"),
    },
    "Title": {"ru": Key("In Russian, with «Вы».", "ru: Авария"), "en": Key("In English.", "en: Outage")},
    "Defaults": {
        "category": Key("The category until somebody classifies.", "category: question"),
        "priority": Key("The priority until somebody sets one.", "priority: normal"),
    },
    "Calendar": {
        "timezone": Key("The IANA time zone that the hours are written in.", "timezone: Europe/Moscow"),
        "hours": Key(
            "Windows by weekday; one that ends before it begins runs past midnight.",
            'hours: {mon: [["09:00", "13:00"], ["14:00", "18:00"]]}',
        ),
        "holidays": Key("Days off of your own.", "holidays: [2026-08-14]"),
        "days": Key("Windows of single dates; they win over holidays.", 'days: {2026-12-30: [["09:00", "13:00"]]}'),
        "production_calendar": Key("The official calendar to follow.", "production_calendar: RU"),
    },
    "TicketType": TERM,
    "Category": TERM | {
        "ticket_type": Key("The kind of ticket it makes.", "ticket_type: incident"),
        "roles": Key("Who may do a stage for this category alone.", "roles: {line2: [engineer]}"),
        "estimated": Key("Stages whose time the executor may lengthen by an estimate.", "estimated: [developers]"),
        "reports_as": Key("Its name in reports across regulations.", "reports_as: incident"),
        "links": Key("Categories of which one ticket of this one may gather many.", "links: [incident]"),
    },
    "Priority": TERM,
    "Plan": TERM | {
        "calendar": Key("The calendar its clocks run in.", "calendar: office"),
        "targets": Key(
            "The most time by column, as the source writes it; stages and metrics name the columns.",
            "targets: {level1: 30 мин, resolution: 2 дня, level4: not supplied}",
        ),
    } | DAYS,
    "PlanRule": {
        "plan": Key("The plan that tickets get for which all of the following fits.", "plan: vip"),
        "channels": Key("Came by one of these channels.", "channels: [phone]"),
        "directions": Key("Came by a channel of one of these directions.", "directions: [partners]"),
        "services": Key("Is about one of these services.", "services: [checkout]"),
        "ticket_types": Key("Is of one of these types.", "ticket_types: [incident]"),
        "categories": Key("Is of one of these categories.", "categories: [outage]"),
        "priorities": Key("Has one of these priorities.", "priorities: [critical]"),
    },
    "Metric": TERM | {
        "measures": Key("What is measured: first_response, next_response or resolution.", "measures: first_response"),
        "target": Key("The column of the plans that limits it.", "target: first_response"),
        "soft": Key("True: the end of the time gives advice and is no breach.", "soft: true"),
        "advice": Key("What is advised then.", "advice: {ru: Передайте дальше., en: Pass it on.}"),
    },
    "Stage": TERM | {
        "kind": Key("What it means: new, work, resolved, reopened, closed or annulled.", "kind: work"),
        "owner": Key("Whose time it is: team, vendor, requester or nobody.", "owner: vendor"),
        "target": Key("The column of the plans that limits it; left out: no limit.", "target: level1"),
        "waiting_pauses": Key("Whether waiting for the requester stops its clock.", "waiting_pauses: true"),
        "on_return": Key("What its clock does when a ticket comes back: resume or restart.", "on_return: resume"),
        "terminal": Key("True where no transition leads out.", "terminal: true"),
        "roles": Key("Who may do it.", "roles: [engineer]"),
        "task": Key("What entering it does to the ticket's tasks.", 'task: {action: open, prefix: "TIC:"}'),
        "level": Key("Whom its minutes are attributed to: L1, L2 or L3.", "level: L2"),
        "soft": Key("True: the end of the time gives advice and is no breach.", "soft: true"),
        "advice": Key("What is advised then.", "advice: {ru: Передайте на 2 линию., en: Move it to line 2.}"),
        "takes": Key("The only categories whose tickets come here; without it all do.", "takes: [special-task]"),
        "solves": Key("The only categories solved here, others go on; without it all are.", "solves: [instruction]"),
        "classify_first": Key("True: a category has to be stated before it is left for work.", "classify_first: true"),
    },
    "Task": {
        "action": Key("classify, open, proceed or close.", "action: open"),
        "prefix": Key("How the task's name begins.", 'prefix: "TIC:"'),
        "subtasks": Key("Whether it may have subtasks.", "subtasks: true"),
    },
    "Transition": {
        "from": Key("The stage it leads from.", "from: resolved"),
        "to": Key("The stage it leads to.", "to: closed"),
        "by": Key("Who may go this way: agent, requester, automatic.", "by: [requester, automatic]"),
    },
    "Role": TERM,
    "Group": TERM,
    "Channel": TERM | {
        "kind": Key("How messages travel: email, telegram or api.", "kind: telegram"),
        "group": Key("Who gets its requests outside working time.", "group: duty"),
        "section": Key("What an agent must be Online in: chat or requests.", "section: chat"),
        "coverage": Key("The calendar of its working time.", "coverage: office"),
        "direction": Key("The direction it belongs to.", "direction: shop"),
        "language": Key("The language people are written to in: ru or en.", "language: en"),
        "opens_in": Key("The stage its tickets begin in, if not the first.", "opens_in: line2"),
        "clocks_from": Key("received, or sent: clocks start when the sender sent it.", "clocks_from: sent"),
        "agreed": Key("Who agreed on the coverage and when.", 'agreed: "Руководство магазина, 2025-12-15"'),
        "mass_only": Key("True: only mass problems; others are told where to write.", "mass_only: true"),
    },
    "Direction": TERM,
    "Service": TERM | {
        "status": Key("supported, or in_handover: its group alone serves it.", "status: in_handover"),
        "handover": Key("The step its handover has reached: preparation, transfer, support.", "handover: transfer"),
        "group": Key("The group that serves it during the handover.", "group: cloud-team"),
        "responsible": Key("Employees who take what is beyond an agent's competence.", "responsible: [engineer-1]"),
        "decides": Key("Whom staff ask in a dispute.", "decides: дежурный инженер"),
        "supported": Key("False for what support does not do at all.", "supported: false"),
    },
    "Exclusion": TERM,
    "Line": TERM | {
        "channels": Key("The channels it serves.", "channels: [phone, chat]"),
        "solves": Key("Categories done on the spot; left out: all.", "solves: [how-to]"),
        "hands_over": Key("What it passes on, and where to.", "hands_over: [{categories: [outage], to: line2}]"),
        "min_staff": Key("Fewer people present than this: others help.", "min_staff: 2"),
        "helped_by": Key("The lines that help then.", "helped_by: [line2]"),
        "order": Key("How its queue is sorted: category, priority, age.", "order: [priority, age]"),
    },
    "HandOver": {
        "categories": Key("What is passed on.", "categories: [outage]"),
        "to": Key("The line or tracker that gets it.", "to: bugs"),
        "carries": Key("What has to go with it.", "carries: [screenshots]"),
    },
    "Access": {
        "requesters": Key("anyone, employees or clients.", "requesters: employees"),
        "outside_channels": Key("Roles whose tasks are entered by hand.", "outside_channels: [head]"),
        "refusal": Key("What others are answered.", "refusal: {ru: Напишите нам через форму., en: Use the form.}"),
    },
    "Distribution": {
        "strategy": Key("Who of the eligible is next: in_turn or least_loaded.", "strategy: least_loaded"),
        "by_skill": Key("Only agents who serve the ticket's service or language.", "by_skill: true"),
        "sticky": Key("A reopened ticket goes back to its last owner.", "sticky: true"),
        "unattended_after": Key("Working time after which untouched work is taken back.", "unattended_after: 2 часа"),
        "offline_at_shift_end": Key("Agents go Offline when their shift ends.", "offline_at_shift_end: true"),
        "skew": Key("More turns than this between agents who were eligible all the while are told.", "skew: 2"),
    },
    "Tracker": TERM | {
        "kind": Key("youtrack, jira, trello or message.", "kind: jira"),
        "project": Key("The project, board or chat.", "project: SHOP"),
        "card": Key("The kind of card.", "card: Bug"),
        "stages": Key("In which stages it is offered.", "stages: [developers]"),
        "categories": Key("For which categories.", "categories: [outage]"),
        "requires": Key("What has to be told.", "requires: [steps]"),
        "informs": Key("Whether the requester hears of the result before the ticket is solved.", "informs: true"),
    },
    "AutoClose": {
        "stage": Key("The stage in which the requester is silent.", "stage: resolved"),
        "to": Key("The stage the ticket goes to then; a transition by automatic must lead there.", "to: closed"),
        "after": Key("For how long.", "after: 2 дня"),
        "calendar": Key("The calendar that time is counted in.", "calendar: office"),
    } | DAYS,
    "Reopening": {
        "within": Key("For how long a closed ticket may be resumed.", "within: 10 дней"),
        "calendar": Key("The calendar that time is counted in.", "calendar: office"),
    } | DAYS,
    "MissedCalls": {
        "call_within": Key("Age up to which a missed call is called back; older: a letter.", "call_within: 2 дня"),
        "calendar": Key("The calendar the age is counted in.", "calendar: office"),
        "reassigned_by": Key("The role that may give a call to another agent.", "reassigned_by: head"),
        "topics": Key("Topics set on the ticket of the call.", "topics: [delivery]"),
        "stale_reason": Key("The reason with which an old call is closed.", "stale_reason: stale"),
    } | DAYS,
    "Csi": {
        "lowest": Key("The worst rating.", "lowest: 1"),
        "highest": Key("The best one.", "highest: 5"),
    },
}  # fmt: skip
