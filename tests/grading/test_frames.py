"""Frames and values: what crosses arrives whole, and nothing else gets through."""

import base64
import io
import math
import pickle
import socket

import numpy as np
import pytest
import torch

from dlcourse.grading.worker.frames import BrokenFrame, Channel, NoFrame
from dlcourse.grading.worker.values import LARGEST, BadValue, decode, encode

VALUES = [
    None,
    True,
    -7,
    2**70,
    0.1,
    math.inf,
    "é\n\0",
    [1, [2]],
    (1, (2.5, "x")),
    {"a": [None], "": ()},
]


@pytest.mark.parametrize("value", VALUES)
def test_values_arrive_as_they_were(value):
    here, there = (Channel(end) for end in socket.socketpair())
    here.send({"value": encode(value)})
    arrived = decode(there.receive(1.0)["value"])
    assert arrived == value
    assert type(arrived) is type(value)
    here.close()
    there.close()


@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float16, torch.int8, torch.bool]
)
@pytest.mark.parametrize("shape", [(), (0, 3), (2, 3, 4)])
def test_tensors_arrive_bit_for_bit(dtype, shape):
    value = torch.randn(shape).to(dtype)
    arrived = decode(encode(value))
    assert arrived.dtype == dtype
    assert arrived.equal(value)


def test_views_gradients_and_parameters_are_tensors():
    value = torch.nn.Parameter(torch.randn(3, 4)).T
    assert decode(encode(value)).equal(value)
    assert decode(encode(torch.ones(2, dtype=torch.complex64).conj())).equal(
        torch.ones(2, dtype=torch.complex64)
    )


@pytest.mark.parametrize(
    ("value", "name"),
    [(np.ones(2), "ndarray"), ({1: 2}, "dict"), ({1}, "set"), (print, "object")],
)
def test_what_is_not_listed_arrives_as_its_name(value, name):
    coded = {"other": "a b"} if value is print else encode(value)
    assert type(decode(coded)).__name__ == name


def npy(array: np.ndarray, **options) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **options)
    return file.getvalue()


GOOD = npy(np.ones(2))
ARRAYS = {
    "pickle": pickle.dumps(print),
    "object array": npy(np.array([print]), allow_pickle=True),
    "cut off": GOOD[:-1],
    "too much": GOOD + b"0",
    "a shape of 8 TB": GOOD.replace(b"(2,)", b"(999999999999,)"),
    "a shape below zero": GOOD.replace(b"(2,)", b"(-1, -2)"),
    "code for a shape": GOOD.replace(b"(2,)", b"exit"),
    "columns first": npy(np.asfortranarray(np.ones((2, 2)))),
    "records": npy(np.zeros(2, dtype=[("a", "f8")])),
    "another version": b"\x93NUMPY\x02\x00" + GOOD[8:],
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_a_tensor_that_is_none(kind):
    with pytest.raises(BadValue, match="a tensor "):
        decode({"tensor": base64.b64encode(ARRAYS[kind]).decode()})


NOT_VALUES = [{}, {"a": 1, "b": 2}, {"pickle": ""}, {"tuple": 1}, {"tensor": "ä"}]


@pytest.mark.parametrize("coded", NOT_VALUES)
def test_an_object_that_is_no_value(coded):
    with pytest.raises(BadValue):
        decode(coded)


def test_too_deep_and_too_large():
    deep: list = []
    for _ in range(30):
        deep = [deep]
    for call in (encode, decode):
        with pytest.raises(BadValue, match="more than 16 deep"):
            call(deep)
    with pytest.raises(BadValue, match="bytes, and"):
        encode(torch.zeros(LARGEST + 1, dtype=torch.uint8))


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"no\n", "not JSON"),
        (b"\xff\n", "not JSON"),
        (b"[1]\n", "not a JSON object"),
        (b"[" * 10**5 + b"\n", "too deep"),
        (b'{"a": ' + b"9" * 5000 + b"}\n", "not JSON"),
        (b'{"a": ', "breaks off"),
        (b"x" * 10**6, "more than 500000 bytes"),
    ],
)
def test_a_frame_that_is_none(sent, said):
    here, there = socket.socketpair()
    here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**22)
    channel = Channel(there, longest=500_000)
    here.sendall(sent)
    here.close()
    with pytest.raises(BrokenFrame, match=said):
        channel.receive(5.0)
    channel.close()


def test_no_frame():
    here, there = socket.socketpair()
    channel = Channel(there)
    with pytest.raises(NoFrame, match="in time"):
        channel.receive(0.05)
    here.close()
    with pytest.raises(NoFrame, match="is gone"):
        channel.receive(1.0)
    channel.close()
