"""What the command line says: tables of faces and recipes, the story of one sample, plans and summaries of runs."""
