"""What a ticket's clocks are and what becomes of them: pure, time is an argument."""
