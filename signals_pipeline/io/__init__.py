"""Doors to the outside: lake (Parquet), warehouse (read only), ops store (transactions), HTTP, audit."""
