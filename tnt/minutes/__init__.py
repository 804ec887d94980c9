"""The minutes of a session, put together from its roll, outcomes, wordings and notes. Start with queries.py.

For now they are read as they stand, by whoever may read the meeting and whoever attended; circulation,
amendments and approval come here.
"""
