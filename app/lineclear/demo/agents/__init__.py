"""Sample agents: small scripted programs that find real work in the sample systems and really propose it."""
