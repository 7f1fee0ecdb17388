package fo1

// #include <fo1_c.h>
// #include <stdlib.h>
import "C"

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// memory is what one call lends to the library: allocated by C, freed together. The first error of
// its methods is kept.
type memory struct {
	blocks []unsafe.Pointer
	err    error
}

func (m *memory) free() {
	for _, block := range m.blocks {
		C.free(block)
	}
}

func (m *memory) add(block unsafe.Pointer) unsafe.Pointer {
	m.blocks = append(m.blocks, block)
	return block
}

// alloc returns zeroed memory.
func (m *memory) alloc(size C.size_t) unsafe.Pointer { return m.add(C.calloc(1, size)) }

// text copies a text. name: what it is, for the error of a zero byte in it.
func (m *memory) text(text, name string) *C.char {
	if position := strings.IndexByte(text, 0); position >= 0 && m.err == nil {
		m.err = invalid(fmt.Sprintf("%s: a zero byte at position %d", name, position))
	}
	return (*C.char)(m.add(unsafe.Pointer(C.CString(text))))
}

// call runs one call of the library, unless what it was to be given is wrong.
func (m *memory) call(function func() C.fo1_status) error {
	if m.err != nil {
		return m.err
	}
	return call(function)
}

// optional copies a text; "": NULL.
func (m *memory) optional(text, name string) *C.char {
	if text == "" {
		return nil
	}
	return m.text(text, name)
}

// texts copies an array of texts; none: NULL.
func (m *memory) texts(texts []string, name string) (**C.char, C.size_t) {
	if len(texts) == 0 {
		return nil, 0
	}
	size := C.size_t(len(texts)) * C.size_t(unsafe.Sizeof((*C.char)(nil)))
	array := (**C.char)(m.alloc(size))
	for i, pointers := 0, unsafe.Slice(array, len(texts)); i < len(texts); i++ {
		pointers[i] = m.text(texts[i], name)
	}
	return array, C.size_t(len(texts))
}

// indexes copies an array of indexes; none: NULL.
func (m *memory) indexes(list []int) (*C.int64_t, C.size_t) {
	if len(list) == 0 {
		return nil, 0
	}
	array := (*C.int64_t)(m.alloc(C.size_t(len(list)) * C.sizeof_int64_t))
	for i, numbers := 0, unsafe.Slice(array, len(list)); i < len(list); i++ {
		numbers[i] = C.int64_t(list[i])
	}
	return array, C.size_t(len(list))
}

// first returns the address of the first number; none: NULL.
func first[To, From any](numbers []From) *To {
	if len(numbers) == 0 {
		return nil
	}
	return (*To)(unsafe.Pointer(&numbers[0]))
}

// owner frees a handle of the library once. Handles are numbers that are never used twice: what uses
// one that was freed gets an error.
type owner struct {
	once sync.Once
	free func()
}

// Close frees what the library holds for it. Calls that use it meanwhile end well. It always returns
// nil.
func (o *owner) Close() error {
	o.once.Do(o.free)
	return nil
}

type closer interface {
	own(free func())
	Close() error
}

func (o *owner) own(free func()) { o.free = free }

// owned makes an object free its handle at Close, or when the collector finds it unused.
func owned[T closer](object T, free func()) T {
	object.own(free)
	runtime.SetFinalizer(object, func(object T) { object.Close() })
	return object
}
