"""Numbers about exams, from one set of queries for the pages, the seed family's clients and the exports."""
