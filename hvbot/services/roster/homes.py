"""Which rows of guardians make one home.

Where the roster has a household column, its key names the home. Where the cell is empty, adults of the same child share a
home, and so do siblings who share an adult; that home is named `~` and its first child's id, or keeps the name under
which the program knows it already, so that a new sibling does not make a new home.
"""

from array import array
from collections.abc import Callable, Iterable, Sequence

from hvbot.services.roster.plain_rows import OWN_HOME_MARK
from hvbot.services.roster.stage import Stage

PAGE = 2000
# Blocked rows count as ties too: a home must not fall apart because one phone number was damaged.
EDGES = """
CREATE TABLE edge AS
SELECT ref AS guardian, parent AS student FROM guardian WHERE part = ''
UNION SELECT held.ref, held.student FROM held JOIN student ON student.ref = held.student WHERE held.kind = 'guardian'
AND held.ref IN (SELECT ref FROM guardian WHERE part = '')"""
NODES = """
CREATE TABLE node (id INTEGER PRIMARY KEY, ref TEXT UNIQUE, top INTEGER, home TEXT)"""
PAIRED = """
SELECT edge.guardian, node.id FROM edge JOIN node ON node.ref = edge.student ORDER BY edge.guardian, node.id"""

TOP_OF = "SELECT node.top FROM edge JOIN node ON node.ref = edge.student WHERE edge.guardian = ? LIMIT 1"
NEWLY_NAMED = """
SELECT DISTINCT edge.guardian FROM edge JOIN node ON node.ref = edge.student JOIN name ON name.top = node.top
WHERE name.home NOT IN (SELECT home FROM known_home) ORDER BY edge.guardian"""

# The program's live homes of its own naming with an adult of these ids: (guardian's id, household's id) in the roster.
Living = Callable[[Sequence[str]], Iterable[tuple[str, str]]]
# Those of some household ids that the program has.
Existing = Callable[[Sequence[str]], Iterable[str]]


def name_homes(stage: Stage, living: Living, existing: Existing) -> None:
    """Give every guardian row its home."""
    stage.ask("UPDATE guardian SET home = part WHERE part <> ''")
    stage.ask(EDGES)
    stage.ask(NODES)
    stage.ask("INSERT INTO node (ref) SELECT DISTINCT student FROM edge ORDER BY student")
    tie(stage)
    adopt_names(stage, living, existing)
    stage.ask("UPDATE guardian SET home = (SELECT home FROM node WHERE node.ref = guardian.parent) WHERE part = ''")
    stage.ask("CREATE INDEX guardian_home ON guardian (home, ref, n)")


def tie(stage: Stage) -> None:
    """Join children who share an adult; `top` is the first child of each home."""
    tops = array("q", range(stage.ask("SELECT count(*) FROM node").fetchone()[0] + 1))

    def top(node: int) -> int:
        while tops[node] != node:
            tops[node] = tops[tops[node]]
            node = tops[node]
        return node

    stage.ask("CREATE INDEX edge_guardian ON edge (guardian)")
    last, first = None, 0
    for guardian, node in stage.ask(PAIRED):
        if guardian != last:
            last, first = guardian, node
        one, other = sorted((top(first), top(node)))
        tops[other] = one
    stage.base.executemany("UPDATE node SET top = ? WHERE id = ?", ((top(n), n) for n in range(1, len(tops))))


def adopt_names(stage: Stage, living: Living, existing: Existing) -> None:
    """Name each home: by its first child where the program knows that name or no other, else as the program does."""
    stage.ask("CREATE TABLE name (top INTEGER PRIMARY KEY, home TEXT)")
    stage.ask(
        "INSERT INTO name SELECT node.id, ? || first.ref FROM (SELECT DISTINCT top AS id FROM node) AS node"
        " JOIN node AS first ON first.id = node.id",
        (OWN_HOME_MARK,),
    )
    stage.ask("CREATE INDEX name_home ON name (home)")
    stage.ask("CREATE TABLE known_home (home TEXT PRIMARY KEY) WITHOUT ROWID")
    for page in pages(stage, "SELECT home FROM name"):
        stage.base.executemany("INSERT OR IGNORE INTO known_home VALUES (?)", ((home,) for home in existing(page)))
    adopt_living(stage, living)
    stage.ask("CREATE INDEX node_top ON node (top)")
    stage.ask("UPDATE node SET home = (SELECT home FROM name WHERE name.top = node.top)")


def adopt_living(stage: Stage, living: Living) -> None:
    """Keep the program's name for homes whose own would be new; no name is given twice."""
    tops: dict[int, str] = {}
    for page in pages(stage, NEWLY_NAMED):
        for guardian, home in sorted(living(page)):
            top = stage.ask(TOP_OF, (guardian,)).fetchone()[0]
            is_free = not stage.ask("SELECT 1 FROM name WHERE home = ?", (home,)).fetchone()
            if is_free and top not in tops and home not in tops.values():
                tops[top] = home
    stage.base.executemany("UPDATE name SET home = ? WHERE top = ?", ((home, top) for top, home in tops.items()))


def pages(stage: Stage, question: str) -> Iterable[list[str]]:
    found = stage.ask(question)
    while page := [value for (value,) in found.fetchmany(PAGE)]:
        yield page
