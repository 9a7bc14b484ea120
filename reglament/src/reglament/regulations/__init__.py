"""Commands about regulations: check one, compare two, publish one."""
