"""After a restore from a backup: what a service has published and does not know any more.

`python -m <module> restored` compares the service's own topics with its tables, and makes both
agree again: the next event of every aggregate comes after all that were ever published.
"""
