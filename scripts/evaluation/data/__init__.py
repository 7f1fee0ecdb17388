"""Data sets as questions: `questions(options)` of each module. The command line's options are in scripts/evaluate."""
