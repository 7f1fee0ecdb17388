package fo1

// #include <fo1_c.h>
//
// // A struct with pointers to Go's memory must not be made by Go.
// static fo1_status from_pixels(fo1_image** out, int32_t format, int32_t width, int32_t height,
//                               const uint8_t* data, int64_t stride, const uint8_t* chroma,
//                               int64_t chroma_stride) {
//   fo1_pixels pixels = {sizeof pixels, format, width, height, data, stride, chroma, chroma_stride};
//   return fo1_image_from_pixels(out, &pixels);
// }
import "C"

import (
	"fmt"
	"math"
)

// PixelFormat is the order of the bytes of a pixel, 8 bits a channel.
type PixelFormat int32

const (
	RGB  PixelFormat = C.FO1_PIXELS_RGB
	BGR  PixelFormat = C.FO1_PIXELS_BGR
	RGBA PixelFormat = C.FO1_PIXELS_RGBA // alpha is dropped, not blended
	BGRA PixelFormat = C.FO1_PIXELS_BGRA
	Grey PixelFormat = C.FO1_PIXELS_GREY
	NV12 PixelFormat = C.FO1_PIXELS_NV12 // BT.601, limited range; even sides
)

// channels is the number of bytes of a pixel in the first plane; 0: unknown.
func (format PixelFormat) channels() int {
	switch format {
	case Grey, NV12:
		return 1
	case RGB, BGR:
		return 3
	case RGBA, BGRA:
		return 4
	}
	return 0
}

// Pixels are pixels in memory, rows from the top.
type Pixels struct {
	Format        PixelFormat
	Width, Height int
	// All rows; the last one may end with its last pixel. NV12: the plane of brightness, followed by
	// the other one unless that is in Chroma.
	Data         []byte
	Stride       int    // bytes from one row to the next; 0: packed
	Chroma       []byte // NV12: the plane of (Cb, Cr), where it does not follow the other one's last row
	ChromaStride int    // NV12: 0 for that of the other plane
}

// FromRGB copies packed pixels of 3 bytes.
func FromRGB(rgb []byte, width, height int) (*Image, error) {
	return FromPixels(Pixels{Format: RGB, Width: width, Height: height, Data: rgb})
}

// FromPixels copies pixels of any format.
func FromPixels(p Pixels) (*Image, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	return newImage(func(out **C.fo1_image) C.fo1_status {
		return C.from_pixels(out, C.int32_t(p.Format), C.int32_t(p.Width), C.int32_t(p.Height),
			first[C.uint8_t](p.Data), C.int64_t(p.Stride), first[C.uint8_t](p.Chroma), C.int64_t(p.ChromaStride))
	})
}

// check makes sure that the slices hold what size and strides say. What the library refuses by
// itself, it need not find.
func (p *Pixels) check() error {
	for _, number := range []int{p.Width, p.Height, p.Stride, p.ChromaStride} {
		if number < 0 || number > math.MaxInt32 {
			return invalid(fmt.Sprintf("pixels: width, height and strides must be 0 to 2147483647, got %d", number))
		}
	}
	row := p.Width * p.Format.channels() // bytes, of the second plane too
	stride, chromaStride := p.Stride, p.ChromaStride
	if stride == 0 {
		stride = row
	}
	if chromaStride == 0 {
		chromaStride = stride
	}
	chroma := planeSize(chromaStride, p.Height/2, row)
	switch {
	case p.Format != NV12:
		return p.require("Data", p.Data, planeSize(stride, p.Height, row))
	case p.Chroma == nil:
		return p.require("Data", p.Data, uint64(stride)*uint64(p.Height)+chroma)
	}
	if err := p.require("Data", p.Data, planeSize(stride, p.Height, row)); err != nil {
		return err
	}
	return p.require("Chroma", p.Chroma, chroma)
}

// planeSize is the bytes of rows that are stride apart, the last one without what follows its pixels.
func planeSize(stride, rows, row int) uint64 {
	if rows == 0 {
		return 0
	}
	return uint64(stride)*uint64(rows-1) + uint64(row)
}

func (p *Pixels) require(name string, plane []byte, needed uint64) error {
	if uint64(len(plane)) >= needed {
		return nil
	}
	return invalid(fmt.Sprintf("pixels: %s has %d bytes, %d x %d of format %d with stride %d needs %d",
		name, len(plane), p.Width, p.Height, p.Format, p.Stride, needed))
}
