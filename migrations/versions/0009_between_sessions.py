"""Between sessions: written consultations and interim measures, with numbers of their own.

Acts and counters say their series; an act may be provisional or lapsed; an entry of the intake may be about an
act, to ratify it or to report on it. Two settings a committee: the shortest delay to answer a consultation, and
whether silence is consent.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SERIES = sa.Enum(
    "session",
    "consultation",
    "measure",
    name="series",
    native_enum=False,
    create_constraint=True,
    length=40,
)
STATES = ("in_visa", "in_force", "cancelled", "rectified")
ORIGINS = ("request", "opinion", "deferred", "returned")


def _one_of(column, values):
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def _change_checks(states, origins):
    for table, name, column, values in (
        ("act", "ck_act_actstate", "state", states),
        ("decision_request", "ck_decision_request_requestorigin", "origin", origins),
    ):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_constraint(op.f(name), type_="check")
            batch_op.create_check_constraint(op.f(name), _one_of(column, values))


def upgrade():
    op.create_table('interim_measure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('act_id', sa.Integer(), nullable=False),
    sa.Column('mandate_id', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('answered_in_id', sa.Integer(), nullable=True),
    sa.Column('answered_by_act_id', sa.Integer(), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_interim_measure_act_id')),
    sa.ForeignKeyConstraint(['answered_by_act_id'], ['act.id'], name=op.f('fk_interim_measure_answered_by_act_id')),
    sa.ForeignKeyConstraint(['answered_in_id'], ['meeting.id'], name=op.f('fk_interim_measure_answered_in_id')),
    sa.ForeignKeyConstraint(['group_id'], ['project_group.id'], name=op.f('fk_interim_measure_group_id')),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandate.id'], name=op.f('fk_interim_measure_mandate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_interim_measure')),
    sa.UniqueConstraint('act_id', name=op.f('uq_interim_measure_act_id'))
    )
    op.create_table('written_consultation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('committee_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=True),
    sa.Column('state', sa.Enum('draft', 'open', 'in_visa', 'to_correct', 'in_force', 'not_adopted', 'referred', 'withdrawn', name='consultationstate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('question', sa.Text(), nullable=False),
    sa.Column('act_kind', sa.Enum('create_group', 'reorient_group', 'continue_group', 'stop_group', 'appoint_lead', 'adopt_objective', 'score_objective', 'mobilise_actor', 'progress_point', 'set_goals', 'validate_roadmap', 'set_priority_axes', 'allot_fund', 'grant_opinion', 'extend_programme', 'approve_minutes', 'note', 'other', name='actkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('draft_wording', sa.Text(), nullable=False),
    sa.Column('group_motion_id', sa.Integer(), nullable=True),
    sa.Column('objective_motion_id', sa.Integer(), nullable=True),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('request_id', sa.Integer(), nullable=True),
    sa.Column('follow_up_id', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('silence_consents', sa.Boolean(), nullable=False),
    sa.Column('quorum_percent', sa.Integer(), nullable=True),
    sa.Column('votes_enabled', sa.Boolean(), nullable=False),
    sa.Column('visa_rule', sa.Enum('one_co_chair', 'all_co_chairs', name='visarule', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('result', sa.Enum('adopted', 'rejected', 'no_quorum', 'session_asked', name='result', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('act_id', sa.Integer(), nullable=True),
    sa.Column('record_version', sa.Integer(), nullable=False),
    sa.Column('content_sha256', sa.String(length=64), nullable=True),
    sa.Column('pdf_sha256', sa.String(length=64), nullable=True),
    sa.Column('signed_pdf_sha256', sa.String(length=64), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('in_force_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("state <> 'in_force' OR act_id IS NOT NULL", name=op.f('ck_written_consultation_in_force_has_an_act')),
    sa.CheckConstraint("state <> 'withdrawn' OR reason <> ''", name=op.f('ck_written_consultation_withdrawal_has_a_reason')),
    sa.CheckConstraint("state = 'draft' OR number IS NOT NULL OR state = 'withdrawn'", name=op.f('ck_written_consultation_sent_has_a_number')),
    sa.CheckConstraint('(CASE WHEN group_motion_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN objective_motion_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN group_id IS NULL THEN 0 ELSE 1 END) <= 1', name=op.f('ck_written_consultation_at_most_one_object')),
    sa.ForeignKeyConstraint(['act_id'], ['act.id'], name=op.f('fk_written_consultation_act_id')),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_written_consultation_author_id')),
    sa.ForeignKeyConstraint(['committee_id'], ['committee.id'], name=op.f('fk_written_consultation_committee_id')),
    sa.ForeignKeyConstraint(['follow_up_id'], ['decision_request.id'], name=op.f('fk_written_consultation_follow_up_id')),
    sa.ForeignKeyConstraint(['group_id'], ['project_group.id'], name=op.f('fk_written_consultation_group_id')),
    sa.ForeignKeyConstraint(['group_motion_id'], ['group_motion.id'], name=op.f('fk_written_consultation_group_motion_id')),
    sa.ForeignKeyConstraint(['objective_motion_id'], ['objective_motion.id'], name=op.f('fk_written_consultation_objective_motion_id')),
    sa.ForeignKeyConstraint(['request_id'], ['decision_request.id'], name=op.f('fk_written_consultation_request_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_written_consultation')),
    sa.UniqueConstraint('act_id', name=op.f('uq_written_consultation_act_id')),
    sa.UniqueConstraint('number', name=op.f('uq_written_consultation_number'))
    )
    with op.batch_alter_table('written_consultation', schema=None) as batch_op:
        batch_op.create_index('ix_written_consultation_committee_state', ['committee_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_written_consultation_group_motion_id'), ['group_motion_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_written_consultation_objective_motion_id'), ['objective_motion_id'], unique=False)

    op.create_table('consultation_paper',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('file_name', sa.String(length=200), nullable=False),
    sa.Column('media_type', sa.String(length=120), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('added_by_id', sa.Integer(), nullable=True),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['added_by_id'], ['person.id'], name=op.f('fk_consultation_paper_added_by_id')),
    sa.ForeignKeyConstraint(['consultation_id'], ['written_consultation.id'], name=op.f('fk_consultation_paper_consultation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation_paper'))
    )
    with op.batch_alter_table('consultation_paper', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consultation_paper_consultation_id'), ['consultation_id'], unique=False)

    op.create_table('consultation_visa',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('record_version', sa.Integer(), nullable=False),
    sa.Column('mandate_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('awaited', 'given', 'correction_asked', name='visastate', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('given_by_id', sa.Integer(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.CheckConstraint("state <> 'correction_asked' OR comment <> ''", name=op.f('ck_consultation_visa_correction_says_what')),
    sa.CheckConstraint("state = 'awaited' OR given_at IS NOT NULL", name=op.f('ck_consultation_visa_answer_has_a_date')),
    sa.ForeignKeyConstraint(['consultation_id'], ['written_consultation.id'], name=op.f('fk_consultation_visa_consultation_id')),
    sa.ForeignKeyConstraint(['given_by_id'], ['person.id'], name=op.f('fk_consultation_visa_given_by_id')),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandate.id'], name=op.f('fk_consultation_visa_mandate_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consultation_visa')),
    sa.UniqueConstraint('consultation_id', 'record_version', 'mandate_id', name=op.f('uq_consultation_visa_consultation_id_record_version_mandate_id'))
    )
    with op.batch_alter_table('consultation_visa', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consultation_visa_mandate_id'), ['mandate_id'], unique=False)

    op.create_table('consulted_seat',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('consultation_id', sa.Integer(), nullable=False),
    sa.Column('mandate_id', sa.Integer(), nullable=False),
    sa.Column('is_voting', sa.Boolean(), nullable=False),
    sa.Column('choice', sa.Enum('approve', 'reject', 'abstain', 'session', 'remark', name='choice', native_enum=False, create_constraint=True, length=40), nullable=True),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('replied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('replied_by_id', sa.Integer(), nullable=True),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("choice IS NULL OR (is_voting AND choice <> 'remark') OR (NOT is_voting AND choice = 'remark')", name=op.f('ck_consulted_seat_voice_of_the_choice')),
    sa.CheckConstraint('(choice IS NULL) = (replied_at IS NULL)', name=op.f('ck_consulted_seat_reply_has_a_date')),
    sa.ForeignKeyConstraint(['consultation_id'], ['written_consultation.id'], name=op.f('fk_consulted_seat_consultation_id')),
    sa.ForeignKeyConstraint(['mandate_id'], ['mandate.id'], name=op.f('fk_consulted_seat_mandate_id')),
    sa.ForeignKeyConstraint(['replied_by_id'], ['person.id'], name=op.f('fk_consulted_seat_replied_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consulted_seat')),
    sa.UniqueConstraint('consultation_id', 'mandate_id', name=op.f('uq_consulted_seat_consultation_id_mandate_id'))
    )
    with op.batch_alter_table('consulted_seat', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_consulted_seat_mandate_id'), ['mandate_id'], unique=False)

    with op.batch_alter_table("act", schema=None) as batch_op:
        batch_op.add_column(sa.Column("series", SERIES, nullable=False, server_default="session"))

    with op.batch_alter_table("act_counter", schema=None) as batch_op:
        batch_op.add_column(sa.Column("series", SERIES, nullable=False, server_default="session"))
        batch_op.drop_constraint(op.f("pk_act_counter"), type_="primary")
        batch_op.create_primary_key(op.f("pk_act_counter"), ["committee_id", "period", "series"])

    with op.batch_alter_table('committee', schema=None) as batch_op:
        batch_op.add_column(sa.Column("consultation_days", sa.Integer(), nullable=False, server_default="5"))
        batch_op.add_column(sa.Column("silence_consents", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_check_constraint(
            op.f("ck_committee_consultation_days_positive"), "consultation_days > 0"
        )

    with op.batch_alter_table('decision_request', schema=None) as batch_op:
        batch_op.add_column(sa.Column('about_act_id', sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_decision_request_about_act_id'), 'act', ['about_act_id'], ['id'])

    _change_checks(
        (*STATES, "provisional", "lapsed"), (*ORIGINS, "consultation", "measure", "report")
    )


def downgrade():
    op.drop_table("consulted_seat")
    op.drop_table("consultation_visa")
    op.drop_table("consultation_paper")
    op.drop_table("written_consultation")
    op.drop_table("interim_measure")
    op.execute("UPDATE act SET state = 'in_force' WHERE state = 'provisional'")
    op.execute("UPDATE act SET state = 'cancelled' WHERE state = 'lapsed'")
    op.execute("UPDATE decision_request SET origin = 'request' WHERE origin IN ('consultation', 'measure', 'report')")
    op.execute("DELETE FROM act_counter WHERE series <> 'session'")
    _change_checks(STATES, ORIGINS)
    with op.batch_alter_table("decision_request", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_decision_request_about_act_id"), type_="foreignkey")
        batch_op.drop_column("about_act_id")
    with op.batch_alter_table("committee", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_committee_consultation_days_positive"), type_="check")
        batch_op.drop_column("silence_consents")
        batch_op.drop_column("consultation_days")
    with op.batch_alter_table("act_counter", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("pk_act_counter"), type_="primary")
        batch_op.drop_constraint(op.f("ck_act_counter_series"), type_="check")
        batch_op.create_primary_key(op.f("pk_act_counter"), ["committee_id", "period"])
        batch_op.drop_column("series")
    with op.batch_alter_table("act", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_act_series"), type_="check")
        batch_op.drop_column("series")
