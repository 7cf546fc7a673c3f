# Native: the headers and calls are the system's own.
