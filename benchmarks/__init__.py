"""What the program does, measured: `make bench` prints tables and writes one JSON report. No assertion, no target hidden in code."""
