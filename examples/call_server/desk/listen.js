// Listening in.
