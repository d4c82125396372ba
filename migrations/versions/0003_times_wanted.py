"""times wanted.

A home that said yes when no time was open is shown times as soon as any is. The release before never reads it.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

WANTED = sa.text("times_wanted_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("invitation", sa.Column("times_wanted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_invitation_times_wanted",
        "invitation",
        ["school_id", "round_id"],
        postgresql_where=WANTED,
        sqlite_where=WANTED,
    )


def downgrade() -> None:
    op.drop_index("ix_invitation_times_wanted", table_name="invitation")
    op.drop_column("invitation", "times_wanted_at")
