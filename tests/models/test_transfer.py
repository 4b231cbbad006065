"""Transfer: weights that arrive, layers that stand still, features that are kept."""

import sys
from hashlib import sha256

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torchvision import models as theirs

from dlcourse.models import transfer as ours
from dlcourse.models.resnet import resnet18
from dlcourse.models.transfer import pretrain
from dlcourse.models.transfer.small import ACCURACY, CHECKSUM, WEIGHTS
from dlcourse.training import Batches, fixed_seed, generator, train

from .family import with_random_weights

NAMED = "ResNet18_Weights.IMAGENET1K_V1"


@pytest.fixture
def patches() -> torch.Tensor:
    return torch.randn(6, 1, 16, 16, generator=generator(0))


@pytest.fixture
def model() -> nn.Module:
    with fixed_seed(0):
        return ours.small(4)


@pytest.fixture
def resnet_file(tmp_path):
    """ResNet-18 of torchvision with random weights, and the file they were saved to."""
    other = with_random_weights(theirs.resnet18).eval()
    torch.save(other.state_dict(), tmp_path / "resnet18.pth")
    return other, tmp_path / "resnet18.pth"


def tensors(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def moved(model: nn.Module, before: dict[str, torch.Tensor]) -> set[str]:
    """Name the tensors that are not what they were."""
    return {
        n for n, tensor in model.state_dict().items() if not tensor.equal(before[n])
    }


# worked examples


def test_rates_by_hand(model):
    groups = ours.layer_rates([model.block1, model.block2, model.fc], 0.9, 1 / 3)
    assert [group["lr"] for group in groups] == pytest.approx([0.1, 0.3, 0.9])
    assert [len(group["params"]) for group in groups] == [3, 3, 2]


def test_features_by_hand():
    model = nn.Sequential(nn.Flatten(), nn.Linear(2, 2, bias=False), nn.Linear(2, 3))
    model[1].weight.data = torch.tensor([[1.0, 1.0], [1.0, -1.0]])
    images = torch.tensor([[[[3.0, 1.0]]], [[[5.0, 2.0]]]])
    assert ours.features(model, images, size=1).tolist() == [[4, 2], [7, 3]]


# weights


def test_weights_of_torchvision_give_its_logits(resnet_file):
    other, file = resnet_file
    model = ours.load_weights(resnet18(), file).eval()
    images = torch.randn(2, 3, 64, 64, generator=generator(1))
    with torch.no_grad():
        expected = other(images)
        assert expected.abs().max() > 1e-3
        torch.testing.assert_close(model(images), expected, rtol=1e-4, atol=1e-4)


def test_weights_by_name(monkeypatch, resnet_file):
    other, _ = resnet_file
    asked = {}

    def fetch(_, **options):
        asked.update(options)
        return other.state_dict()

    monkeypatch.setattr(theirs.ResNet18_Weights, "get_state_dict", fetch)
    model = ours.load_weights(resnet18(), NAMED)
    assert asked["check_hash"] is True
    assert model.fc.weight.equal(other.fc.weight)


def test_safetensors_there_and_back(tmp_path, model):
    save_file(model.state_dict(), tmp_path / "own.safetensors")
    other = ours.load_weights(ours.small(4), tmp_path / "own.safetensors")
    assert not moved(other, tensors(model))


def test_no_network_says_what_to_fetch(as_in_use, tmp_path, monkeypatch):
    monkeypatch.setattr(torch.hub, "_hub_dir", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=r"download https://.*resnet18.*\.pth"):
        ours.load_weights(resnet18(), NAMED)


def test_weights_that_cannot_be_loaded(as_in_use, tmp_path, resnet_file, model):
    other, file = resnet_file
    with pytest.raises(ValueError, match='torchvision has no weights called "Res"'):
        ours.load_weights(model, "Res")
    with pytest.raises(ValueError, match="has no weights called"):
        ours.load_weights(model, "ResNet18_Weights.NONE")
    with pytest.raises(FileNotFoundError, match=r"there is no file .*none\.pth"):
        ours.load_weights(model, tmp_path / "none.pth")
    with pytest.raises(ValueError, match="has 122 tensors and the model 20"):
        ours.load_weights(model, file)
    save_file(other.state_dict(), tmp_path / "theirs.safetensors")
    with pytest.raises(ValueError, match="keeps no order of the tensors"):
        ours.load_weights(resnet18(), tmp_path / "theirs.safetensors")
    torch.save([1, 2], tmp_path / "list.pth")
    with pytest.raises(ValueError, match="something else than tensors"):
        ours.load_weights(model, tmp_path / "list.pth")


@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_a_spoilt_file_is_refused(as_in_use, tmp_path, model, suffix):
    file = tmp_path / f"spoilt.{suffix}"
    file.write_bytes(b"no tensors at all")
    with pytest.raises(ValueError, match="cannot be read as a file of tensors"):
        ours.load_weights(model, file)


class Hostile:
    def __reduce__(self):
        return print, ("code ran",)


def test_pickled_code_is_not_run(as_in_use, tmp_path, model, capsys):
    torch.save({"weight": Hostile()}, tmp_path / "hostile.pth")
    with pytest.raises(ValueError, match="cannot be read as a file of tensors"):
        ours.load_weights(model, tmp_path / "hostile.pth")
    assert capsys.readouterr().out == ""


# freezing


def train_a_little(model: nn.Module, patches: torch.Tensor) -> None:
    batches = Batches(patches, torch.arange(6) % 4, 3)
    learning = [p for p in model.parameters() if p.requires_grad]
    loss, optimizer = nn.CrossEntropyLoss(), torch.optim.SGD(learning, lr=0.1)
    train(model, batches, loss, optimizer, epochs=2)


def test_what_is_frozen_stands_still_through_a_training(model, patches):
    ours.freeze(model.block1), ours.freeze(model.block2)
    before = tensors(model)
    train_a_little(model, patches)
    names = {name.split(".")[0] for name in moved(model, before)}
    assert names == {"block3", "fc"}


def test_without_gradients_alone_statistics_move(model, patches):
    model.block1.requires_grad_(False)
    before = tensors(model)
    train_a_little(model, patches)
    mine = {name for name in moved(model, before) if name.startswith("block1")}
    statistics = ("running_mean", "running_var", "num_batches_tracked")
    assert mine == {f"block1.norm.{name}" for name in statistics}


def test_a_frozen_module_is_a_fixed_function():
    module = ours.freeze(nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(3))).train()
    x = torch.randn(4, 3, generator=generator(0))
    assert module(x).equal(module(x))
    assert module(x)[:2].equal(module(x[:2]))


