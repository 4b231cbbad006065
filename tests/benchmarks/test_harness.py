"""Benchmarks: the harness counts, judges and keeps what it was given; nothing here is timed."""

import json
from importlib import import_module

import pytest
import torch

from benchmarks import __main__ as command
from benchmarks import result, rounds
from benchmarks.family import Case, compared
from benchmarks.place import Place, machine
from benchmarks.result import FOLDER, Curve, Result, read, write

QUICK = Place(budget=0.0)


def test_a_ratio_is_that_of_one_round(monkeypatch):
    """Ours takes twice theirs in every round, though both grow slower."""
    clock, turn = {"ours": 2.0, "theirs": 1.0}, iter(range(1, 100))
    monkeypatch.setattr(rounds, "seconds", lambda call: clock[call()] * next(turn))
    ratio = rounds.compare(lambda: "ours", lambda: "theirs", budget=0.0)
    assert ratio.rounds == rounds.LEAST
    assert 1.0 < ratio.low <= ratio.median <= ratio.high < 3.5


@pytest.mark.parametrize(
    ("value", "bar", "at_least", "met"),
    [
        (1.0, 1.0, False, True),
        (1.1, 1.0, False, False),
        (99.0, 98.7, True, True),
        (98.0, 98.7, True, False),
        (5.0, None, False, True),
    ],
)
def test_a_bar_is_kept_or_missed(value, bar, at_least, met):
    one = Result("a", "b", "c", value, bar=bar, at_least=at_least)
    assert one.met is met
    assert ("missed" in str(one)) is not met


def test_results_come_back_as_written(tmp_path, monkeypatch):
    monkeypatch.setattr(result, "FOLDER", tmp_path)
    row = Result("nms", "theirs", "few", 0.123456, bar=1.0, low=0.1, high=0.2)
    curve = Curve("nms", "good form", [1, 2], [0.5, 1.0], 1.0, 2.0, "boxes")
    path = write("boxes", QUICK, iter([row, curve]))
    assert path.name == "boxes.json"
    kept = read(path)
    assert kept["rows"][0].value == 0.1235
    assert kept["curves"] == [curve]
    assert kept["machine"]["torch"] == torch.__version__.split("+")[0]


def test_a_family_that_fails_keeps_what_was_there(tmp_path, monkeypatch):
    monkeypatch.setattr(result, "FOLDER", tmp_path)

    def broken():
        yield Result("a", "b", "c", 1.0)
        raise AssertionError("the sides differ")

    with pytest.raises(AssertionError, match="differ"):
        write("boxes", QUICK, broken())
    assert not list(tmp_path.iterdir())


def test_a_wrong_answer_has_no_time():
    def pair(place):
        place.agree(torch.ones(3), torch.ones(3) + 0.1)

    with pytest.raises(AssertionError):
        list(compared("a", "b", [Case("c", 1.0, pair)], QUICK))


def test_the_geometric_mean_ends_the_cases():
    work = torch.ones(300, 300)
    case = Case("product", None, lambda place: (lambda: work @ work,) * 2)
    found = list(compared("a", "b", [case, case], QUICK, mean_bar=9.0))
    assert [row.case for row in found][-1] == "geometric mean of 2"
    low, high = sorted(row.value for row in found[:2])
    assert low <= found[-1].value <= high


def test_a_place_names_its_file_and_lays_images_out():
    place = Place(dtype=torch.bfloat16, channels_last=True)
    assert place.name == "bfloat16-channels_last"
    x = place.draw(1, 2, 3, 4)
    assert x.dtype == torch.bfloat16
    assert x.is_contiguous(memory_format=torch.channels_last)
    assert Place().name == ""


def test_the_machine_is_described_without_host_or_path():
    facts = machine(QUICK)
    assert not any("/" in str(value) for value in facts.values())
    assert "host" not in json.dumps(facts)


def test_one_failing_family_does_not_stop_the_others(monkeypatch, capfd):
    ran = []

    def run(line, check):
        ran.append(line[2:])
        return command.subprocess.CompletedProcess(line, int("boxes" in line[2]))

    monkeypatch.setattr(command.subprocess, "run", run)
    assert command.main("boxes", "detectors", "roi", "--budget", "1") == 1
    assert ran == [
        ["benchmarks.boxes", "--budget", "1"],
        ["benchmarks.detectors"],
        ["benchmarks.roi", "--budget", "1"],
    ]
    assert "failed: boxes" in capfd.readouterr().out


def test_an_unknown_name_is_refused(capsys):
    assert command.main("boxen") == 2
    assert "boxen" in capsys.readouterr().out


@pytest.mark.parametrize("name", command.FAMILIES)
def test_every_family_can_be_measured(name):
    assert callable(import_module(f"benchmarks.{name}").measure)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda p: p.stem)
def test_kept_results_can_be_read(path):
    kept = read(path)
    assert kept["rows"] or kept["curves"]
    assert path.stem.split("-")[0] == kept["family"]
