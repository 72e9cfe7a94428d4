"""`python -m lineclear`: the same as the program `lineclear`. Free of everything else."""

from lineclear.cli import main

if __name__ == "__main__":
    main()
