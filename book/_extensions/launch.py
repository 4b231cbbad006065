"""Launch: links that open a chapter's notebook on a service, all made from one setting.

    launch:
      repository: https://github.com/owner/name   # where the project is; empty: no link anywhere
      branch: main                                # of it, to install the package from
      notebooks: notebooks                        # the branch that holds the built notebooks
      binder: https://mybinder.org
      colab: https://colab.research.google.com
      jupyterhub: https://hub.example.org         # with nbgitpuller

A service whose address is empty has no link. Services open files of a repository and not of a site,
and none of them reads MyST as a notebook in the way the theme's own links suppose; so the folder
``notebooks`` of the built book is published as a branch, with what Binder has to install beside it.
On mybinder.org a page can also be run in place: the script for it comes from elsewhere, and is
asked for by the reader's click alone.
"""

from pathlib import Path
from urllib.parse import quote, urlencode

from docutils import nodes
from notebooks import FOLDER, is_chapter, package
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

UNSET = {
    "repository": "",
    "branch": "main",
    "notebooks": "notebooks",
    "binder": "",
    "colab": "",
    "jupyterhub": "",
}
SERVICES = ("binder", "colab", "jupyterhub")
GITHUB = "https://github.com/"
THEBE = "https://mybinder.org"
"""The one Binder that sphinx-thebe knows."""

LOGOS = {"Binder": "binder.svg", "Colab": "colab.png", "JupyterHub": "jupyterhub.svg"}

REQUIREMENTS = """\
# What Binder installs; the wheels for processors, since it has no GPU.
--extra-index-url https://download.pytorch.org/whl/cpu
{package}
myst-nb
"""


def read(app: Sphinx, config: Config) -> None:
    """Complete the setting, and refuse one that no link can be made from."""
    unknown = sorted(set(config.launch) - set(UNSET))
    if unknown:
        raise ConfigError(f"launch: there is no setting {unknown[0]!r}")
    launch = {**UNSET, **config.launch}
    config.launch = {name: value.rstrip("/") for name, value in launch.items()}
    wanted = [service for service in SERVICES if config.launch[service]]
    if wanted and not config.launch["repository"].startswith(GITHUB):
        raise ConfigError(f"launch: {wanted[0]} needs a repository at {GITHUB}")
    if config.launch["binder"] == THEBE:
        app.setup_extension("sphinx_thebe")
        config.thebe_config = {
            "repository_url": config.launch["repository"],
            "repository_branch": config.launch["notebooks"],
        }


def addresses(launch: dict[str, str], page: str) -> dict[str, str]:
    """Write the address at which each service opens a page's notebook."""
    project = launch["repository"].removeprefix(GITHUB)
    branch, path = launch["notebooks"], f"{page}.ipynb"
    pull = {
        "repo": launch["repository"],
        "branch": branch,
        "urlpath": f"lab/tree/{project.split('/')[-1]}/{path}",
    }
    paths = {
        "Binder": f"/v2/gh/{project}/{quote(branch, '')}?urlpath=lab/tree/{path}",
        "Colab": f"/github/{project}/blob/{branch}/{path}",
        "JupyterHub": f"/hub/user-redirect/git-pull?{urlencode(pull)}",
    }
    known = {name: launch[name.lower()] for name in paths}
    return {name: known[name] + paths[name] for name in paths if known[name]}


def declared_once(scripts: list) -> list:
    """Leave out a second copy of a script: Sphinx keeps two of sphinx-thebe's, which then fails."""
    return list(
        {script.attributes.get("body", script): script for script in scripts}.values()
    )


def offer(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document
) -> None:
    """Put a chapter's links among the buttons at its top."""
    launch = app.config.launch
    if launch["binder"] == THEBE:
        context["script_files"][:] = declared_once(context["script_files"])
    if not is_chapter(app, doctree):
        return
    buttons = [
        {
            "type": "link",
            "url": url,
            "text": name,
            "tooltip": f"Run this page on {name}",
            "icon": f"_static/images/logo_{LOGOS[name]}",
        }
        for name, url in addresses(launch, page).items()
    ]
    if launch["binder"] == THEBE:
        buttons.append(
            {
                "type": "javascript",
                "javascript": "initThebeSBT()",
                "text": "In this page",
                "tooltip": "Run it in place, by a script from unpkg.com and Binder",
                "icon": "fas fa-play",
                "label": "launch-thebe",
            }
        )
    if buttons:
        group = {
            "type": "group",
            "buttons": buttons,
            "tooltip": "Run this page",
            "icon": "fas fa-rocket",
            "label": "launch-buttons",
        }
        context["header_buttons"].insert(0, group)


def publishable(app: Sphinx, exception: Exception | None) -> None:
    """Write what Binder installs beside the notebooks."""
    folder = Path(app.outdir, FOLDER)
    if exception is None and package(app) and folder.is_dir():
        text = REQUIREMENTS.format(package=package(app))
        (folder / "requirements.txt").write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Register the setting and what makes links of it."""
    app.add_config_value("launch", {}, "html")
    app.setup_extension("notebooks")
    app.connect("config-inited", read)
    app.connect("html-page-context", offer, priority=520)
    app.connect("build-finished", publishable)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
