"""What a database says of itself, where Alembic's comparison does not look: columns, conditions, checks, triggers."""

from sqlalchemy import Engine

POSTGRESQL = {
    "column": "SELECT table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable, column_default)"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "index": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraint": "SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "trigger": "SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "function": "SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
}
SQLITE = {
    "index or trigger": "SELECT name, sql FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL",
    "table": "SELECT name, sql FROM sqlite_master WHERE type = 'table'",
}


def catalog(engine: Engine) -> dict[str, dict[str, str]]:
    """Everything but Alembic's own table, by kind and name."""
    asked = POSTGRESQL if engine.dialect.name == "postgresql" else SQLITE
    with engine.connect() as connection:
        return {
            kind: {name: plain(sql) for name, sql in connection.exec_driver_sql(query) if "alembic" not in name}
            for kind, query in asked.items()
        }


def plain(sql: str) -> str:
    """DDL without its layout; SQLite keeps the order in which a table's columns and constraints were written."""
    words = " ".join(sql.split())
    if not words.startswith("CREATE TABLE"):
        return words
    head, _, body = words.partition("(")
    return "\n".join([head.strip(), *sorted(parts(body.rpartition(")")[0]))])


def parts(body: str) -> list[str]:
    """What stands between commas that are in no parentheses."""
    found, depth = [""], 0
    for character in body:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [part.strip() for part in found]
