"""Every table as CSV: the rows that `hvbot report` prints, of the viewer's schools."""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template

from hvbot.reports import REPORTS, Report
from hvbot.services.audit import audit_row, record
from hvbot.web.chosen import asked_id, round_in, rounds_of
from hvbot.web.context import Viewer, found, now, reading, the_runtime, the_viewer
from hvbot.web.downloads.tables import lines

downloads = Blueprint("downloads", __name__)
ABOUT = {
    "visits": "Every visit, moved and called-off ones too.",
    "responses": "Asked, delivered, replied, booked and done, by school and language.",
    "consents": "Who gave or ended leave to be texted, when, and with which words.",
    "texts": "Every text in and out, without its words.",
    "attention": "What a person had to look at.",
}
FOR_SCHOOL_LEADS = ("visits", "responses")


@downloads.get("/downloads")
def page() -> str:
    """What can be downloaded."""
    viewer, session = the_viewer(), reading()
    rounds = rounds_of(session, viewer)
    chosen = round_in(rounds) if asked_id("round") else None
    return render_template("downloads/page.html", reports=allowed(viewer), about=ABOUT, rounds=rounds, round=chosen)


@downloads.get("/downloads/<name>.csv")
def table(name: str) -> Response:
    """One report as a file; who downloads what is on record."""
    viewer, session = the_viewer(), reading()
    report = found(allowed(viewer).get(name))
    chosen = round_in(rounds_of(session, viewer)) if asked_id("round") else None
    round_id = chosen.id if chosen else None
    note_download(viewer, name, round_id)
    answer = Response(stream(report, viewer, round_id), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def allowed(viewer: Viewer) -> dict[str, Report]:
    """The reports a role may have: people's words and numbers of contacts are for coordinators."""
    return {name: report for name, report in REPORTS.items() if viewer.is_coordinator or name in FOR_SCHOOL_LEADS}


def stream(report: Report, viewer: Viewer, round_id: int | None) -> Iterator[str]:
    """Rows as they come, in a session that lives as long as the file."""
    runtime = the_runtime()

    def body() -> Iterator[str]:
        with runtime.sessions() as session:
            rows = report.rows(session, viewer.program_id, round_id=round_id, schools=viewer.schools)
            yield from lines(report.columns, rows)

    return body()


def note_download(viewer: Viewer, name: str, round_id: int | None) -> None:
    """Write down who took which table."""
    with the_runtime().writing() as session:
        detail = {"report": name, "round": round_id}
        record(
            session,
            audit_row(
                viewer.program_id,
                now(),
                f"user:{viewer.user_id}",
                "report.download",
                "user",
                viewer.user_id,
                detail=detail,
            ),
        )
