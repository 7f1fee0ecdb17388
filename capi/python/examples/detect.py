"""What is where in a picture.

python detect.py MODEL_FOLDER IMAGE BOXES.json LABEL...
"""

import sys
from pathlib import Path

import fo1

folder, image, boxes, *labels = sys.argv[1:]
regions = fo1.Regions.from_json(Path(boxes).read_text())
with fo1.Model.load(folder) as model:  # once
    with model.scene(image, regions) as scene:  # encoded once, asked often
        for found in scene.detect(labels).detections:
            x1, y1, x2, y2 = found.box
            print(f"{found.label} at {x1:.0f},{y1:.0f} - {x2:.0f},{y2:.0f} score {found.score:.3f}")
