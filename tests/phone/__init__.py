"""The phone page in a real browser against the real server, over a line that is as bad as a valley's."""
