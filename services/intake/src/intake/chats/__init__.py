"""Chats: transcripts of a chatbot or live chat become tickets with the whole dialogue."""
