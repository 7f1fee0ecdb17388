package fo1_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"fo1"
)

func TestErrorsSayWhatWhereAndWhy(t *testing.T) {
	for _, c := range []struct {
		err  func() error
		code fo1.Code
		part string
	}{
		{func() error { _, err := fo1.Load(background, "/no/such/folder", nil); return err }, fo1.ErrNotFound, "/no/such/folder"},
		{func() error { _, err := fo1.OpenImage(sample("shapes.json")); return err }, fo1.ErrCorruptFile, "shapes.json"},
		{func() error { _, err := fo1.DecodeImage([]byte("no picture")); return err }, fo1.ErrCorruptFile, ""},
		{func() error { _, err := fo1.DecodeImage(nil); return err }, fo1.ErrCorruptFile, ""},
		{func() error { _, err := newScene().Detect(background, nil, nil); return err }, fo1.ErrInvalidArgument, ""},
		{func() error { _, err := newScene().Run(background, "dance", nil, nil, nil); return err }, fo1.ErrInvalidArgument, "dance"},
		{func() error { _, err := newScene().OCR(background, []int{7}, nil); return err }, fo1.ErrInvalidArgument, "7"},
		{func() error { _, err := model().Proposer(); return err }, fo1.ErrNotFound, "no proposal network"},
		{func() error {
			_, err := fo1.Load(background, modelFolder(), &fo1.LoadOptions{MemoryLimit: 1000})
			return err
		}, fo1.ErrOutOfMemory, ""},
		{func() error {
			_, err := newScene().Detect(background, labels, &fo1.AskOptions{Temperature: -1})
			return err
		}, fo1.ErrInvalidArgument, "temperature"},
	} {
		refused(t, c.err(), c.code, c.part)
	}
	equal(t, fo1.ErrOutOfMemory.Error(), "out_of_memory")
	isTrue(t, !errors.Is(&fo1.Error{Code: fo1.ErrNotFound}, fo1.ErrInternal))
}

func TestZeroBytesInTextsAreErrors(t *testing.T) {
	const zero = "zero byte at position 1"
	_, err := fo1.Load(background, "a\x00b", nil)
	refused(t, err, fo1.ErrInvalidArgument, zero)
	_, err = fo1.Load(background, modelFolder(), &fo1.LoadOptions{Device: "c\x00pu"})
	refused(t, err, fo1.ErrInvalidArgument, zero)
	_, err = fo1.OpenImage("a\x00b")
	refused(t, err, fo1.ErrInvalidArgument, zero)
	_, err = fo1.RegionsFromJSON("[\x00]")
	refused(t, err, fo1.ErrInvalidArgument, zero)
	_, err = fo1.NewRegions(fo1.Region{Label: "a\x00b"})
	refused(t, err, fo1.ErrInvalidArgument, zero)
	_, err = newScene().Detect(background, []string{"cat", "a\x00b"}, nil)
	refused(t, err, fo1.ErrInvalidArgument, zero)
}

func TestPixelsOfAnyFormat(t *testing.T) {
	packed := []byte{10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120}
	made := must(fo1.FromRGB(packed, 2, 2))
	equal(t, []any{made.Width(), made.Height(), made.RGB()}, []any{2, 2, packed})
	rows := []byte{30, 20, 10, 0, 60, 50, 40, 255, 1, 1, 1, 90, 80, 70, 0, 120, 110, 100, 9} // 11 bytes apart
	bgra := fo1.Pixels{Format: fo1.BGRA, Width: 2, Height: 2, Data: rows, Stride: 11}
	equal(t, must(fo1.FromPixels(bgra)).RGB(), packed)
	black := []byte{16, 16, 16, 16, 128, 128}
	joined := fo1.Pixels{Format: fo1.NV12, Width: 2, Height: 2, Data: black}
	equal(t, must(fo1.FromPixels(joined)).RGB(), make([]byte, 12))
	joined.Data, joined.Chroma = black[:4], black[4:]
	equal(t, must(fo1.FromPixels(joined)).RGB(), make([]byte, 12))
}

