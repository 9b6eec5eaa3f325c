"""Making the archive for servers without a network."""
