"""Callbacks, deadlines, cancel handles, Ctrl-C."""

import os
import signal
import threading
import traceback
import unittest

import fo1
from support import BOXES, LABELS, MODEL, PICTURE, Test, model


class Callbacks(Test):
    def test_tokens_are_the_text(self):
        pieces = []
        answer = self.scene().detect(LABELS, on_token=pieces.append)
        self.assertEqual("".join(pieces), answer.text)
        self.assertEqual(len(pieces), answer.tokens.generated - 1)  # the last one is the end

    def test_what_they_return(self):
        scene = self.scene()
        for reply, finish in [
            (None, "stop"),
            (True, "stop"),
            (fo1.CONTINUE, "stop"),
            (False, "cancelled"),
            (fo1.STOP, "cancelled"),
        ]:
            with self.subTest(reply):
                answer = scene.detect(LABELS, on_token=lambda text, reply=reply: reply)
                self.assertEqual(answer.finish, finish)
                self.assertEqual(answer.tokens.generated > 1, finish == "stop")
        self.raises(fo1.Cancelled, "", scene.detect, LABELS, on_token=lambda text: fo1.CANCEL)
        with self.assertRaisesRegex(TypeError, "a callback returns None, True, False, .* got 1"):
            scene.detect(LABELS, on_token=lambda text: 1)

    def test_progress(self):
        stages, calls = [], []

        def note(stage, done, total):
            stages.append(stage)
            calls.append((done, total))

        with fo1.Model.load(MODEL, on_progress=note) as loaded:
            self.assertEqual(set(stages), {"load"})
            with loaded.scene(PICTURE, BOXES, on_progress=note) as scene:
                scene.detect(LABELS, on_progress=note)
        self.assertLessEqual({"encode_primary", "encode_auxiliary", "prefill", "generate"}, set(stages))
        self.assertTrue(all(done >= 0 and (total == 0 or done <= total) for done, total in calls))
        self.raises(fo1.Cancelled, "", fo1.Model.load, MODEL, on_progress=lambda *_: fo1.CANCEL)

    def test_exceptions_come_out(self):
        scene = self.scene()

        def fail_in_callback(*_):
            raise KeyError("mine")

        for limits in ({"on_token": fail_in_callback}, {"on_progress": fail_in_callback}):
            with self.subTest(limits):
                try:
                    scene.detect(LABELS, **limits)
                    self.fail("nothing was raised")
                except KeyError as error:
                    self.assertIn("fail_in_callback", "".join(traceback.format_tb(error.__traceback__)))
                    self.assertIsNone(error.__context__)
        self.assertEqual(scene.detect(LABELS).finish, "stop")  # it is usable as before
        with self.assertRaises(SystemExit):
            scene.detect(LABELS, on_token=lambda text: exit(3))
        with self.assertRaises(KeyError):
            model().scene(PICTURE, BOXES, on_progress=fail_in_callback)

    def test_a_callback_may_use_other_objects(self):
        inner = []
        other = self.scene()

        def ask_other(text):
            if not inner:
                inner.append(other.detect(LABELS, on_token=lambda text: None).text)

        self.assertEqual(self.scene().detect(LABELS, on_token=ask_other).text, inner[0])

    def test_its_own_scene_is_busy(self):
        scene = self.scene()
        self.raises(
            fo1.InvalidArgument,
            "in use by another call",
            scene.detect,
            LABELS,
            on_token=lambda text: scene.detect(LABELS),
        )


class Ends(Test):
    def test_deadline(self):
        scene = self.scene()
        late = self.raises(fo1.Deadline, "deadline", scene.detect, LABELS, deadline=0)
        self.assertIsInstance(late, TimeoutError)
        self.assertEqual(scene.detect(LABELS, deadline=600).finish, "stop")
        self.raises(fo1.Deadline, "deadline", model().scene, PICTURE, BOXES, deadline=1e-6)
        self.raises(fo1.InvalidArgument, "expected seconds >= 0, got -1", scene.detect, LABELS, deadline=-1)

    def test_cancelled_before(self):
        with fo1.CancelHandle() as cancel:
            self.assertFalse(cancel.triggered)
            cancel.trigger()
            cancel.trigger()
            self.assertTrue(cancel.triggered)
            self.raises(fo1.Cancelled, "", self.scene().detect, LABELS, cancel=cancel)
            self.raises(fo1.Cancelled, "", fo1.Model.load, MODEL, cancel=cancel)

    def test_cancelled_from_another_thread(self):
        cancel, started, cancelled = fo1.CancelHandle(), threading.Event(), threading.Event()
        scene, answers = self.scene(), []

        def wait(text):
            started.set()
            cancelled.wait(60)

        thread = threading.Thread(target=lambda: answers.append(scene.detect(LABELS, cancel=cancel, on_token=wait)))
        thread.start()
        self.assertTrue(started.wait(60))
        cancel.trigger()
        cancelled.set()
        thread.join()
        self.assertEqual((answers[0].finish, answers[0].tokens.generated), ("cancelled", 1))

    def test_memory_limit(self):
        short = self.raises(fo1.OutOfMemory, "the limit is 1", fo1.Model.load, MODEL, memory_limit=1)
        self.assertIsInstance(short, MemoryError)


class Interrupts(Test):
    """Ctrl-C. The signal comes from another thread while the main thread is inside the library."""

    def interrupted(self, call):
        """Sends the signal once `call` has made progress; how often it made progress afterwards."""
        inside, sent, after = threading.Event(), threading.Event(), []

        def send():
            inside.wait(60)
            os.kill(os.getpid(), signal.SIGINT)
            sent.set()

        def note(stage, done, total):
            if sent.is_set():
                after.append(stage)
            inside.set()

        handler = signal.getsignal(signal.SIGINT)
        thread = threading.Thread(target=send)
        thread.start()
        try:
            with self.assertRaises(KeyboardInterrupt):
                call(note)
        finally:
            thread.join()
        self.assertIs(signal.getsignal(signal.SIGINT), handler)
        return len(after)

    def test_a_call_ends_at_once(self):
        scene = self.scene()
        calls = []
        scene.detect(LABELS, on_progress=lambda *_: calls.append(1))
        for _ in range(5):
            self.assertLess(self.interrupted(lambda note: scene.detect(LABELS, on_progress=note)), len(calls) // 2)
        self.assertLess(self.interrupted(lambda note: scene.detect(LABELS, on_token=lambda text: note("", 0, 0))), 9)
        self.assertEqual(scene.detect(LABELS).finish, "stop")

    def test_an_alarm(self):
        def fail(number, frame):
            raise TimeoutError("mine")

        before = signal.signal(signal.SIGALRM, fail)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        scene = self.scene()
        signal.setitimer(signal.ITIMER_REAL, 0.03)
        with self.assertRaisesRegex(TimeoutError, "mine"):
            for _ in range(100):
                scene.detect(LABELS)
        self.assertIs(signal.getsignal(signal.SIGALRM), fail)

    def test_a_handler_of_ones_own(self):
        seen = []
        before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
        self.addCleanup(signal.signal, signal.SIGINT, before)
        answer = self.scene().detect(LABELS, on_token=lambda text: seen and None or os.kill(os.getpid(), signal.SIGINT))
        self.assertEqual((answer.finish, set(seen)), ("stop", {signal.SIGINT}))


if __name__ == "__main__":
    unittest.main()
