"""Has `fo1 batch` answer the questions, in one run or two."""
import json
import subprocess

from .files import InputError


class ProgramError(Exception):
    """`fo1` could not be run, or did not come to its end."""


def parts(questions, proposers):
    """Name of a part -> its questions.

    Chosen proposal networks would add their boxes to those that a request brings, so such requests run apart.
    """
    if not proposers:
        return {"": questions}
    own = [question for question in questions if "boxes" not in question.request]
    given = [question for question in questions if "boxes" in question.request]
    return {name: part for name, part in (("-own", own), ("-given", given)) if part}


def write_requests(path, questions, resume):
    text = "".join(json.dumps(question.request) + "\n" for question in questions)
    if resume and path.exists() and path.read_text(encoding="utf-8") != text:
        raise InputError(f"{path}: has other questions than these; choose another --out to start anew")
    path.write_text(text, encoding="utf-8")


def run(command):
    try:
        status = subprocess.run(command, check=False).returncode
    except OSError as error:
        raise ProgramError(f"{command[0]}: {error.strerror}; build it (scripts/setup) or name it with --fo1") from error
    if status != 0:
        raise ProgramError(f"fo1 batch ended with status {status}; --resume continues")


def answer(questions, out, choice):
    """The files of answers below `out`. `choice`: fo1, model, proposers (options), more (options), resume."""
    answered = []
    for name, part in parts(questions, choice.proposers).items():
        requests, answers = out / f"requests{name}.jsonl", out / f"answers{name}.jsonl"
        if answers.exists() and not choice.resume:
            raise InputError(f"{answers}: is there already; --resume continues, --answers measures it")
        write_requests(requests, part, choice.resume)
        proposers = [] if name == "-given" else choice.proposers
        run([str(choice.fo1), "batch", "--model", str(choice.model), "--requests", str(requests), "--out", str(answers),
             *(["--resume"] if choice.resume else []), *proposers, *choice.more])
        answered.append(answers)
    return answered
