package fo1

// #include <fo1_c.h>
import "C"

import (
	"context"
	"runtime"
)

// Code says what kind of thing went wrong. It is an error itself, for errors.Is.
type Code int

const (
	ErrInvalidArgument Code = C.FO1_INVALID_ARGUMENT // a value of the caller: an empty query, a NaN box, a closed object
	ErrNotFound        Code = C.FO1_NOT_FOUND        // a file, folder or tensor that is not there
	ErrCorruptFile     Code = C.FO1_CORRUPT_FILE     // a file that is not what it claims to be
	ErrUnsupported     Code = C.FO1_UNSUPPORTED      // outside of what the library or the model can do
	ErrOutOfMemory     Code = C.FO1_OUT_OF_MEMORY
	ErrCancelled       Code = C.FO1_CANCELLED // stopped before there was anything to return; is context.Canceled
	ErrDeadline        Code = C.FO1_DEADLINE  // no time left before there was anything to return; is context.DeadlineExceeded
	ErrInternal        Code = C.FO1_INTERNAL  // a defect of the library
)

// Error returns the library's name of the code: "invalid_argument", ...
func (code Code) Error() string {
	return C.GoString(C.fo1_status_name(C.fo1_status(code)))
}

// Error is why a call failed.
type Error struct {
	Code    Code
	Message string // what was wrong, where, what was expected
}

func (e *Error) Error() string { return e.Code.Error() + ": " + e.Message }

// Is makes errors.Is(err, fo1.ErrNotFound) true, and errors.Is(err, context.Canceled).
func (e *Error) Is(target error) bool {
	switch target {
	case context.Canceled:
		return e.Code == ErrCancelled
	case context.DeadlineExceeded:
		return e.Code == ErrDeadline
	}
	code, isCode := target.(Code)
	return isCode && code == e.Code
}

func invalid(message string) error {
	return &Error{ErrInvalidArgument, message}
}

// call runs one call of the library, and fetches the reason when it fails, which is kept for each
// thread. What the function mentions stays alive until then: a finalizer must not close it.
//
//go:noinline
func call(function func() C.fo1_status) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer runtime.KeepAlive(function)
	if status := function(); status != C.FO1_OK {
		return lastError()
	}
	return nil
}

// text copies the text that a getter returns. nil is an error.
//
//go:noinline
func text(getter func() *C.char) (string, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer runtime.KeepAlive(getter)
	if text := getter(); text != nil {
		return C.GoString(text), nil
	}
	return "", lastError()
}

// get runs a getter that fails for closed objects alone.
//
//go:noinline
func get[T any](getter func() T) T {
	defer runtime.KeepAlive(getter)
	return getter()
}

func lastError() error {
	return &Error{Code(C.fo1_last_status()), C.GoString(C.fo1_last_error())}
}
