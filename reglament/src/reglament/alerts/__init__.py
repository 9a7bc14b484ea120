"""`reglament alerts`: the first outside consumer of the log, in FastStream; whoever writes another may begin here."""
