"""pace and turns.

A sender's pace is kept in one row by all workers. A text says which school it is for, so that schools take turns; what is
queued is given its school here, and what the release before queues meanwhile counts as no school's.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

QUEUED = sa.text("status = 'queued'")
OF_VISIT = "SELECT school_id FROM visit WHERE visit.id = outbound_text.visit_id"
OF_INVITATION = "SELECT school_id FROM invitation WHERE invitation.id = outbound_text.invitation_id"


def upgrade() -> None:
    op.create_table(
        "sender",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sender")),
    )
    school = sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, server_default="0")
    op.add_column("outbound_text", school)
    op.execute(
        f"UPDATE outbound_text SET school_id = coalesce(({OF_VISIT}), ({OF_INVITATION}), 0) WHERE status = 'queued'"  # noqa: S608
    )
    op.drop_index("ix_outbound_text_due", table_name="outbound_text")
    columns = ["school_id", "priority", "not_before", "id"]
    op.create_index("ix_outbound_text_turn", "outbound_text", columns, postgresql_where=QUEUED, sqlite_where=QUEUED)


def downgrade() -> None:
    op.drop_index("ix_outbound_text_turn", table_name="outbound_text")
    columns = ["priority", "not_before", "id"]
    op.create_index("ix_outbound_text_due", "outbound_text", columns, postgresql_where=QUEUED, sqlite_where=QUEUED)
    op.drop_column("outbound_text", "school_id")
    op.drop_table("sender")
