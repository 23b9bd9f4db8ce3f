"""`doctor`: what a service needs of its surroundings, looked at from where it will run, and said in sentences."""
