"""What a student reads, in the cases that no list of mistakes foresees."""

import pytest
import torch
import torch.nn.functional as F

from dlcourse.checks import convolution as checks
from dlcourse.checks.judging import Check, WrongAnswer

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


WIDTH_ONLY = checks.zero_pad.mistakes[2]


def unwritten(**arguments):
    raise NotImplementedError


def crashing(x, **rest):
    return x[:, 99]


def in_place(x, **rest):
    x += 1
    return F.conv2d(x, **rest)


def single_precision(x, weight, bias, **rest):
    return F.conv2d(x.float(), weight.float(), bias.float(), **rest)


def almost(x, weight, bias, **rest):
    y = columns_conv2d(x, weight, bias, **rest)
    y[0, 0, 0, 0] += 1e-3
    return y


def columns_conv2d(x, weight, bias, stride, padding):
    from dlcourse.nn.convolution import im2col

    columns = im2col(x, weight.shape[2:], padding=padding, stride=stride)
    sides = [
        (n + 2 * padding - k) // stride + 1
        for n, k in zip(x.shape[2:], weight.shape[2:], strict=True)
    ]
    return (weight.flatten(1) @ columns).unflatten(2, sides) + bias[:, None, None]


def looping(**arguments):
    for _ in range(100):
        torch.zeros(1)
    return columns_conv2d(**arguments)


STUDENTS = {
    "blank": (unwritten, "not written yet. Put your code where it says YOUR CODE HERE"),
    "crash": (crashing, "it stopped with IndexError: index 99 is out of bounds"),
    "the line": (crashing, "return x[:, 99]"),
    "in place": (in_place, "it changed its argument x, which the caller still needs"),
    "library": (
        F.conv2d,
        "it runs torch's convolution, which does the work that this task asks",
    ),
    "no return": (
        lambda **_: None,
        "it returned None (is the return missing?), and a tensor",
    ),
    "a tuple": (lambda **_: (1, 2), "it returned a tuple of 2, and a tensor is right"),
    "array": (lambda **a: columns_conv2d(**a).numpy(), "it returned a ndarray"),
    "shape": (lambda **a: columns_conv2d(**a)[:1], "the result has shape (1, "),
    "almost": (almost, "values are off; the first, at [0, 0, 0, 0], is"),
    "loop": (looping, "the values are right, but it runs"),
}


@pytest.mark.parametrize("case", STUDENTS)
def test_what_a_student_reads(case):
    function, message = STUDENTS[case]
    assert message in CHECKS["conv2d"].judge(function, seed=1).message


def test_a_forbidden_operation_outranks_the_type_of_number():
    verdict = CHECKS["conv2d"].judge(single_precision, seed=1)
    assert verdict.stage == "forbidden"


def test_the_type_of_number():
    verdict = CHECKS["conv2d"].judge(lambda **a: columns_conv2d(**a).float(), seed=1)
    assert (
        "the result holds torch.float32, and torch.float64 is right" in verdict.message
    )


def test_a_whole_number_is_asked_for():
    verdict = CHECKS["output_size"].judge(
        lambda n, kernel_size, stride, padding: (
            (n + 2 * padding - kernel_size) / stride + 1
        ),
        seed=1,
    )
    assert "it returned a float, and a whole number (int) is right" in verdict.message


def test_partly_right_counts_its_cases():
    def without_padding(x, weight, bias, stride, padding):
        return columns_conv2d(x, weight, bias, stride, 0)

    verdict = CHECKS["conv2d"].judge(without_padding, seed=4)
    assert 0 < verdict.passed < verdict.total
    assert verdict.mistake == "the padding is ignored"


@pytest.mark.usefixtures("as_in_use")
def test_not_a_function():
    assert "object is not callable" in CHECKS["conv2d"].judge(3, seed=1).message


def test_hidden_cases_stay_hidden():
    def telltale(**arguments):
        raise ValueError(str(arguments))

    for function in (telltale, almost, lambda **a: columns_conv2d(**a)[:1]):
        verdict = CHECKS["conv2d"].judge(function, seed=1, hidden=True)
        assert not any(
            character.isdigit() for character in verdict.message.replace("conv2d", "")
        )
        assert "tensor(" not in verdict.message


def width_only(x, padding):
    side = x.new_zeros(*x.shape[:3], padding)
    return torch.cat([side, x, side], dim=3)


def test_a_wrong_answer_is_raised_with_its_message_alone():
    with pytest.raises(WrongAnswer, match="only the width is padded") as raised:
        CHECKS["zero_pad"](width_only, seed=0)
    assert raised.value._render_traceback_() == [str(raised.value)]


def test_a_right_answer_is_printed(capsys):
    CHECKS["output_size"](
        lambda n, kernel_size, stride, padding: (
            (n + 2 * padding - kernel_size) // stride + 1
        )
    )
    assert capsys.readouterr().out == "✓ output_size: right in all 24 cases.\n"


def test_what_the_package_has_written_is_no_answer_in_a_notebook():
    package = CHECKS["conv2d"].reference
    for answer in (package, lambda **arguments: package(**arguments)):
        with pytest.raises(WrongAnswer, match="it runs dlcourse's own code"):
            CHECKS["conv2d"](answer)


def test_hidden_cases_are_harder_and_repeat_under_their_seed():
    seen = []

    def remember(**arguments):
        seen.append(arguments["x"].shape)
        return columns_conv2d(**arguments)

    CHECKS["conv2d"].judge(remember, seed=5, hidden=True)
    first = list(seen)
    CHECKS["conv2d"].judge(remember, seed=5, hidden=True)
    assert seen == first * 2
    assert max(max(shape[2:]) for shape in seen) > 10


def test_one_mistake_costs_one_task():
    notebook: dict = {"torch": torch}
    exec(WRONG_PAD, notebook)  # the cells of a notebook share one set of names
    assert (
        CHECKS["zero_pad"]
        .judge(notebook["zero_pad"], seed=1)
        .mistake.startswith("the padding")
    )
    verdict = CHECKS["im2col"].judge(notebook["im2col"], seed=1)
    assert verdict.right
    assert (
        str(verdict) == "✓ im2col: right in all 8 cases once the tasks before it are."
    )
    assert notebook["zero_pad"](torch.ones(1, 1, 1, 1), 1).shape == (1, 1, 2, 2)


def test_a_helper_that_never_came_to_be_costs_its_own_task_alone():
    notebook: dict = {"torch": torch}
    exec(WRONG_PAD, notebook)
    del notebook["zero_pad"]  # its cell had a syntax error
    assert CHECKS["im2col"].judge(notebook["im2col"], seed=1).right
    assert "zero_pad" not in notebook


def test_a_wrong_task_above_a_wrong_helper_hears_of_itself():
    notebook: dict = {"torch": torch}
    exec(
        WRONG_PAD.replace(".permute(0, 1, 4, 5, 2, 3)", ".permute(0, 4, 5, 1, 2, 3)"),
        notebook,
    )
    verdict = CHECKS["im2col"].judge(notebook["im2col"], seed=1)
    assert verdict.mistake == "the entries of a window are in the order kh, kw, channel"


WRONG_PAD = """
def zero_pad(x, padding):
    padded = x.new_zeros(*x.shape[:2], x.shape[2] + padding, x.shape[3] + padding)
    padded[:, :, : x.shape[2], : x.shape[3]] = x
    return padded

def im2col(x, kernel_size, stride, padding):
    kh, kw = kernel_size
    windows = zero_pad(x, padding).unfold(2, kh, stride).unfold(3, kw, stride)
    return windows.permute(0, 1, 4, 5, 2, 3).flatten(1, 3).flatten(2)
"""
