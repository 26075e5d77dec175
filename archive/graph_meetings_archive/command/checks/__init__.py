"""The command `graph-meetings check`: what a sign-in may read, and who has to change what."""
