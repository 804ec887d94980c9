"""Who comes to a session: each seat's reply, who stands in for whom, and who is asked for one item.

A reply is given from the signed link of a mail, from the session's page, or entered by the secretariat;
`rules.py` says what each may be, `queries.list_replies` gives the seats of the day with their replies.
"""
