"""The act: decision, opinion, prior act, erratum; who is competent; numbers; the register."""
