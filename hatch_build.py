"""What a package index shows of the project: the README with links that lead somewhere, and the addresses to go to.

Where the repository is published is said once, in `pyproject.toml`:

    [tool.hatch.metadata.hooks.custom]
    address = "https://example.org/owner/teleprocedures"

With an address, the links of the README lead to that release's files there. Without one, parts that are made of links
are left out, other links become plain text, and a picture becomes the text that stands beside it. So a package never
has a dead link. A diagram, which no index draws, becomes its description.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK: Final = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
LINKS: Final = re.compile(r"<!-- links -->\n(?P<inside>.*?)<!-- end of links -->\n", re.DOTALL)
DIAGRAM: Final = re.compile(r"^```mermaid\n.*?^ *accDescr: (?P<said>[^\n]+)\n.*?^```$", re.MULTILINE | re.DOTALL)
BLOCK: Final = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
VERSION: Final = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def packaged(readme: str, root: Path, address: str, version: str) -> str:
    """The README as a package has it: each link to a file of the project is absolute, or is no link."""

    def replaced(link: re.Match[str]) -> str:
        target = link["target"]
        if "://" in target or target.startswith("#"):
            return link[0]
        if address:
            way = "raw" if link["picture"] else "blob"
            return f"{link['picture']}[{link['text']}]({address}/{way}/v{version}/{target})"
        if not link["picture"]:
            return link["text"]
        return f"```text\n{(root / target).with_suffix('.txt').read_text('utf-8').rstrip()}\n```"

    readme = DIAGRAM.sub(r"\g<said>", LINKS.sub(r"\g<inside>" if address else "", readme))
    # What stands in a block of code is no link.
    end, parts = 0, []
    for block in BLOCK.finditer(readme):
        parts += [LINK.sub(replaced, readme[end : block.start()]), block[0]]
        end = block.end()
    return "".join((*parts, LINK.sub(replaced, readme[end:])))


def urls(address: str, version: str) -> dict[str, str]:
    """The addresses that an index shows beside the README."""
    files = f"{address}/blob/v{version}"
    return {
        "Homepage": address,
        "Documentation": f"{files}/docs/index.md",
        "Changelog": f"{files}/CHANGELOG.md",
        "Issues": f"{address}/issues",
    }


class CustomMetadataHook(MetadataHookInterface):
    """Gives the build its README and its addresses."""

    def update(self, metadata: dict[str, object]) -> None:
        """Set both, from the address that is configured."""
        config: Mapping[str, str] = self.config
        root, address = Path(self.root), config["address"].rstrip("/")
        found = VERSION.search((root / "src/teleprocedures/__init__.py").read_text("utf-8"))
        assert found, "the version is in one place"
        text = packaged((root / "README.md").read_text("utf-8"), root, address, found[1])
        metadata["readme"] = {"content-type": "text/markdown", "text": text}
        if address:
            metadata["urls"] = urls(address, found[1])
