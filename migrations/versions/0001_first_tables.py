"""first tables.

Everything the first release needs, and the triggers by which the database itself refuses to change evidence.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


TRIGGERS = {
    "sqlite": (
        """\
CREATE TRIGGER consent_no_update BEFORE UPDATE ON consent FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'UPDATE on consent is refused');
END""",
        """\
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'UPDATE on audit_event is refused');
END""",
        """\
CREATE TRIGGER inbound_text_no_update BEFORE UPDATE ON inbound_text FOR EACH ROW
WHEN NEW.id IS NOT OLD.id
    OR NEW.program_id IS NOT OLD.program_id
    OR NEW.conversation_id IS NOT OLD.conversation_id
    OR NEW.carrier_id IS NOT OLD.carrier_id
    OR NEW.media IS NOT OLD.media
    OR NEW.segments IS NOT OLD.segments
    OR NEW.language IS NOT OLD.language
    OR NEW.opt_out_type IS NOT OLD.opt_out_type
    OR NEW.received_at IS NOT OLD.received_at
    OR (NEW.body IS NOT NULL AND NEW.body IS NOT OLD.body)
    OR (OLD.answers IS NOT NULL AND NEW.answers IS NOT OLD.answers)
BEGIN
    SELECT RAISE(ABORT, 'UPDATE on inbound_text is refused');
END""",
        """\
CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'DELETE on consent is refused');
END""",
        """\
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'DELETE on audit_event is refused');
END""",
        """\
CREATE TRIGGER inbound_text_no_delete BEFORE DELETE ON inbound_text FOR EACH ROW
BEGIN
    SELECT RAISE(ABORT, 'DELETE on inbound_text is refused');
END""",
    ),
    "postgresql": (
        """\
CREATE FUNCTION hvbot_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_OP || ' on ' || TG_TABLE_NAME || ' is refused', ERRCODE = '23001';
END
$$""",
        """\
CREATE TRIGGER consent_no_update BEFORE UPDATE ON consent FOR EACH ROW
EXECUTE FUNCTION hvbot_refuse()""",
        """\
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event FOR EACH ROW
EXECUTE FUNCTION hvbot_refuse()""",
        """\
CREATE TRIGGER inbound_text_no_update BEFORE UPDATE ON inbound_text FOR EACH ROW
WHEN (NEW.id IS DISTINCT FROM OLD.id
    OR NEW.program_id IS DISTINCT FROM OLD.program_id
    OR NEW.conversation_id IS DISTINCT FROM OLD.conversation_id
    OR NEW.carrier_id IS DISTINCT FROM OLD.carrier_id
    OR NEW.media IS DISTINCT FROM OLD.media
    OR NEW.segments IS DISTINCT FROM OLD.segments
    OR NEW.language IS DISTINCT FROM OLD.language
    OR NEW.opt_out_type IS DISTINCT FROM OLD.opt_out_type
    OR NEW.received_at IS DISTINCT FROM OLD.received_at
    OR (NEW.body IS NOT NULL AND NEW.body IS DISTINCT FROM OLD.body)
    OR (OLD.answers IS NOT NULL AND NEW.answers IS DISTINCT FROM OLD.answers))
EXECUTE FUNCTION hvbot_refuse()""",
        """\
CREATE TRIGGER consent_no_delete BEFORE DELETE ON consent FOR EACH ROW
EXECUTE FUNCTION hvbot_refuse()""",
        """\
CREATE TRIGGER consent_no_truncate BEFORE TRUNCATE ON consent FOR EACH STATEMENT
EXECUTE FUNCTION hvbot_refuse()""",
        """\
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event FOR EACH ROW
EXECUTE FUNCTION hvbot_refuse()""",
        """\
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT
EXECUTE FUNCTION hvbot_refuse()""",
        """\
CREATE TRIGGER inbound_text_no_delete BEFORE DELETE ON inbound_text FOR EACH ROW
EXECUTE FUNCTION hvbot_refuse()""",
        """\