def test_frozen_parameters_get_no_rate(model):
    ours.freeze(model.block1)
    groups = ours.layer_rates([model.block1, model.block2, model.fc], 1.0, 0.5)
    assert [group["lr"] for group in groups] == [0.5, 1.0]


@pytest.mark.parametrize("decay", [0, -1, 1.5])
def test_decay_is_a_share(as_in_use, model, decay):
    with pytest.raises(ValueError, match=r"decay \(.*\) must be above 0 and at most 1"):
        ours.layer_rates([model.fc], 1.0, decay)


def test_a_new_head_knows_nothing_and_draws_nothing(model, patches):
    state = torch.get_rng_state()
    model = ours.replace_head(ours.freeze(model.double()), 7)
    assert torch.get_rng_state().equal(state)
    scores = model(patches.double())
    assert scores.shape == (6, 7)
    assert not scores.any()
    assert [p.requires_grad for p in model.fc.parameters()] == [True, True]
    assert sum(p.requires_grad for p in model.parameters()) == 2


def test_the_head_of_torchvisions_networks_is_found():
    with torch.device("meta"):
        assert ours.head_of(theirs.alexnet())[0] == "classifier.6"
        assert ours.head_of(theirs.googlenet(init_weights=False))[0] == "fc"


def test_a_model_without_head_is_refused(as_in_use):
    with pytest.raises(ValueError, match="ReLU has no linear layer"):
        ours.replace_head(nn.ReLU(), 2)


# features


def test_features_are_what_the_head_reads(model, patches):
    found = ours.features(model, patches, size=4)
    expected = model.eval()(patches)
    torch.testing.assert_close(model.fc(found), expected)


def test_features_leave_the_model_as_it_was(model, patches):
    model.train(), model.block1.eval()
    before, modes = tensors(model), [layer.training for layer in model.modules()]
    assert not ours.features(model, patches).requires_grad
    assert not moved(model, before)
    assert [layer.training for layer in model.modules()] == modes
    assert not model.fc._forward_pre_hooks


def test_kept_features_are_read_again(tmp_path, model, patches, monkeypatch):
    file = tmp_path / "kept.safetensors"
    first = ours.cached_features(file, model, patches)
    module = sys.modules["dlcourse.models.transfer.features"]
    monkeypatch.setattr(module, "features", None)
    assert ours.cached_features(file, model, patches).equal(first)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.safetensors"]


def relu_to_tanh(model: nn.Module) -> None:
    model.block3.activation = nn.Tanh()


def other_weight(model: nn.Module) -> None:
    model.block1.conv.weight.data[0] *= 2


