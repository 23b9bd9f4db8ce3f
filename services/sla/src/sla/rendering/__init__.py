"""Papers put into form: HTML to look at and print, PDF to send, XLSX and CSV to reckon with."""
