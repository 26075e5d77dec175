"""Writing: from the plan to the files of generated/."""
