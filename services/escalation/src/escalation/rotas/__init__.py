"""On-call rotas: who is on call when."""
