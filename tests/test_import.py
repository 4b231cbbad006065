"""Import: dlcourse itself loads nothing heavy, so that starting a page stays quick."""

import json
import subprocess
import sys

PROBE = """
import json, sys
import dlcourse
import dlcourse.nn.convolution, dlcourse.training, dlcourse.data.photos
print(json.dumps(sorted(sys.modules)))
"""


def test_import_pulls_in_neither_torchvision_nor_matplotlib_nor_scikit_learn():
    run = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True
    )
    loaded = json.loads(run.stdout)
    heavy = {"torchvision", "matplotlib", "sklearn", "skimage", "papermill", "nbgrader"}
    assert not heavy & {name.split(".")[0] for name in loaded}
