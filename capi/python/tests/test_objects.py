"""Life and death of objects, and their use from several threads."""

import gc
import threading
import time
import unittest

import fo1
from fo1._library import lib
from support import BOXES, LABELS, MODEL, PICTURE, PROGRAM, Test, from_program, model, run_python


class Lives(Test):
    def test_context_managers(self):
        with fo1.Model.load(MODEL) as loaded, loaded.scene(PICTURE, BOXES) as scene:
            self.assertFalse(loaded.closed or scene.closed)
            answer = scene.detect(LABELS)
        self.assertTrue(loaded.closed and scene.closed)
        self.assertGreater(len(answer.boxes), 2)
        self.assertEqual(repr(loaded), "Model(closed)")

    def test_use_after_close(self):
        scene, image, regions = self.scene(), fo1.Image.load(PICTURE), fo1.Regions(BOXES)
        tokenizer, report = fo1.Tokenizer.load(MODEL), fo1.inspect(MODEL)
        proposer, cancel = fo1.Proposer.from_function("x", lambda pixels, labels: []), fo1.CancelHandle()
        for thing, use in [
            (scene, lambda: scene.detect(LABELS)),
            (image, lambda: image.width),
            (regions, lambda: regions.source),
            (tokenizer, lambda: tokenizer.encode("x")),
            (report, lambda: report.json),
            (proposer, lambda: proposer.propose(PICTURE)),
            (cancel, lambda: cancel.trigger()),
        ]:
            use()
            thing.close()
            thing.close()
            self.raises(fo1.InvalidArgument, f"{type(thing).__name__}: used after close()", use)

    def test_in_any_order(self):
        loaded = fo1.Model.load(MODEL)
        scene = loaded.scene(PICTURE, BOXES)
        loaded.close()
        self.assertEqual(scene.detect(LABELS).finish, "stop")

    def test_closed_while_in_use(self):
        scene = self.scene()
        self.assertEqual(scene.detect(LABELS, on_token=lambda text: scene.close()).finish, "stop")
        self.assertTrue(scene.closed)

    def test_the_last_reference_frees(self):
        image = fo1.Image.load(PICTURE)
        handle = image._handle
        self.assertEqual(lib.fo1_image_width(handle), 256)
        del image
        gc.collect()
        self.assertEqual(lib.fo1_image_width(handle), 0)

    def test_the_end_of_a_process(self):
        code = f"""
import threading, fo1
model = fo1.Model.load({str(MODEL)!r})
scene = model.scene({str(PICTURE)!r}, {BOXES!r})
fo1.set_log("debug", lambda level, text: None)
class Keeper:
    scene = scene
    def __del__(self): self.scene.close()
keeper = Keeper()
keeper.cycle = keeper
threading.Thread(target=lambda: [scene.detect("red circle") for _ in range(50)], daemon=True).start()
"""
        result = run_python(code)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


class Threads(Test):
    def run_all(self, work, count):
        results, threads = [None] * count, []
        for index in range(count):

            def store(index=index):
                results[index] = work(index)

            threads.append(threading.Thread(target=store))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_a_scene_each(self):
        expected = {label: self.scene().detect(label).text for label in LABELS}
        shared = fo1.Regions(BOXES)

        def ask(index):
            label = LABELS[index % 3]
            pieces = []
            with model().scene(PICTURE, shared) as scene:
                answer = scene.detect(label, on_token=pieces.append)
            return label, answer.text, "".join(pieces)

        for label, text, streamed in self.run_all(ask, 6):
            self.assertEqual((text, streamed), (expected[label],) * 2)

    def test_errors_stay_in_their_thread(self):
        def fail(index):
            try:
                fo1.Image.load(f"gone{index}.png")
            except fo1.NotFound as error:
                return str(error)

        for _ in range(20):
            for index, text in enumerate(self.run_all(fail, 8)):
                self.assertIn(f"gone{index}.png", text)

    def test_python_runs_meanwhile(self):
        scene, started = self.scene(), threading.Event()
        thread = threading.Thread(target=lambda: (started.set(), scene.detect(LABELS)))
        thread.start()
        started.wait()
        turns = 0
        while thread.is_alive():
            turns += 1
            time.sleep(0.001)
        self.assertGreater(turns, 20)

    def test_one_scene_for_two_is_refused(self):
        scene, inside, done = self.scene(), threading.Event(), threading.Event()

        def wait(text):
            inside.set()
            done.wait(60)

        thread = threading.Thread(target=lambda: scene.detect(LABELS, on_token=wait))
        thread.start()
        self.assertTrue(inside.wait(60))
        try:
            self.raises(fo1.InvalidArgument, "one thread at a time", scene.detect, LABELS)
        finally:
            done.set()
            thread.join()


