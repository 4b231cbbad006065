"""Gallery: the embeddings of known people, with their names.

The network is run once on each picture that is enrolled, and after that only numbers are compared.
To add a person is to add a row, to remove one is to drop it; no weight changes. A person with
several pictures is as far away as the nearest of them.

Axes:   b queries, n entries, m people, d entries of an embedding
Paper:  Schroff, Kalenichenko & Philbin 2015, "FaceNet: a unified embedding for face recognition and
        clustering"
Torch:  torch.cdist, topk; sklearn.neighbors.NearestNeighbors(algorithm="brute")
"""

import json
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["Gallery"]


class Gallery:
    """Names and embeddings, searched exactly.

    Args:
        d: entries of an embedding.

    >>> gallery = Gallery(d=2)
    >>> gallery.add("Ada", torch.tensor([[0.0, 0.0], [0.0, 1.0]]))
    >>> gallery.add("Bo", torch.tensor([[4.0, 0.0]]))
    >>> gallery.identify(torch.tensor([[0.0, 1.5], [9.0, 9.0]]), threshold=1.0)
    ['Ada', None]
    """

    def __init__(self, d: int) -> None:
        self.names: list[str] = []
        self.embeddings = torch.zeros(0, d)  # n d
        self.people = torch.zeros(0, dtype=torch.int64)  # n, places in names

    def __len__(self) -> int:
        """Count the people."""
        return len(self.names)

    def add(self, name: str, embeddings: Float[Tensor, "n d"]) -> None:
        """Enrol pictures of a person, new or known.

        Raises:
            ValueError: if there is none, they have another number of entries, or are not finite.
        """
        self._refuse(embeddings)
        if not len(embeddings):
            raise ValueError(f'"{name}" has no embedding; a person needs one')
        if name not in self.names:
            self.names.append(name)
        number = self.names.index(name)
        self.embeddings = torch.cat(
            [self.embeddings, embeddings.detach().cpu().float()]
        )
        own = torch.full((len(embeddings),), number)
        self.people = torch.cat([self.people, own])

    def remove(self, name: str) -> None:
        """Forget a person, with all embeddings.

        Raises:
            KeyError: if nobody has that name.
        """
        if name not in self.names:
            raise KeyError(f'nobody in the gallery is called "{name}"')
        number = self.names.index(name)
        kept = self.people != number
        self.names.remove(name)
        self.embeddings, people = self.embeddings[kept], self.people[kept]
        self.people = people - (people > number).long()

    def distances(self, queries: Float[Tensor, "b d"]) -> Float[Tensor, "b m"]:
        """Measure the squared distance of each query to the nearest picture of each person.

        Raises:
            ValueError: if the gallery is empty, or queries do not fit it.
        """
        self._refuse(queries)
        if not self.names:
            raise ValueError("the gallery is empty; add somebody before searching")
        # Differences, not products: a picture that is enrolled is at distance 0 of itself.
        exact = "donot_use_mm_for_euclid_dist"
        apart = torch.cdist(
            queries.detach().cpu().float(), self.embeddings, compute_mode=exact
        )
        nearest = apart.new_full((len(queries), len(self)), torch.inf)
        people = self.people.expand(len(queries), -1)
        return nearest.scatter_reduce(1, people, apart.square(), "amin")

    def search(
        self, queries: Float[Tensor, "b d"], k: int = 1
    ) -> tuple[Float[Tensor, "b k"], list[list[str]]]:
        """Give the k nearest people to each query, nearest first, those added first before others.

        Raises:
            ValueError: as :meth:`distances`, or if there are not k people.
        """
        apart = self.distances(queries)
        if not 1 <= k <= len(self):
            raise ValueError(f"k ({k}) must be between 1 and the {len(self)} people")
        nearest, order = apart.sort(dim=1, stable=True)
        names = [[self.names[n] for n in row] for row in order[:, :k].tolist()]
        return nearest[:, :k], names

    def identify(
        self, queries: Float[Tensor, "b d"], threshold: float
    ) -> list[str | None]:
        """Name the nearest person if it is at most the threshold away, else say None.

        Raises:
            ValueError: as :meth:`distances`.
        """
        nearest, names = self.search(queries)
        accepted = (nearest[:, 0] <= threshold).tolist()
        return [row[0] if ok else None for row, ok in zip(names, accepted, strict=True)]

    def save(self, path: str | Path) -> None:
        """Write names and embeddings into a safetensors file."""
        from safetensors.torch import save_file

        tensors = {"embeddings": self.embeddings.contiguous(), "people": self.people}
        save_file(tensors, path, metadata={"names": json.dumps(self.names)})

    @classmethod
    def load(cls, path: str | Path) -> "Gallery":
        """Read what :meth:`save` wrote.

        Raises:
            ValueError: if the file is not such a one.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, framework="pt") as file:
                names = json.loads((file.metadata() or {})["names"])
                embeddings, people = map(file.get_tensor, ("embeddings", "people"))
        except (SafetensorError, KeyError) as error:
            raise ValueError(f"{path} holds no gallery") from error
        gallery = cls(embeddings.shape[1])
        gallery.names, gallery.embeddings, gallery.people = names, embeddings, people
        return gallery

    def _refuse(self, embeddings: Tensor) -> None:
        d = self.embeddings.shape[1]
        if embeddings.ndim != 2 or embeddings.shape[1] != d:
            raise ValueError(
                f"embeddings of shape {tuple(embeddings.shape)} do not fit a gallery of {d} "
                f"entries; they need the shape (n, {d})"
            )
        if not embeddings.isfinite().all():
            raise ValueError("an embedding has entries that are not finite")
