"""Files of earlier rounds: which column is which question, which value which answer, and published figures. Pure."""
