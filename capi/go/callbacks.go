package fo1

// #include <fo1_c.h>
import "C"

import (
	"errors"
	"runtime/cgo"
	"unsafe"
)

// Flow says how a call goes on after a callback.
type Flow int32

const (
	Continue Flow = C.FO1_CONTINUE
	Stop     Flow = C.FO1_STOP   // end here and keep what is there: a question that has words by then returns them
	Cancel   Flow = C.FO1_CANCEL // end and keep nothing: ErrCancelled
)

// Progress says how far a call has come.
type Progress struct {
	// "load", "decode", "propose", "encode_primary", "encode_auxiliary", "encode_regions", "prefill"
	// or "generate".
	Stage string
	Done  int64
	Total int64 // 0: not known
}

func runningOf(user unsafe.Pointer) *running {
	return (*(*cgo.Handle)(user)).Value().(*running)
}

// guarded runs a function of the caller below the library, through which no panic may go.
func (r *running) guarded(function func() C.int32_t) (result C.int32_t) {
	defer func() {
		if panicked := recover(); panicked != nil {
			r.panicked = panicked
			result = C.FO1_CANCEL
		}
	}()
	return function()
}

//export fo1goProgress
func fo1goProgress(user unsafe.Pointer, stage *C.char, done, total C.int64_t) C.int32_t {
	r := runningOf(user)
	return r.guarded(func() C.int32_t {
		return C.int32_t(r.onProgress(Progress{C.GoString(stage), int64(done), int64(total)}))
	})
}

//export fo1goToken
func fo1goToken(user unsafe.Pointer, text *C.char, size C.size_t) C.int32_t {
	r := runningOf(user)
	return r.guarded(func() C.int32_t {
		return C.int32_t(r.onToken(string(unsafe.Slice((*byte)(unsafe.Pointer(text)), int(size)))))
	})
}

//export fo1goPropose
func fo1goPropose(user unsafe.Pointer, image *C.fo1_image, options *C.fo1_propose_options, found *C.fo1_regions) C.int32_t {
	r := runningOf(user)
	status := C.int32_t(C.FO1_CANCELLED) // of a panic
	r.guarded(func() C.int32_t {
		regions, err := r.find(r.ctx, lentImage(image), wantedOf(options))
		if err == nil {
			err = addRegions(found, regions)
		}
		r.failed = err
		status = statusOf(err)
		return status
	})
	return status
}

// statusOf returns what a callback returns for an error of a function.
func statusOf(err error) C.int32_t {
	var own *Error
	switch {
	case err == nil:
		return C.FO1_OK
	case errors.As(err, &own):
		return C.int32_t(own.Code)
	default:
		return C.FO1_INTERNAL
	}
}

//export fo1goLog
func fo1goLog(_ unsafe.Pointer, level C.int32_t, message *C.char) {
	defer func() { _ = recover() }()
	(*sink.Load())(LogLevel(level), C.GoString(message))
}
