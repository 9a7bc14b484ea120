"""What a ticket is and where a message belongs: pure."""
