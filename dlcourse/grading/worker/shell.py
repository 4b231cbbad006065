"""Shell: IPython, as a notebook has it, keeping what its cells show."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from .record import Record, Stream

__all__ = ["Shell", "make_shell"]


class Results(DisplayHook):
    """Takes the value of a cell's last line."""

    def write_output_prompt(self) -> None:
        """Write no prompt: the notebook shows its own."""

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: Any = None
    ) -> None:
        """Keep the value as text, or as a picture if it has one."""
        self.shell.record.show("execute_result", format_dict)

    def finish_displayhook(self) -> None:
        """Write no line end after the prompt that is not there."""


class Displays(DisplayPublisher):
    """Takes what a cell displays, figures above all."""

    def publish(self, data: dict[str, Any], *_: Any, **__: Any) -> None:
        """Keep it as text, or as a picture if it is one."""
        self.shell.record.show("display_data", data)


class Shell(InteractiveShell):
    """IPython without a terminal: cells, magics and figures work as in a notebook."""

    displayhook_class = Type(Results)
    display_pub_class = Type(Displays)

    def __init__(self, **options: Any) -> None:
        self.record = Record()
        super().__init__(**options)

    def enable_gui(self, gui: str | None = None) -> None:
        """Have no windows; figures are pictures."""

    def _showtraceback(self, etype: type, evalue: Any, stb: list[str]) -> None:
        self.record.stop(etype.__name__, str(evalue), list(stb))

    def run(self, source: str) -> Record:
        """Run one cell and return what it showed."""
        self.record = Record()
        out, err = (Stream(self.record, name) for name in ("stdout", "stderr"))
        with redirect_stdout(out), redirect_stderr(err):
            self.run_cell(source, store_history=True)
        return self.record


def make_shell() -> Shell:
    """Make IPython, with figures inline, without a history on disk and its thread."""
    sys.path.insert(0, "")  # as in a notebook, its own folder comes first
    shell = Shell.instance(config=Config(HistoryManager={"enabled": False}))
    shell.run("%matplotlib inline")
    return shell
