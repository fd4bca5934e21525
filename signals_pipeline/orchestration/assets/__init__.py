"""One module a stage; each offers `assets(...)`, so that definitions are built by functions, not at import."""
