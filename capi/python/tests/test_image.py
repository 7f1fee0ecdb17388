"""Pictures from arrays of all kinds, files and bytes."""

import unittest

import numpy as np

import fo1
from fo1.image import pixels_of
from support import PICTURE, Test


def picture(height=12, width=8, channels=3):
    return np.random.default_rng(1).integers(0, 256, (height, width, channels), dtype=np.uint8)


class FromArrays(Test):
    def gives(self, expected, *arguments, **options):
        np.testing.assert_array_equal(fo1.Image.of(*arguments, **options).to_numpy(), expected)

    def test_formats(self):
        rgb = picture()
        alpha = np.full((12, 8, 1), 9, np.uint8)
        self.gives(rgb, rgb)
        self.gives(rgb, rgb, "rgb")
        self.gives(rgb, np.ascontiguousarray(rgb[..., ::-1]), "bgr")
        self.gives(rgb, np.concatenate([rgb, alpha], 2))
        self.gives(rgb, np.concatenate([rgb[..., ::-1], alpha], 2), pixel_format="bgra")
        grey = rgb[..., 0].copy()
        self.gives(np.dstack([grey] * 3), grey)
        self.gives(np.dstack([grey] * 3), grey[..., np.newaxis], "grey")

    def test_nv12(self):
        frame = np.full((18, 8), 128, np.uint8)
        frame[:12] = 81
        frame[12:] = np.tile(np.array([90, 240], np.uint8), 4)  # BT.601: pure red
        red = fo1.Image.of(frame, "nv12").to_numpy()
        self.assertEqual(red.shape, (12, 8, 3))
        self.assertLess(np.abs(red.astype(int) - [254, 0, 0]).max(), 3)
        self.gives(red, (frame[:12], frame[12:]), "nv12")
        self.gives(red, (frame[:12], frame[12:].reshape(6, 4, 2)), "nv12")
        wide = np.zeros((18, 32), np.uint8)
        wide[:, :8] = frame
        self.gives(red, wide[:, :8], "nv12")
        self.gives(red, (wide[:12, :8], np.ascontiguousarray(frame[12:])), "nv12")

    def test_rows_apart_are_not_copied(self):
        frame, grey = picture(), picture(channels=1)[..., 0]
        for view in (frame, frame[::2], frame[3:9], frame[:, 2:5], frame[1:, :7], frame[4:5], frame[:, :1], grey[::3]):
            given, _ = pixels_of(view, None)
            self.assertEqual(given.data, view.ctypes.data)
            self.gives(view if view.ndim == 3 else np.dstack([view] * 3), view)

    def test_pixels_apart_are_packed_first(self):
        frame = picture()
        for view in (frame[:, ::2], frame[:, ::-1], frame[::-1], frame[..., ::-1], frame.transpose(1, 0, 2)):
            given, _ = pixels_of(view, None)
            self.assertNotEqual(given.data, view.ctypes.data)
            self.gives(view, view)
        self.gives(np.broadcast_to(frame[0], frame.shape), np.broadcast_to(frame[0], frame.shape))

    def test_the_pixels_are_the_images_own(self):
        frame = picture()
        image = fo1.Image.of(frame)
        before = frame.copy()
        frame[:] = 0
        np.testing.assert_array_equal(image.to_numpy(), before)
        image.to_numpy()[:] = 0
        np.testing.assert_array_equal(np.asarray(image), before)

    def test_what_gives_an_array(self):
        rgb = picture()

        class Picture:  # as of PIL
            mode = "P"
            __array_interface__ = rgb[..., 0].copy().__array_interface__

            def convert(self, mode):
                return rgb if mode == "RGB" else None

        self.gives(rgb, Picture())
        Picture.mode = "L"
        Picture.__array_interface__ = property(lambda self: rgb.__array_interface__)
        self.gives(rgb, Picture())

    def test_errors(self):
        of = fo1.Image.of
        for text, *arguments in [
            ("uint8, 0 to 255, got float64", picture() / 255),
            ("uint8, 0 to 255, got bool", picture() > 3),
            ("[H, W, 3], got [5]", np.zeros(5, np.uint8)),
            ("[H, W, 3], got [4, 4, 2]", np.zeros((4, 4, 2), np.uint8)),
            ("[H, W, 4], got [12, 8, 3]", picture(), "rgba"),
            ("expected one of rgb, bgr", picture(), "RGB"),
            ('for pixel_format="nv12" alone', (picture(), picture())),
            ("3/2 H rows of NV12, got 4", np.zeros((4, 4), np.uint8), "nv12"),
            ("colour [2, 4], got [4, 4]", (np.zeros((4, 4), np.uint8),) * 2, "nv12"),
            ("NV12 needs even sides", np.zeros((3, 5), np.uint8), "nv12"),
            ("width and height must be positive", np.zeros((0, 4, 3), np.uint8)),
        ]:
            with self.subTest(text):
                self.raises(fo1.InvalidArgument, text, of, *arguments)


class FromFiles(Test):
    def test_path_and_bytes(self):
        image = fo1.Image.load(PICTURE)
        self.assertEqual((image.width, image.height, repr(image)), (256, 256, "Image(256 x 256)"))
        for source in (PICTURE, str(PICTURE), PICTURE.read_bytes(), memoryview(PICTURE.read_bytes()), image):
            np.testing.assert_array_equal(fo1.Image.of(source).to_numpy(), image.to_numpy())
        self.assertIs(fo1.Image.of(image), image)

    def test_errors(self):
        missing = self.raises(fo1.NotFound, "gone.png", fo1.Image.load, self.folder / "gone.png")
        self.assertIsInstance(missing, FileNotFoundError)
        self.assertEqual(missing.code, fo1.ErrorCode.NOT_FOUND)
        self.raises(fo1.CorruptFile, "", fo1.Image.decode, b"no picture")
        self.raises(fo1.InvalidArgument, "zero character", fo1.Image.load, "a\0b")
        with self.assertRaises(TypeError):
            fo1.Image.load(5)


if __name__ == "__main__":
    unittest.main()
