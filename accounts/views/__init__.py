"""Pages of accounts, one module per room: the door, organizations, people, imports, jobs, administration."""
