"""What the clauses of a note mention: tables of words with what they mean."""
