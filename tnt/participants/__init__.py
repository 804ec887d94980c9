"""Who comes to a session: replies, representatives, proxies, guests of one item. Start with rules.py."""
