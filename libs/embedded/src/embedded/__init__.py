"""PostgreSQL and NATS from their wheels, as child processes."""
