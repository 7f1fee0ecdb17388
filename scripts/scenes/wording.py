"""How questions are worded, and how a model without regions would write boxes."""
import re

# The trained wording of each task (the library's TaskWording).
WORDING = {
    "detect": "Please detect {} in this image. Answer the question with object indexes.",
    "ground": "Please detect {} in this image. Answer the question with object indexes.",
    "count": "How many {} are there in this image? Count each instance of the target object. Locate them with object "
             "indexes and then answer the question with the number of objects.",
    "ocr": "Please provide the ocr results of {} in the image.",
    "caption": "Provide a brief description for {}.",
    "similar": "Using the provided object {} as a reference, identify all other objects of the same category in this "
               "image. Respond with object indexes.",
    "ask": "{}",
    "list": "What is in each region?",  # for training only
}
STEPS = 1000  # of each side of a picture, in written coordinates
REGION = re.compile(r"<region(\d+)>")
WRITTEN = re.compile(r"\((\d+),(\d+),(\d+),(\d+)\)")


def words_of(task, query, regions):
    named = "".join(f"<region{region}>" for region in regions)
    return WORDING[task].format(named or ", ".join(query))


def with_coordinates(text, boxes, canvas):
    """The same with boxes written out, "(102,54,230,301)" in thousandths of the picture, for each region's name."""
    def written(name):
        box = boxes[int(name[1])]
        steps = [min(int(STEPS * value / canvas[i % 2]), STEPS - 1) for i, value in enumerate(box)]
        return f"({','.join(map(str, steps))})"

    return REGION.sub(written, re.sub("</?objects>", "", text))


def read_coordinates(text, canvas):
    """The boxes that are written in a text, in pixels."""
    return [[(int(step) + 0.5) * canvas[i % 2] / STEPS for i, step in enumerate(steps)] for steps in WRITTEN.findall(text)]
