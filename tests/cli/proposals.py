"""Tiny proposal networks for tests of the program."""
import json

from harness import DATA, CliTest

UPN_FOLDER = DATA.parent / "upn/tiny"
UPN = f"upn:{UPN_FOLDER}"
OMDET = DATA.parent / "omdet_turbo"
STRIP = DATA.parent / "upn/images/strip_300x30.png"  # thin, so that UPN enlarges it but little
NEEDLE = DATA.parent / "upn/images/needle_5x700.png"
SMALL = OMDET / "images/omdet_96x64.png"
LARGE = OMDET / "images/omdet_640x427.png"
WORDS = {"label_ids": [[118, 5, 6, 119], [118, 9, 119]], "task_ids": [118, 3, 4, 5, 119]}  # there is no tokenizer
EVERYTHING = ["--min-score", "0", "--nms", "0", "--max-proposals", "0"]
PNG = b"\x89PNG\r\n\x1a\n"


def boxes_of(result):
    return [entry["box"] for entry in result["boxes"]]


class ProposalTest(CliTest):
    def opn_folder(self, use=WORDS, name="opn"):
        return self.linked(name, OMDET, {"fo1_proposals.json": use})

    def linked(self, name, source, written):
        """A folder with links to the files of `source`, and files of its own."""
        folder = self.folder / name
        folder.mkdir()
        for path in source.iterdir():
            if path.name not in written:
                (folder / path.name).symlink_to(path)
        for file, content in written.items():
            (folder / file).write_text(json.dumps(content))
        return folder

    def proposed(self, image, *options):
        return json.loads(self.done("propose", "--image", image, *options, "--json", "-").stdout)
