package fo1

// #include <fo1_c.h>
import "C"

import (
	"runtime"
	"unsafe"
)

// Box is x1, y1, x2, y2 in pixels of the image as given: x to the right, y downwards, x2 and y2
// exclusive.
type Box [4]float64

// Region is a box, and what is known of it.
type Region struct {
	Box   Box
	Score *float64 // 0 to 1; nil: none
	Label string   // carried along, never shown to the model
}

// Regions is a list of regions, and who found them. For one goroutine at a time.
type Regions struct {
	owner
	handle *C.fo1_regions
}

// NewRegions makes a list of regions that the caller has.
func NewRegions(regions ...Region) (*Regions, error) {
	list, err := newRegions(func(out **C.fo1_regions) C.fo1_status { return C.fo1_regions_create(out) })
	if err != nil {
		return nil, err
	}
	if err := list.Add(regions...); err != nil {
		list.Close()
		return nil, err
	}
	return list, nil
}

// BoxRegions makes a list of boxes that the caller has.
func BoxRegions(boxes ...Box) (*Regions, error) {
	regions := make([]Region, len(boxes))
	for i, box := range boxes {
		regions[i].Box = box
	}
	return NewRegions(regions...)
}

// RegionsFromJSON reads [[x1, y1, x2, y2], ...] or [{"box": [...], "score": 0.9, "label": "..."}, ...],
// or an object with such a list as "boxes".
func RegionsFromJSON(json string) (*Regions, error) {
	var m memory
	defer m.free()
	text := m.text(json, "json")
	if m.err != nil {
		return nil, m.err
	}
	return newRegions(func(out **C.fo1_regions) C.fo1_status { return C.fo1_regions_from_json(out, text) })
}

// Unite makes one list of several: first those of the caller and those without score, all of them;
// then the others by falling score without those that overlap one before them by more than maxIoU (0:
// none goes), until there are most in all (0: no limit).
func Unite(maxIoU float64, most int, lists ...*Regions) (*Regions, error) {
	handles := make([]*C.fo1_regions, len(lists))
	for i, list := range lists {
		handles[i] = list.handle
	}
	return newRegions(func(out **C.fo1_regions) C.fo1_status {
		defer runtime.KeepAlive(lists)
		return C.fo1_regions_unite(out, first[*C.fo1_regions](handles), C.size_t(len(handles)), C.double(maxIoU), C.int64_t(most))
	})
}

// Add appends regions: all, or on an error none.
func (l *Regions) Add(regions ...Region) error {
	return addRegions(l.handle, regions, l)
}

// Len returns how many there are.
func (l *Regions) Len() int {
	return int(get(func() C.size_t { return C.fo1_regions_count(l.handle) }))
}

// List returns all of them. Answers name them by their indexes.
func (l *Regions) List() ([]Region, error) {
	list := make([]Region, l.Len())
	for i := range list {
		raw := C.fo1_region{struct_size: C.sizeof_fo1_region}
		err := call(func() C.fo1_status { return C.fo1_regions_get(&raw, l.handle, C.size_t(i)) })
		if err != nil {
			return nil, err
		}
		list[i] = Region{boxOf(raw.box), someNumber(raw.score), C.GoString(raw.label)}
	}
	return list, nil
}

// Source says who found them: "given", "upn", "given+upn", ...
func (l *Regions) Source() string {
	return get(func() string { return C.GoString(C.fo1_regions_source(l.handle)) })
}

// JSON writes one object, with the size of the image they belong to; RegionsFromJSON reads it.
func (l *Regions) JSON(image *Image) (string, error) {
	return text(func() *C.char { return C.fo1_regions_json(l.handle, image.handle) })
}

// Draw writes the image with the regions, their labels and scores, to a .png or .jpg file.
func (l *Regions) Draw(image *Image, path string) error {
	var m memory
	defer m.free()
	name := m.text(path, "path")
	return m.call(func() C.fo1_status { return C.fo1_regions_draw(l.handle, image.handle, name) })
}

func newRegions(create func(out **C.fo1_regions) C.fo1_status) (*Regions, error) {
	var handle *C.fo1_regions
	if err := call(func() C.fo1_status { return create(&handle) }); err != nil {
		return nil, err
	}
	return ownedRegions(handle), nil
}

func ownedRegions(handle *C.fo1_regions) *Regions {
	return owned(&Regions{handle: handle}, func() { C.fo1_regions_free(handle) })
}

// handleOf returns NULL for no list.
func (l *Regions) handleOf() *C.fo1_regions {
	if l == nil {
		return nil
	}
	return l.handle
}

// addRegions appends to a list; alive: its owner, if any.
func addRegions(list *C.fo1_regions, regions []Region, alive ...*Regions) error {
	var m memory
	defer m.free()
	boxes, scores, labels := make([]Box, len(regions)), make([]float64, len(regions)), make([]string, len(regions))
	for i, region := range regions {
		boxes[i], scores[i], labels[i] = region.Box, numberOrNaN(region.Score), region.Label
	}
	texts, count := m.texts(labels, "label")
	defer runtime.KeepAlive(alive)
	return m.call(func() C.fo1_status {
		return C.fo1_regions_add(list, count, first[C.double](boxes), first[C.double](scores), texts)
	})
}

func boxOf(box [4]C.double) Box { return *(*Box)(unsafe.Pointer(&box)) }
