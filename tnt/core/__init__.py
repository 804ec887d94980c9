"""Technical ground, without a business word: database, access, clock, errors, journal, outbox, tasks.

Start with `db.py` (one transaction per use case), `access.py` (every route says who may use it) and
`errors.py` (a refusal is a named error that the edge turns into a sentence).
"""
