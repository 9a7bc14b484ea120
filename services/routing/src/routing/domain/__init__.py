"""Pure rules of routing: no clock, no I/O."""
