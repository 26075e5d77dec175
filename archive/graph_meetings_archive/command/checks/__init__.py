"""The command `graph-meetings check`: what a sign-in can read, and who has to change what."""
