"""What can be done with calendar addresses: `subscriptions` gives and takes them, `reading` answers them.

`assembly` keeps the events and the feeds built, so that nothing is built twice.
"""
