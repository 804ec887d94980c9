"""The pack of a session (dossier de séance): built apart, frozen once sent, completed by supplements."""
