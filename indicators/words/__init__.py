"""How published figures are said: pure wording, in the reader's language, for every page that shows one."""
