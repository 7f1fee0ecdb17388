package fo1

// #include <fo1_c.h>
import "C"

import (
	"image"
	"image/color"
	"image/draw"
	"unsafe"
)

// Image is a decoded picture: RGB, 8 bits a channel.
type Image struct {
	owner
	handle *C.fo1_image
}

// OpenImage reads a picture file: PNG, JPEG, WebP or BMP. EXIF orientation is ignored, so that boxes
// mean the pixels as stored.
func OpenImage(path string) (*Image, error) {
	var m memory
	defer m.free()
	name := m.text(path, "path")
	if m.err != nil {
		return nil, m.err
	}
	return newImage(func(out **C.fo1_image) C.fo1_status { return C.fo1_image_load(out, name) })
}

// DecodeImage reads the bytes of a picture file.
func DecodeImage(file []byte) (*Image, error) {
	return newImage(func(out **C.fo1_image) C.fo1_status {
		if len(file) == 0 {
			var nothing byte
			return C.fo1_image_decode(out, unsafe.Pointer(&nothing), 0)
		}
		return C.fo1_image_decode(out, unsafe.Pointer(&file[0]), C.size_t(len(file)))
	})
}

// NewImage copies a picture of Go. Alpha is dropped, not blended.
func NewImage(picture image.Image) (*Image, error) {
	switch p := picture.(type) {
	case *image.NRGBA:
		return fromPix(RGBA, p.Pix, p.Stride, p.Rect)
	case *image.Gray:
		return fromPix(Grey, p.Pix, p.Stride, p.Rect)
	case *image.RGBA:
		if p.Opaque() { // else its colours are blended with black
			return fromPix(RGBA, p.Pix, p.Stride, p.Rect)
		}
	}
	copied := opaque(picture)
	return fromPix(RGBA, copied.Pix, copied.Stride, copied.Rect)
}

func fromPix(format PixelFormat, pix []byte, stride int, bounds image.Rectangle) (*Image, error) {
	return FromPixels(Pixels{Format: format, Width: bounds.Dx(), Height: bounds.Dy(), Data: pix, Stride: stride})
}

// opaque copies any picture. For those without alpha image/draw knows fast ways.
func opaque(picture image.Image) *image.RGBA {
	bounds := picture.Bounds()
	copied := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	if p, knows := picture.(interface{ Opaque() bool }); knows && p.Opaque() {
		draw.Draw(copied, copied.Rect, picture, bounds.Min, draw.Src)
		return copied
	}
	for y := 0; y < bounds.Dy(); y++ {
		for x := 0; x < bounds.Dx(); x++ {
			c := color.NRGBAModel.Convert(picture.At(bounds.Min.X+x, bounds.Min.Y+y)).(color.NRGBA)
			copied.SetRGBA(x, y, color.RGBA{c.R, c.G, c.B, 255})
		}
	}
	return copied
}

// Width returns the pixels in a row.
func (i *Image) Width() int {
	return int(get(func() C.int32_t { return C.fo1_image_width(i.handle) }))
}

// Height returns the number of rows.
func (i *Image) Height() int {
	return int(get(func() C.int32_t { return C.fo1_image_height(i.handle) }))
}

// RGB returns a copy of the pixels: rows of 3 bytes a pixel, packed. nil: the image is closed.
func (i *Image) RGB() []byte {
	return get(func() []byte {
		pixels := C.fo1_image_rgb(i.handle)
		if pixels == nil {
			return nil
		}
		size := int(C.fo1_image_width(i.handle)) * int(C.fo1_image_height(i.handle)) * 3
		return append([]byte(nil), unsafe.Slice((*byte)(pixels), size)...)
	})
}

func newImage(create func(out **C.fo1_image) C.fo1_status) (*Image, error) {
	var handle *C.fo1_image
	if err := call(func() C.fo1_status { return create(&handle) }); err != nil {
		return nil, err
	}
	return owned(&Image{handle: handle}, func() { C.fo1_image_free(handle) }), nil
}

// lentImage is an image that the library frees.
func lentImage(handle *C.fo1_image) *Image {
	return owned(&Image{handle: handle}, func() {})
}