def other_statistics(model: nn.Module) -> None:
    model.block1.norm.running_mean += 1


def other_head(model: nn.Module) -> None:
    ours.replace_head(model, 3)


@pytest.mark.parametrize(
    ("change", "stale"),
    [(relu_to_tanh, True), (other_weight, True), (other_statistics, True), (other_head, False)],
)  # fmt: skip
def test_features_are_computed_anew_when_the_weights_change(
    tmp_path, model, patches, change, stale
):
    file = tmp_path / "kept.safetensors"
    first = ours.cached_features(file, model, patches)
    change(model)
    second = ours.cached_features(file, model, patches)
    assert second.equal(ours.features(model, patches))
    assert second.equal(first) is not stale
    assert load_file(file)["features"].equal(second)


def test_features_are_computed_anew_when_the_images_change(tmp_path, model, patches):
    file = tmp_path / "kept.safetensors"
    ours.cached_features(file, model, patches)
    for images in (patches[:4], patches.flip(0), patches + 1):
        found = ours.cached_features(file, model, images)
        assert found.equal(ours.features(model, images))


def test_a_file_of_something_else_is_left_alone(as_in_use, tmp_path, model, patches):
    file = tmp_path / "letters.txt"
    file.write_text("dear reader")
    with pytest.raises(ValueError, match="is not a file of features: move it away"):
        ours.cached_features(file, model, patches)
    assert file.read_text() == "dear reader"


# the two tasks, and the weights that are shipped


def test_no_photograph_is_in_both_tasks():
    assert not set(ours.SOURCE) & set(ours.TARGET)


@pytest.mark.parametrize("split", ["train", "test"])
def test_patches_are_standardized_and_repeat(split):
    images, _ = ours.patches(ours.TARGET, 5, split, generator(3))
    again, _ = ours.patches(ours.TARGET, 5, split, generator(3))
    assert images.equal(again)
    torch.testing.assert_close(images.mean(dim=(1, 2, 3)), torch.zeros(25))
    torch.testing.assert_close(images.std(dim=(1, 2, 3)), torch.ones(25))


def test_an_unknown_split_is_refused(as_in_use):
    with pytest.raises(ValueError, match='split is "all"; say "train" or "test"'):
        ours.patches(ours.TARGET, 5, "all", generator(3))


def test_the_shipped_weights_are_those_of_the_script():
    content = WEIGHTS.read_bytes()
    assert sha256(content).hexdigest() == CHECKSUM
    assert len(content) < 300_000
    assert sum(p.numel() for p in ours.small_pretrained().parameters()) == 6208


def test_other_weights_in_their_place_are_noticed(as_in_use, tmp_path, monkeypatch):
    save_file(ours.small().state_dict(), tmp_path / "small.safetensors")
    module = sys.modules["dlcourse.models.transfer.small"]
    monkeypatch.setattr(module, "WEIGHTS", tmp_path / "small.safetensors")
    with pytest.raises(ValueError, match="is not the file that was shipped"):
        ours.small_pretrained()


def test_the_shipped_weights_are_as_good_as_the_script_said():
    model = ours.small_pretrained().eval()
    share = pretrain.accuracy(model, *pretrain.source_test())
    assert share == pytest.approx(ACCURACY, abs=0.002)  # three patches of 1,600


def test_the_script_writes_what_it_prints(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(pretrain, "EPOCHS", 1)
    cut = ours.patches
    few = lambda names, count, split, source: cut(names, 20, split, source)  # noqa: E731
    monkeypatch.setattr(pretrain, "patches", few)
    file = tmp_path / "mine.safetensors"
    pretrain.main(file)
    printed = capsys.readouterr().out
    assert f"checksum   {sha256(file.read_bytes()).hexdigest()}" in printed
    model = ours.load_weights(ours.small(), file).eval()
    share = pretrain.accuracy(model, *pretrain.source_test())
    assert f"accuracy   {share:.4f}" in printed


def test_few_labels_go_further_with_what_was_learned_before():
    images, labels = ours.patches(ours.TARGET, 5, "train", generator(0))
    held_out, answers = ours.patches(ours.TARGET, 40, "test", generator(1))
    shares = []
    for build in (ours.small_pretrained, ours.small):
        with fixed_seed(0):
            model = build()
        known, asked = ours.features(model, images), ours.features(model, held_out)
        means = torch.stack([known[labels == k].mean(dim=0) for k in range(5)])
        nearest = torch.cdist(asked, means).argmin(dim=1)
        shares.append((nearest == answers).float().mean().item())
    assert shares[0] > shares[1] + 0.1
