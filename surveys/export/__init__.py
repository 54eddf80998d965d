"""From answers to files: the columns that a definition makes, the codebook, and the files themselves. No tables here."""
