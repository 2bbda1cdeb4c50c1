"""The demo: run the main job on the sample articles, and show what came of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
COPYDESK = [sys.executable, "-m", "flows.cli"]
QUERY = (
    "SELECT site, published_on AS day, language AS lang, left(title, 48) AS title, text_words "
    "FROM articles ORDER BY site NULLS LAST, published_on, title"
)


def main(home: str) -> int:
    """Run `copydesk run` on the samples, then show articles, refusals and counts."""

    def copydesk(*words: str) -> int:
        print(f"\n$ copydesk {' '.join(words)}", flush=True)
        return subprocess.call([*COPYDESK, "--home", home, *words])

    code = copydesk("run", str((HERE / "articles").relative_to(Path.cwd())))
    copydesk("sql", QUERY)
    copydesk("quarantine", "list")
    copydesk("batches")
    copydesk("report", "--no-open")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
