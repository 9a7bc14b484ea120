"""What every test wears: given/when/then and real servers."""
