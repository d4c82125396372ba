"""silence that stops.

When a family's word may mean the visit or all texts, we ask; the moment at which silence counts as the end of all texts
stands with the number. The release before never reads it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WAITING = sa.text("stop_due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("conversation", sa.Column("stop_due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_conversation_stop_due",
        "conversation",
        ["stop_due_at"],
        postgresql_where=WAITING,
        sqlite_where=WAITING,
    )


def downgrade() -> None:
    op.drop_index("ix_conversation_stop_due", table_name="conversation")
    op.drop_column("conversation", "stop_due_at")
