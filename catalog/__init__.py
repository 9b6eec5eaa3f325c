"""The data-governance catalog and chief-data-officer registry of a district.

base         knows no domain: settings, files, database, documents, errors, messages
standards    loads standards/: schemas, profiles, annotations -> violations
ledger       one entry for every change, chained
search       an index derived from the ledger
identity     persons, accounts, tokens, roles, and what an actor may see
registry     records, versions, links, aliases; plan and apply; the verbs; the hot reads
exchange     bytes <-> documents, no database
departments officers codelists elements datasets sharing topics
             what a schema cannot say about these kinds
home         the first page, the help, the meaning of every problem and rule
commands     the command line, one file per theme
"""

__version__ = "0.1.0"