func TestSlicesHoldWhatTheirSizesSay(t *testing.T) {
	data := make([]byte, 64)
	for _, c := range []struct {
		pixels fo1.Pixels
		part   string // "": it is right
	}{
		{fo1.Pixels{Format: fo1.RGB, Width: 2, Height: 2, Data: data[:11]}, "needs 12"},
		{fo1.Pixels{Format: fo1.RGB, Width: 2, Height: 2, Data: data[:12]}, ""},
		{fo1.Pixels{Format: fo1.RGB, Width: 2, Height: 2, Data: data[:12], Stride: 7}, "needs 13"},
		{fo1.Pixels{Format: fo1.RGB, Width: 2, Height: 2, Data: data[:13], Stride: 7}, ""},
		{fo1.Pixels{Format: fo1.RGB, Width: 2, Height: 2, Data: data, Stride: 1}, "stride"},
		{fo1.Pixels{Format: fo1.RGB, Width: math.MaxInt32, Height: math.MaxInt32, Data: data}, "needs"},
		{fo1.Pixels{Format: fo1.RGB, Width: math.MaxInt, Height: 1, Data: data}, "2147483647"},
		{fo1.Pixels{Format: fo1.RGB, Width: -1, Height: 1, Data: data}, "got -1"},
		{fo1.Pixels{Format: fo1.RGB}, "null"},
		{fo1.Pixels{Format: 9, Width: 2, Height: 2, Data: data}, "format 9"},
		{fo1.Pixels{Format: fo1.NV12, Width: 4, Height: 4, Data: data[:23]}, "needs 24"},
		{fo1.Pixels{Format: fo1.NV12, Width: 4, Height: 4, Data: data[:24]}, ""},
		{fo1.Pixels{Format: fo1.NV12, Width: 4, Height: 4, Data: data[:28], Stride: 5}, "needs 29"},
		{fo1.Pixels{Format: fo1.NV12, Width: 4, Height: 4, Data: data[:29], Stride: 5}, ""},
		{fo1.Pixels{Format: fo1.NV12, Width: 4, Height: 4, Data: data[:16], Chroma: data[:7]}, "needs 8"},
		{fo1.Pixels{Format: fo1.NV12, Width: 4, Height: 4, Data: data[:16], Chroma: data[:8]}, ""},
		{fo1.Pixels{Format: fo1.NV12, Width: 4, Height: 4, Data: data[:15], Chroma: data[:8]}, "needs 16"},
		{fo1.Pixels{Format: fo1.NV12, Width: 3, Height: 3, Data: data}, "even"},
	} {
		_, err := fo1.FromPixels(c.pixels)
		if c.part == "" {
			isTrue(t, err == nil, c.pixels, err)
		} else {
			refused(t, err, fo1.ErrInvalidArgument, c.part)
		}
	}
}

// painted is a picture of which every pixel differs, without its rim.
func painted(set func(x, y int, c color.Color), sub func(image.Rectangle) image.Image) image.Image {
	for y := 0; y < 6; y++ {
		for x := 0; x < 8; x++ {
			set(x, y, color.RGBA{uint8(30 * x), uint8(40 * y), uint8(x * y), 255})
		}
	}
	return sub(image.Rect(1, 1, 7, 5))
}

func TestPicturesOfGo(t *testing.T) {
	bounds := image.Rect(0, 0, 8, 6)
	rgba, nrgba, grey, deep := image.NewRGBA(bounds), image.NewNRGBA(bounds), image.NewGray(bounds), image.NewRGBA64(bounds)
	for _, p := range []image.Image{painted(rgba.Set, rgba.SubImage), painted(nrgba.Set, nrgba.SubImage),
		painted(grey.Set, grey.SubImage), painted(deep.Set, deep.SubImage)} {
		made := must(fo1.NewImage(p))
		equal(t, []int{made.Width(), made.Height()}, []int{6, 4})
		rgb := made.RGB()
		for i := 0; i < len(rgb); i += 3 {
			r, g, b, _ := p.At(1+i/3%6, 1+i/18).RGBA()
			equal(t, rgb[i:i+3], []byte{byte(r >> 8), byte(g >> 8), byte(b >> 8)})
		}
	}
	var encoded bytes.Buffer
	isTrue(t, jpeg.Encode(&encoded, rgba, nil) == nil)
	made := must(fo1.NewImage(must(jpeg.Decode(&encoded)))) // YCbCr
	equal(t, []int{made.Width(), made.Height()}, []int{8, 6})

	clear := color.NRGBA{200, 100, 50, 128} // alpha is dropped, whether the colours are multiplied with it or not
	rgba.Set(2, 2, clear)
	nrgba.Set(2, 2, clear)
	for _, p := range []image.Image{rgba, nrgba} {
		pixel := must(fo1.NewImage(p)).RGB()[(2*8+2)*3:][:3]
		for i, want := range []int{200, 100, 50} {
			isTrue(t, math.Abs(float64(int(pixel[i])-want)) <= 1, pixel)
		}
	}

	file := must(os.ReadFile(sample("shapes.png")))
	decoded := must(fo1.NewImage(must(png.Decode(bytes.NewReader(file)))))
	equal(t, decoded.RGB(), must(fo1.DecodeImage(file)).RGB())
}

func TestListsOfRegions(t *testing.T) {
	list := must(fo1.BoxRegions(fo1.Box{0, 1, 2, 3}))
	more := fo1.Region{Box: fo1.Box{4, 5, 6, 7}, Score: fo1.Ptr(0.5), Label: "thing"}
	isTrue(t, list.Add(more) == nil)
	all := must(list.List())
	equal(t, all, []fo1.Region{{Box: fo1.Box{0, 1, 2, 3}}, more})
	equal(t, []any{list.Len(), list.Source(), must(fo1.NewRegions()).Len()}, []any{2, "given", 0})
	equal(t, must(must(fo1.RegionsFromJSON(must(list.JSON(picture())))).List()), all)
	equal(t, must(fo1.Unite(0.5, 3, list, sampleRegions())).Len(), 9) // the caller's all stay
	equal(t, must(fo1.Unite(0.5, 3)).Len(), 0)

	refused(t, list.Add(fo1.Region{Box: fo1.Box{0, 0, math.NaN(), 1}}), fo1.ErrInvalidArgument, "finite")
	refused(t, list.Add(more, fo1.Region{Score: fo1.Ptr(1.5)}), fo1.ErrInvalidArgument, "scores[1]")
	equal(t, list.Len(), 2)

	path := filepath.Join(t.TempDir(), "regions.png")
	isTrue(t, list.Draw(picture(), path) == nil)
	isPicture(t, path)
	refused(t, list.Draw(picture(), "regions.gif"), fo1.ErrInvalidArgument, "regions.gif")
}
