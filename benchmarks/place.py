"""Place: the device, the number type and the memory layout that a benchmark runs with."""

import os
import platform
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

import torch
from torch import Tensor, nn

from dlcourse.training import generator

__all__ = ["Place", "machine"]


@dataclass(frozen=True)
class Place:
    """Where numbers lie, and as what."""

    device: str = "cpu"
    dtype: torch.dtype = torch.float32
    channels_last: bool = False
    budget: float = 2.0
    """Seconds for the rounds of one comparison."""

    def draw(self, *shape: int, seed: int = 0, grad: bool = False) -> Tensor:
        """Draw normal numbers, the same for one seed on every device."""
        x = torch.randn(shape, generator=generator(seed))
        return self.laid(x.to(self.device, self.dtype)).requires_grad_(grad)

    def laid(self, x: Tensor) -> Tensor:
        """Lay images out as this place has them."""
        if self.channels_last and x.dim() == 4:
            return x.contiguous(memory_format=torch.channels_last)
        return x

    def settle(self, model: nn.Module) -> nn.Module:
        """Bring a model here."""
        model = model.to(self.device, self.dtype)
        if self.channels_last:
            model = model.to(memory_format=torch.channels_last)
        return model

    @property
    def name(self) -> str:
        """What the file of results is called by; nothing for a CPU in single precision."""
        layout = "channels_last" if self.channels_last else ""
        dtype = str(self.dtype).removeprefix("torch.").replace("float32", "")
        device = self.device.replace("cpu", "")
        return "-".join(filter(None, (device, dtype, layout)))

    @property
    def tolerance(self) -> float:
        """Share of the largest number by which two right answers may differ."""
        return 2e-2 if self.dtype == torch.bfloat16 else 1e-4

    def agree(self, mine: Tensor, other: Tensor, tolerance: float = 0.0) -> None:
        """Assert that both sides say the same: a wrong answer has no time."""
        bound = max(tolerance, self.tolerance) * other.abs().max().item()
        torch.testing.assert_close(mine, other, rtol=0.0, atol=bound)


def machine(place: Place) -> dict[str, str | int]:
    """State what ran: processor and card, cores, versions, the day."""
    card = torch.cuda.get_device_name() if place.device == "cuda" else ""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "device": card or place.device,
        "dtype": str(place.dtype).removeprefix("torch."),
        "layout": "channels_last" if place.channels_last else "contiguous",
        "torch": version("torch"),
        "torchvision": version("torchvision"),
        "python": platform.python_version(),
        "date": date.today().isoformat(),
    }


def _processor() -> str:
    """Name the processor's model; not every system says it in one place."""
    facts = Path("/proc/cpuinfo")
    lines = facts.read_text().splitlines() if facts.exists() else []
    named = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    return named[0] if named else platform.processor() or platform.machine()
