"""What a training is: one JSON file. Every step of it is skipped or gone on with where its results are there."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
WARMUP_STEPS, BATCH = 100, 8  # fo1-train's own


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        sys.exit(f"{path}: {error.strerror}")
    except ValueError as error:
        sys.exit(f"{path}: {error}")


def require(value, keys, path, place=""):
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            sys.exit(f"{path}: {place}expected \"{key}\"")


def scenes_of(stage):
    """What a stage draws for itself: one set of scenes or a list of them; none where it has the common ones."""
    own = stage.get("scenes", [])
    return own if isinstance(own, list) else [own]


def with_scenes(stage, change):
    """The same stage, what it draws for itself changed."""
    return {**stage, "scenes": [change(own) for own in scenes_of(stage)]} if "scenes" in stage else stage


def read(path):
    """A recipe, the descriptions that it names in their places."""
    recipe = read_json(path)
    require(recipe, ("model", "vocabulary", "scenes", "common", "stages"), path)
    require(recipe["scenes"], ("scenes",), path, "scenes: ")
    for number, stage in enumerate(recipe["stages"]):
        require(stage, ("stage", "steps"), path, f"stages[{number}]: ")
        for scenes in scenes_of(stage):
            require(scenes, ("scenes", "seed"), path, f"stages[{number}]: scenes: ")
            if scenes.get("proposals"):
                require(recipe, ("proposals",), path)
    recipe["model"] = read_json(path.parent / recipe["model"])
    if "proposals" in recipe:
        require(recipe["proposals"], ("model", "stage"), path, "proposals: ")
        require(recipe["proposals"]["stage"], ("steps",), path, "proposals: stage: ")
        recipe["proposals"]["model"] = read_json(path.parent / recipe["proposals"]["model"])
    return recipe


def shortened(recipe, factor):
    """The same with fewer scenes and steps; warm-ups keep their share."""
    def fewer(scenes):
        return {**scenes, "scenes": max(int(scenes["scenes"] * factor), 1)}

    def shorter(stage):
        steps = {"warmup_steps": WARMUP_STEPS, **stage}
        return {**with_scenes(stage, fewer), **{key: max(int(steps[key] * factor), 1) for key in ("steps", "warmup_steps")}}

    result = {**recipe, "scenes": fewer(recipe["scenes"]), "stages": [shorter(stage) for stage in recipe["stages"]]}
    if "proposals" in recipe:
        result["proposals"] = {**recipe["proposals"], "stage": shorter(recipe["proposals"]["stage"])}
    return result


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def run(command):
    print("+", *command, flush=True)
    try:
        status = subprocess.run([str(word) for word in command], check=False).returncode
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}; build it (scripts/setup) or name it with an option")
    if status != 0:
        sys.exit(f"{pathlib.Path(command[0]).name} ended with status {status}; the same command goes on")


def require_same(written, settings, folder, ignore=()):
    """What was made with other settings is neither used nor overwritten."""
    def counting(value):
        return {key: value[key] for key in value if key not in ignore} if isinstance(value, dict) else value
    if written.exists() and counting(read_json(written)) != counting(settings):
        sys.exit(f"{folder} was made with other settings ({written}): remove both, or name another --out")


def make_once(folder, settings, make):
    """Has `make` fill the folder, if it is not complete; `settings` is what decides about its content."""
    written = folder.parent / f"{folder.name}.made.json"
    require_same(written, settings, folder)
    if not written.exists():
        make()
        write(written, settings)


def draw_scenes(scenes, folder):
    """`scenes`: options of scripts/make_scenes; those that are true take no value."""
    options = [str(word) for key, value in scenes.items() for word in (f"--{key}", value) if word is not True]
    jobs = ["--jobs", os.cpu_count() or 1]
    make_once(folder, options, lambda: run([sys.executable, ROOT / "scripts/make_scenes", "--out", folder, *options, *jobs]))


def new_model(description, vocabulary, data, folder):
    described = folder.parent / f"{folder.name}.described.json"
    write(described, description)
    options = ["--data", data, "--out", folder, "--vocabulary", vocabulary]
    make_once(folder, [description, *map(str, options)],
              lambda: run([sys.executable, ROOT / "scripts/make_model", described, *options]))


class Trainer:
    """Runs fo1-train; what holds for all stages."""

    def __init__(self, program, common, threads):
        self.program, self.common, self.threads = program, common, threads

    def train(self, stage, folder, data, **places):
        """A stage into a folder; a run that is complete ends at once."""
        settings = folder.parent / f"{folder.name}.json"
        data = [str(each.resolve()) for each in data]
        places = {key: str(pathlib.Path(value).resolve()) for key, value in places.items() if value}
        todo = {**self.common, **stage, **places, "data": data, "out": str(folder.resolve())}
        require_same(settings, todo, folder, ignore=("device", "loaders"))
        write(settings, todo)
        run([self.program, settings, *(["--threads", self.threads] if self.threads else [])])

    def train_all(self, stages, model, data, root, last=None, proposals=None):
        """The stages one after another, each going on from the one before, the first from `last`; -> the last's folder.
        A stage that says what its `scenes` are has its own, beside `data`, told apart by their seeds; with "proposals",
        what the network in the folder `proposals` finds is offered in them."""
        for number, stage in enumerate(stages, 2 if last else 1):
            folder = root / f"{number}-{stage['stage']}"
            settings = {key: value for key, value in stage.items() if key != "scenes"}
            drawn = [data.with_name(f"{data.name}-{own['seed']}") for own in scenes_of(stage)]
            for own, scenes in zip(scenes_of(stage), drawn):
                draw_scenes({**own, "proposals": str(proposals)} if own.get("proposals") else own, scenes)
            self.train(settings, folder, drawn or [data], model=model, weights=last)
            last = folder
        return last


def add_options(parser):
    parser.add_argument("recipe", type=pathlib.Path)
    parser.add_argument("--out", required=True, type=pathlib.Path, help="folder of everything that is made")
    parser.add_argument("--device", default="cpu", help="of fo1-train: cpu (default), cuda")
    parser.add_argument("--threads", default=0, type=int, help="CPU threads of the programs; 0 (default): all")
    parser.add_argument("--factor", default=1.0, type=float, help="take this part of all scenes and steps")
    parser.add_argument("--fo1-train", default=ROOT / "build/release/bin/fo1-train", type=pathlib.Path, metavar="FILE")


def copy_model(trained, folder, without=()):
    """What a model folder needs, without what a run needs to go on."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in trained.iterdir():
        if file.is_file() and file.name not in ("state.safetensors", "metrics.jsonl", "loss.png", *without):
            shutil.copy(file, folder / file.name)
