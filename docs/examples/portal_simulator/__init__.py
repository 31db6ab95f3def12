"""A simulator of the portal over HTTP: the three steps of expert mode, with a clock to move and a mailbox to read."""
