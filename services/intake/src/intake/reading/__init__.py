"""What channels send, read into one neutral form: pure functions over bytes and one pool of processes."""
