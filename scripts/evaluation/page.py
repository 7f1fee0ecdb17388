"""worst.html: the worst answers with their pictures, in one file that needs no other."""
import base64
import html
import io

from PIL import Image, ImageDraw

RIGHT, GIVEN, NAMED = "#1a9641", "#d7191c", "#2b6cff"  # of boxes
LONGER_SIDE = 480  # pixels of a picture on the page

HEAD = f"""<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Worst answers</title>
<style>
body {{ font: 14px/1.4 sans-serif; margin: 1.5em; }}
section {{ display: flex; flex-wrap: wrap; gap: 1em; align-items: flex-start; }}
figure {{ margin: 0; padding: .6em; width: {LONGER_SIDE}px; border: 1px solid #ccc; overflow-wrap: anywhere; }}
dl {{ display: grid; grid-template-columns: max-content 1fr; gap: 0 .8em; margin: .4em 0 0; }}
dt {{ color: #666; }} dd {{ margin: 0; white-space: pre-wrap; }}
</style>
<h1>Worst answers</h1>
<p>Boxes: <b style="color:{RIGHT}">right</b>, <b style="color:{GIVEN}">answered</b>,
<b style="color:{NAMED}">named in the question</b>.</p>
"""


def draw(pair):
    """The picture with its boxes, or None where it cannot be read."""
    try:
        picture = Image.open(pair.question.request["image"]).convert("RGB")
    except OSError:
        return None
    scale = LONGER_SIDE / max(picture.size)
    picture = picture.resize([max(1, round(side * scale)) for side in picture.size])
    pen = ImageDraw.Draw(picture)
    for colour, width, boxes in ((RIGHT, 4, right_boxes(pair)), (GIVEN, 2, pair.answer.boxes()),
                                 (NAMED, 2, named_boxes(pair))):
        for box in boxes:
            x1, y1, x2, y2 = (side * scale for side in box)
            pen.rectangle([x1, y1, max(x1, x2), max(y1, y2)], outline=colour, width=width)
    return picture


def named_boxes(pair):
    request = pair.question.request
    boxes = request.get("boxes", [])
    return [boxes[region] for region in request.get("regions", []) if region < len(boxes)]


def right_boxes(pair):
    return pair.question.right.boxes()


def data_url(picture):
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(file.getvalue()).decode()


def question_words(pair):
    request = pair.question.request
    regions = ", ".join(f"region {region}" for region in request.get("regions", []))
    return f"{request['task']}: {', '.join(pair.question.asked) or regions}"


def right_words(right):
    if right.text is not None:
        return right.text
    if right.count is not None:
        return str(right.count)
    labels = {label: len(right.boxes(label)) for label in sorted({thing.label for thing in right.things})}
    return ", ".join(f"{number} x {label}" for label, number in labels.items()) or "nothing"


def figure(wrongness, pair):
    picture = draw(pair)
    shown = f'<img alt="" src="{data_url(picture)}">' if picture else "(the picture cannot be read)"
    lines = {"id": pair.question.id, "question": question_words(pair), "right": right_words(pair.question.right),
             "answered": pair.answer.raw, "wrong by": f"{wrongness:.3g}"}
    entries = "".join(f"<dt>{name}</dt><dd>{html.escape(str(value))}</dd>" for name, value in lines.items())
    return f"<figure>{shown}<dl>{entries}</dl></figure>\n"


def write(path, worst):
    """`worst`: kind -> list of (how wrong, Asked)."""
    sections = [f"<h2>{kind}</h2>\n<section>\n{''.join(figure(*entry) for entry in entries)}</section>\n"
                for kind, entries in worst.items()]
    path.write_text(HEAD + ("".join(sections) or "<p>No answer is wrong.</p>\n") + "</html>\n", encoding="utf-8")
