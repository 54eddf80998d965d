"""Files of evidence entries, of policy items with their stages, and of resources, read without a database.

Each kind is a module with its columns (`FILE`), `read(content, known)`, `new_in(found, known)` and how a thing that is there
is recognised (`key_of`). Things are the same when these keys are; `occurrence` counts them, so that the same file again adds
nothing. The words of choices are English, as the headers are, whatever the language of the page.
"""

from backbone.entry_files import evidence, policy, resources

KINDS = {"evidence": evidence, "policy": policy, "resources": resources}
