"""``python -m dlcourse.grading.command`` is ``dlcourse``."""

from .app import main

if __name__ == "__main__":
    main()