class Others(Test):
    """Tokenizers, reports, the log, models."""

    def test_tokenizer(self):
        with fo1.Tokenizer.load(MODEL) as tokenizer:
            ids = tokenizer.encode("A rød fox 狐<|im_end|>")
            self.assertEqual(tokenizer.decode(ids), "A rød fox 狐<|im_end|>")
            self.assertEqual(tokenizer.decode(ids, skip_special=True), "A rød fox 狐")
            self.assertEqual((tokenizer.encode(""), tokenizer.decode([])), ([], ""))
        self.raises(fo1.NotFound, "", fo1.Tokenizer.load, self.folder)

    @unittest.skipUnless(PROGRAM, "FO1_PROGRAM names no program")
    def test_inspect(self):
        with fo1.inspect(MODEL) as report:
            self.assertEqual(report.to_dict(), from_program("inspect", MODEL))
            self.assertEqual((report.problems, report.sound), ((), True))
            self.assertGreater(report.memory(), report.memory("bfloat16"))
            self.assertEqual(report.memory("int8"), 0)

    def test_self_check(self):
        folder = self.folder / "model"
        folder.mkdir()
        for file in MODEL.iterdir():
            if file.name != "model-00001-of-00002.safetensors":
                (folder / file.name).symlink_to(file)
        self.assertTrue(fo1.self_check(MODEL).sound)
        (problem,) = fo1.self_check(folder).problems
        self.assertIn("model-00001", problem)
        self.raises(fo1.NotFound, "nowhere", fo1.self_check, self.folder / "nowhere")
        self.raises(fo1.Unsupported, "cuda:77", fo1.self_check, MODEL, device="cuda:77")

    def test_log(self):
        messages = []
        self.addCleanup(fo1.set_log, "off")
        fo1.set_log("debug", lambda level, text: messages.append((level, text)))
        fo1.Model.load(MODEL).close()
        self.assertTrue(messages)
        with self.assertLogs("fo1", "DEBUG") as logged:
            fo1.log_to_logging("debug")
            fo1.Model.load(MODEL).close()
        self.assertEqual([record.getMessage() for record in logged.records], [text for _, text in messages])
        fo1.set_log("off")
        with self.assertNoLogs("fo1", "DEBUG") if hasattr(self, "assertNoLogs") else self.subTest():
            fo1.Model.load(MODEL).close()
        self.raises(fo1.InvalidArgument, "level: expected one of off, error", fo1.set_log, "loud")

    def test_model(self):
        self.assertEqual((model().folder, model().has_regions, model().region_limit), (str(MODEL), True, 100))
        self.assertIsNone(model().proposer)
        self.assertRegex(fo1.version(), r"^\d+\.\d+\.\d+$")
        self.raises(fo1.NotFound, "nowhere", fo1.Model.load, "nowhere")
        self.raises(fo1.InvalidArgument, "float7", fo1.Model.load, MODEL, dtype="float7")
        with fo1.Model.load(MODEL, dtype="bfloat16", threads=1) as half, half.scene(PICTURE, BOXES) as scene:
            self.assertTrue(scene.detect(LABELS, max_new_tokens=5).text)


if __name__ == "__main__":
    unittest.main()
