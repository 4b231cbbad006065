"""Loop: it learns, it repeats, it resumes bit for bit, and it stops when it must."""

import pytest
import torch
from torch import nn

from dlcourse.training import Batches, generator, train


def net(seed: int = 0) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Linear(3, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 1)
        )


def sample() -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.randn(50, 3, generator=generator(1))
    return x, x.prod(dim=1, keepdim=True).sin()


def run(epochs: int, checkpoint=None, rate: float = 0.05):
    torch.manual_seed(4)
    model = net()
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=7, gamma=0.9)
    batches = Batches(*sample(), size=16, generator=generator(2))
    x, y = sample()
    history = train(
        model, batches, nn.functional.mse_loss, optimizer, epochs,
        schedule=schedule, checkpoint=checkpoint,
        evaluate=lambda m: {"error": nn.functional.mse_loss(m(x), y).item()},
    )  # fmt: skip
    return model.state_dict(), history


def test_it_learns_and_tells():
    _, history = run(60)
    assert [entry["epoch"] for entry in history] == list(range(60))
    assert history[-1]["loss"] < 0.8 * history[0]["loss"]
    assert set(history[0]) == {"epoch", "loss", "error"}


def test_it_repeats():
    assert run(3)[1] == run(3)[1]


def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(tmp_path):
    whole, whole_history = run(6)
    run(2, tmp_path / "run.safetensors")
    run(5, tmp_path / "run.safetensors")
    parts, parts_history = run(6, tmp_path / "run.safetensors")
    assert parts_history == whole_history
    assert all(parts[name].equal(whole[name]) for name in whole)
    assert [path.name for path in tmp_path.iterdir()] == ["run.safetensors"]


def test_a_finished_run_is_left_alone(tmp_path):
    first = run(2, tmp_path / "run.safetensors")
    assert run(2, tmp_path / "run.safetensors")[1] == first[1]


def test_another_file_is_not_taken_for_a_checkpoint(tmp_path):
    path = tmp_path / "run.safetensors"
    path.write_bytes(b"something else altogether")
    with pytest.raises(ValueError, match="is not a checkpoint: move it away"):
        run(1, path)
    assert path.read_bytes() == b"something else altogether"


def test_it_stops_when_the_loss_is_lost():
    model = nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=1e9)
    message = r"the loss became (nan|inf) in epoch \d+: the learning rate"
    with pytest.raises(FloatingPointError, match=message):
        train(model, Batches(*sample(), 10), nn.functional.mse_loss, optimizer, 50)


def test_no_bar_is_drawn_where_nobody_waits(capfd):
    run(1)
    assert capfd.readouterr() == ("", "")


# batches


def test_a_pass_shows_every_sample_once():
    x = torch.arange(10.0)[:, None]
    batches = Batches(x, x, size=4, generator=generator(3))
    first, second = (torch.cat([xb for xb, _ in batches]) for _ in range(2))
    assert first.sort(dim=0).values.equal(x)
    assert not first.equal(second)
    assert len(batches) == len(list(batches)) == 3


@pytest.mark.parametrize(
    ("inputs", "targets", "size", "message"),
    [(3, 2, 1, "3 inputs and 2 targets"), (0, 0, 1, "0 inputs and 0 targets"),
     (2, 2, 0, r"size \(0\) must be at least 1")],
)  # fmt: skip
def test_batches_refuse_what_cannot_be_cut(inputs, targets, size, message):
    with pytest.raises(ValueError, match=message):
        Batches(torch.zeros(inputs, 1), torch.zeros(targets), size)
