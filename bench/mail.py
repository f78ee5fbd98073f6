"""`mail`: mails a second through our postman into a real SMTP server, beside bare smtplib on one connection.

Ours claims, loads, mints a link, renders, sends and marks; the baseline renders a mail of the same size and sends.
"""

import smtplib
import time
from statistics import median

from sqlalchemy import delete, select

from bench.baselines import paper
from bench.databases import Databases, databases
from bench.figures import Report, table
from bench.road import START
from bench.sink import sink
from bjc.actions import outbox
from bjc.db.cases import Case
from bjc.db.decisions import Assignment
from bjc.db.mail import Outbox
from bjc.db.session import Database
from bjc.rules.notices import Notice
from bjc.rules.stages import Stage
from bjc.settings import Settings
from notifications.postman import Postman
from notifications.smtp import Smtp
from tests.builders import a_case

AIM = 0.75


def measure(quick: bool) -> Report:
    """Rounds of the same number of mails each way, one way after the other."""
    rounds, mails = (1, 100) if quick else (5, 500)
    found: dict[str, list[float]] = {"ours": [], "smtplib, rendered": [], "smtplib, sending alone": []}
    with databases() as made, sink() as port:
        for _ in range(rounds):
            found["ours"].append(mails / _ours(made, port, mails))
            rendering, sending = _bare(port, mails)
            found["smtplib, rendered"].append(mails / (rendering + sending))
            found["smtplib, sending alone"].append(mails / sending)
    figures = {way: median(times) for way, times in found.items()}
    ratio = median(a / b for a, b in zip(found["ours"], found["smtplib, rendered"], strict=True))
    print(f"\nmail: {mails} a round, {rounds} rounds, SQLite")
    print(table(("", "mails/s"), list(figures.items())))
    print(f"ours / smtplib, rendered: {ratio:.2f}; the aim is {AIM}")
    return {"rounds": rounds, "mails": mails, "mails/s": figures, "ours over smtplib, rendered": ratio}


def _ours(made: Databases, port: int, mails: int) -> float:
    with made.fresh("sqlite") as database:
        _queue(database, mails)
        transport = Smtp("127.0.0.1", port)
        postman = Postman(database, Settings(_env_file=None), transport, lambda: START)
        began = time.perf_counter()
        sent = 0
        while taken := postman.tick(START):
            sent += taken
        took = time.perf_counter() - began
        assert sent == mails, f"{sent} mails went out, not {mails}"
        return took


def _queue(database: Database, mails: int) -> None:
    """Receipts of votes on one case, each with a link of its own."""
    with database.writing() as db:
        case = a_case(db, Stage.SCOPE_DECISION, START)
    with database.writing() as db:
        db.execute(delete(Outbox))
        seats = list(db.scalars(select(Assignment)))
        found = db.get_one(Case, case.id)
        for number in range(mails):
            seat = seats[number % len(seats)]
            subject = ("assignment", seat.id)
            outbox.queue(
                db, Notice.DECISION_RECEIPT, subject, (seat.person_id,), f"mail-{number}", START, found.id
            )


def _bare(port: int, mails: int) -> tuple[float, float]:
    about = paper.About("BJC-2026-014", "Fleet telematics", 182_000, 2, "9f2c4d1e" * 8)
    began = time.perf_counter()
    name, address = "Officer A1", "officer.a1@sfrs.example"
    secret = paper.new_secret()[0]
    made = [paper.write("decision_receipt", about, name, address, secret, START) for _ in range(mails)]
    rendered = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        for letter in made:
            client.send_message(letter.message)
    return rendered - began, time.perf_counter() - rendered