CREATE TRIGGER inbound_text_no_truncate BEFORE TRUNCATE ON inbound_text FOR EACH STATEMENT
EXECUTE FUNCTION hvbot_refuse()""",
    ),
}
NO_TRIGGERS = {
    "sqlite": (
        "DROP TRIGGER consent_no_update",
        "DROP TRIGGER consent_no_delete",
        "DROP TRIGGER audit_event_no_update",
        "DROP TRIGGER audit_event_no_delete",
        "DROP TRIGGER inbound_text_no_update",
        "DROP TRIGGER inbound_text_no_delete",
    ),
    "postgresql": ("DROP FUNCTION hvbot_refuse() CASCADE",),
}


def upgrade() -> None:
    op.create_table(
        "program",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("sending_paused", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program")),
    )
    op.create_table(
        "role",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("permissions", sa.Text(), nullable=True),
        sa.Column("update_datetime", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role")),
        sa.UniqueConstraint("name", name=op.f("uq_role_name")),
    )
    op.create_table(
        "tick",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_tick")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.Column("after", sa.Integer(), nullable=True),
        sa.Column("cause", sa.String(length=64), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_audit_event_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_program_id"), ["program_id"], unique=False)
        batch_op.create_index("ix_audit_event_subject", ["subject", "subject_id"], unique=False)

    op.create_table(
        "conversation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("language_chosen", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.String(length=16), nullable=False),
        sa.Column("reach", sa.String(length=16), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=True),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("answered_stranger_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by_person", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_conversation_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation")),
        sa.UniqueConstraint(
            "program_id",
            "channel",
            "address_hash",
            name=op.f("uq_conversation_program_id_channel_address_hash"),
        ),
    )
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conversation_program_id"), ["program_id"], unique=False)

    op.create_table(
        "household",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_household_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("program_id", "ref", name=op.f("uq_household_program_id_ref")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_household_program_id"), ["program_id"], unique=False)

    op.create_table(
        "round",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("sample", sa.Integer(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_round_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_round")),
    )
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_round_program_id"), ["program_id"], unique=False)

    op.create_table(
        "school",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("visit_from", sa.Time(), nullable=False),
        sa.Column("visit_until", sa.Time(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_school_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school")),
        sa.UniqueConstraint("program_id", "ref", name=op.f("uq_school_program_id_ref")),
    )
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_school_program_id"), ["program_id"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("create_datetime", sa.DateTime(timezone=True), nullable=True),
        sa.Column("update_datetime", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_user_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
    )
    op.create_table(
        "closed_day",
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_closed_day_school_id")),
        sa.PrimaryKeyConstraint("school_id", "day", name=op.f("pk_closed_day")),
    )
    op.create_table(
        "educator",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=True),
        sa.Column("certified_until", sa.Date(), nullable=True),
        sa.Column("willing", sa.Boolean(), nullable=False),
        sa.Column("partner_ref", sa.Text(), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_educator_conversation_id")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_educator_program_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_educator_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_educator")),
        sa.UniqueConstraint("program_id", "ref", name=op.f("uq_educator_program_id_ref")),
    )
    with op.batch_alter_table("educator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_educator_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_educator_program_id"), ["program_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_educator_school_id"), ["school_id"], unique=False)

    op.create_table(
        "guardian",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("relation", sa.String(length=32), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("contact_allowed", sa.Boolean(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_guardian_conversation_id")
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_guardian_household_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_guardian_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardian")),
        sa.UniqueConstraint(
            "program_id", "ref", "household_id", name=op.f("uq_guardian_program_id_ref_household_id")
        ),
    )
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_guardian_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guardian_household_id"), ["household_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_guardian_program_id"), ["program_id"], unique=False)

    op.create_table(
        "inbound_text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("carrier_id", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("media", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("answers", sa.String(length=32), nullable=True),
        sa.Column("reading", sa.JSON(), nullable=True),
        sa.Column("opt_out_type", sa.String(length=8), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_inbound_text_conversation_id")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_inbound_text_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_text")),
        sa.UniqueConstraint("carrier_id", name=op.f("uq_inbound_text_carrier_id")),
    )
    with op.batch_alter_table("inbound_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbound_text_program_id"), ["program_id"], unique=False)
        batch_op.create_index("ix_inbound_text_thread", ["conversation_id", "id"], unique=False)

    op.create_table(
        "round_school",
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_round_school_round_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_round_school_school_id")),
        sa.PrimaryKeyConstraint("round_id", "school_id", name=op.f("pk_round_school")),
    )
    op.create_table(
        "sign_in_link",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_sign_in_link_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_link_token_hash")),
    )
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_link_user", ["user_id"], unique=False)

    op.create_table(
        "student",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_student_program_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_student_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student")),
        sa.UniqueConstraint("program_id", "ref", name=op.f("uq_student_program_id_ref")),
    )
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_student_program_id"), ["program_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_student_school_id"), ["school_id"], unique=False)

    op.create_table(
        "user_role",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["role.id"], name=op.f("fk_user_role_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_role_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_user_role")),
    )
    op.create_table(
        "user_school",
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_user_school_school_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_school_user_id")),
        sa.PrimaryKeyConstraint("user_id", "school_id", name=op.f("pk_user_school")),
    )
    op.create_table(
        "availability",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("educator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["educator_id"], ["educator.id"], name=op.f("fk_availability_educator_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_availability_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability")),
        sa.UniqueConstraint("educator_id", "starts_at", name=op.f("uq_availability_educator_id_starts_at")),
    )
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.create_index("ix_availability_educator_ends", ["educator_id", "ends_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_availability_program_id"), ["program_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=True),
        sa.Column("wording_text", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("inbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_consent_conversation_id")
        ),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound_text.id"], name=op.f("fk_consent_inbound_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_consent_program_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_program_id"), ["program_id"], unique=False)
        batch_op.create_index("ix_consent_thread", ["conversation_id", "id"], unique=False)

    op.create_table(
        "educator_student",
        sa.Column("educator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("student_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["educator_id"], ["educator.id"], name=op.f("fk_educator_student_educator_id")
        ),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_educator_student_student_id")),
        sa.PrimaryKeyConstraint("educator_id", "student_id", name=op.f("pk_educator_student")),
    )
    op.create_table(
        "household_student",
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("student_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_student_household_id")
        ),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_household_student_student_id")),
        sa.PrimaryKeyConstraint("household_id", "student_id", name=op.f("pk_household_student")),
    )
    op.create_table(
        "pair",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("second_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_pair_ordered")),
        sa.ForeignKeyConstraint(["first_id"], ["educator.id"], name=op.f("fk_pair_first_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_pair_program_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_pair_school_id")),
        sa.ForeignKeyConstraint(["second_id"], ["educator.id"], name=op.f("fk_pair_second_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pair")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_pair_first_id_second_id")),
    )
    with op.batch_alter_table("pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pair_first_id"), ["first_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pair_program_id"), ["program_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pair_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pair_second_id"), ["second_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pair_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("nudge_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("felt_heard", sa.Integer(), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_invitation_household_id")),
        sa.ForeignKeyConstraint(["pair_id"], ["pair.id"], name=op.f("fk_invitation_pair_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_invitation_program_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_invitation_round_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_invitation_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("round_id", "household_id", name=op.f("uq_invitation_round_id_household_id")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(
            "ix_invitation_figures", ["round_id", "school_id", "language", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invitation_household_id"), ["household_id"], unique=False)
        batch_op.create_index(
            "ix_invitation_nudge_due",
            ["nudge_due_at"],
            unique=False,
            postgresql_where=sa.text("nudge_due_at IS NOT NULL"),
            sqlite_where=sa.text("nudge_due_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_invitation_program_id"), ["program_id"], unique=False)

    op.create_table(
        "invitation_student",
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("student_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_invitation_student_invitation_id")
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_invitation_student_student_id")
        ),
        sa.PrimaryKeyConstraint("invitation_id", "student_id", name=op.f("pk_invitation_student")),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("round_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("household_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("student_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guardian_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("first_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("second_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("interpreter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wall", sa.String(length=16), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("place_words", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("moved_from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "status IN ('booked', 'confirmed', 'done', 'moved', 'canceled', 'missed')",
            name=op.f("ck_visit_known_status"),
        ),
        sa.CheckConstraint("first_id <> second_id", name=op.f("ck_visit_two_people")),
        sa.ForeignKeyConstraint(["first_id"], ["educator.id"], name=op.f("fk_visit_first_id")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_visit_guardian_id")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_visit_household_id")),
        sa.ForeignKeyConstraint(["interpreter_id"], ["educator.id"], name=op.f("fk_visit_interpreter_id")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name=op.f("fk_visit_invitation_id")),
        sa.ForeignKeyConstraint(["moved_from_id"], ["visit.id"], name=op.f("fk_visit_moved_from_id")),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_visit_program_id")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_visit_round_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_visit_school_id")),
        sa.ForeignKeyConstraint(["second_id"], ["educator.id"], name=op.f("fk_visit_second_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_visit_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_first_id"), ["first_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_invitation_id"), ["invitation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_program_id"), ["program_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_second_id"), ["second_id"], unique=False)
        batch_op.create_index("ix_visit_starts", ["starts_at"], unique=False)
        batch_op.create_index(
            "uq_visit_live",
            ["round_id", "household_id", "student_id"],
            unique=True,
            postgresql_where=sa.text("status IN ('booked', 'confirmed')"),
            sqlite_where=sa.text("status IN ('booked', 'confirmed')"),
        )

    op.create_table(
        "attention",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.String(length=48), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("school_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("taken_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_attention_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_attention_invitation_id")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_attention_program_id")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_attention_school_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["user.id"], name=op.f("fk_attention_taken_by")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_attention_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attention")),
    )
    with op.batch_alter_table("attention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attention_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attention_program_id"), ["program_id"], unique=False)
        batch_op.create_index("ix_attention_since", ["status", "since"], unique=False)
        batch_op.create_index(
            "uq_attention_open",
            ["key"],
            unique=True,
            postgresql_where=sa.text("status <> 'resolved'"),
            sqlite_where=sa.text("status <> 'resolved'"),
        )

    op.create_table(
        "busy",
        sa.Column("educator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("quarter", sa.BigInteger(), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["educator_id"], ["educator.id"], name=op.f("fk_busy_educator_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_busy_visit_id")),
        sa.PrimaryKeyConstraint("educator_id", "quarter", name=op.f("pk_busy")),
    )
    with op.batch_alter_table("busy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_busy_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "outbound_text",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invitation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("visit_version", sa.Integer(), nullable=True),
        sa.Column("intent", sa.String(length=160), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("unprompted", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("carrier_id", sa.String(length=64), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_outbound_text_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_outbound_text_invitation_id")
        ),
        sa.ForeignKeyConstraint(["program_id"], ["program.id"], name=op.f("fk_outbound_text_program_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_outbound_text_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbound_text")),
        sa.UniqueConstraint("intent", name=op.f("uq_outbound_text_intent")),
    )
    with op.batch_alter_table("outbound_text", schema=None) as batch_op:
        batch_op.create_index("ix_outbound_text_carrier", ["carrier_id"], unique=False)
        batch_op.create_index(
            "ix_outbound_text_due",
            ["priority", "not_before", "id"],
            unique=False,
            postgresql_where=sa.text("status = 'queued'"),
            sqlite_where=sa.text("status = 'queued'"),
        )
        batch_op.create_index(
            "ix_outbound_text_open",
            ["status", "lease_until"],
            unique=False,
            postgresql_where=sa.text("status IN ('sending', 'unknown')"),
            sqlite_where=sa.text("status IN ('sending', 'unknown')"),
        )
        batch_op.create_index(batch_op.f("ix_outbound_text_program_id"), ["program_id"], unique=False)
        batch_op.create_index("ix_outbound_text_thread", ["conversation_id", "id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_reminder_conversation_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_reminder_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "visit_id",
            "version",
            "kind",
            "conversation_id",
            name=op.f("uq_reminder_visit_id_version_kind_conversation_id"),
        ),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_conversation_id"), ["conversation_id"], unique=False)
        batch_op.create_index(
            "ix_reminder_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("queued_at IS NULL"),
            sqlite_where=sa.text("queued_at IS NULL"),
        )

    op.create_table(
        "substitute_request",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("leaving_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["asked_id"], ["educator.id"], name=op.f("fk_substitute_request_asked_id")),
        sa.ForeignKeyConstraint(
            ["leaving_id"], ["educator.id"], name=op.f("fk_substitute_request_leaving_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_substitute_request_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitute_request")),
        sa.UniqueConstraint(
            "visit_id",
            "version",
            "leaving_id",
            "asked_id",
            name=op.f("uq_substitute_request_visit_id_version_leaving_id_asked_id"),
        ),
    )
    with op.batch_alter_table("substitute_request", schema=None) as batch_op:
        batch_op.create_index(
            "ix_substitute_request_open",
            ["deadline"],
            unique=False,
            postgresql_where=sa.text("status = 'asked'"),
            sqlite_where=sa.text("status = 'asked'"),
        )
        batch_op.create_index(batch_op.f("ix_substitute_request_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "carrier_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("outbound_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("carrier_id", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbound_id"], ["outbound_text.id"], name=op.f("fk_carrier_event_outbound_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_carrier_event")),
    )
    with op.batch_alter_table("carrier_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_carrier_event_outbound_id"), ["outbound_id"], unique=False)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in NO_TRIGGERS[op.get_bind().dialect.name]:
        op.get_bind().exec_driver_sql(statement)
    with op.batch_alter_table("carrier_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_carrier_event_outbound_id"))

    op.drop_table("carrier_event")
    with op.batch_alter_table("substitute_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_substitute_request_visit_id"))
        batch_op.drop_index(
            "ix_substitute_request_open",
            postgresql_where=sa.text("status = 'asked'"),
            sqlite_where=sa.text("status = 'asked'"),
        )

    op.drop_table("substitute_request")
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_reminder_due",
            postgresql_where=sa.text("queued_at IS NULL"),
            sqlite_where=sa.text("queued_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_reminder_conversation_id"))

    op.drop_table("reminder")
    with op.batch_alter_table("outbound_text", schema=None) as batch_op:
        batch_op.drop_index("ix_outbound_text_thread")
        batch_op.drop_index(batch_op.f("ix_outbound_text_program_id"))
        batch_op.drop_index(
            "ix_outbound_text_open",
            postgresql_where=sa.text("status IN ('sending', 'unknown')"),
            sqlite_where=sa.text("status IN ('sending', 'unknown')"),
        )
        batch_op.drop_index(
            "ix_outbound_text_due",
            postgresql_where=sa.text("status = 'queued'"),
            sqlite_where=sa.text("status = 'queued'"),
        )
        batch_op.drop_index("ix_outbound_text_carrier")

    op.drop_table("outbound_text")
    with op.batch_alter_table("busy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_busy_visit_id"))

    op.drop_table("busy")
    with op.batch_alter_table("attention", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_attention_open",
            postgresql_where=sa.text("status <> 'resolved'"),
            sqlite_where=sa.text("status <> 'resolved'"),
        )
        batch_op.drop_index("ix_attention_since")
        batch_op.drop_index(batch_op.f("ix_attention_program_id"))
        batch_op.drop_index(batch_op.f("ix_attention_conversation_id"))

    op.drop_table("attention")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_visit_live",
            postgresql_where=sa.text("status IN ('booked', 'confirmed')"),
            sqlite_where=sa.text("status IN ('booked', 'confirmed')"),
        )
        batch_op.drop_index("ix_visit_starts")
        batch_op.drop_index(batch_op.f("ix_visit_second_id"))
        batch_op.drop_index(batch_op.f("ix_visit_program_id"))
        batch_op.drop_index(batch_op.f("ix_visit_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_visit_first_id"))

    op.drop_table("visit")
    op.drop_table("invitation_student")
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitation_program_id"))
        batch_op.drop_index(
            "ix_invitation_nudge_due",
            postgresql_where=sa.text("nudge_due_at IS NOT NULL"),
            sqlite_where=sa.text("nudge_due_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_invitation_household_id"))
        batch_op.drop_index("ix_invitation_figures")

    op.drop_table("invitation")
    with op.batch_alter_table("pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pair_second_id"))
        batch_op.drop_index(batch_op.f("ix_pair_school_id"))
        batch_op.drop_index(batch_op.f("ix_pair_program_id"))
        batch_op.drop_index(batch_op.f("ix_pair_first_id"))

    op.drop_table("pair")
    op.drop_table("household_student")
    op.drop_table("educator_student")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_thread")
        batch_op.drop_index(batch_op.f("ix_consent_program_id"))

    op.drop_table("consent")
    with op.batch_alter_table("availability", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_availability_program_id"))
        batch_op.drop_index("ix_availability_educator_ends")

    op.drop_table("availability")
    op.drop_table("user_school")
    op.drop_table("user_role")
    with op.batch_alter_table("student", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_student_school_id"))
        batch_op.drop_index(batch_op.f("ix_student_program_id"))

    op.drop_table("student")
    with op.batch_alter_table("sign_in_link", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_link_user")

    op.drop_table("sign_in_link")
    op.drop_table("round_school")
    with op.batch_alter_table("inbound_text", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_text_thread")
        batch_op.drop_index(batch_op.f("ix_inbound_text_program_id"))

    op.drop_table("inbound_text")
    with op.batch_alter_table("guardian", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_guardian_program_id"))
        batch_op.drop_index(batch_op.f("ix_guardian_household_id"))
        batch_op.drop_index(batch_op.f("ix_guardian_conversation_id"))

    op.drop_table("guardian")
    with op.batch_alter_table("educator", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_educator_school_id"))
        batch_op.drop_index(batch_op.f("ix_educator_program_id"))
        batch_op.drop_index(batch_op.f("ix_educator_conversation_id"))

    op.drop_table("educator")
    op.drop_table("closed_day")
    op.drop_table("user")
    with op.batch_alter_table("school", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_school_program_id"))

    op.drop_table("school")
    with op.batch_alter_table("round", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_round_program_id"))

    op.drop_table("round")
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_program_id"))

    op.drop_table("household")
    with op.batch_alter_table("conversation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_conversation_program_id"))

    op.drop_table("conversation")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_event_subject")
        batch_op.drop_index(batch_op.f("ix_audit_event_program_id"))

    op.drop_table("audit_event")
    op.drop_table("tick")
    op.drop_table("role")
    op.drop_table("program")
