package fo1

// #include <fo1_c.h>
//
// int32_t fo1goProgress(void*, char*, int64_t, int64_t);
// int32_t fo1goToken(void*, char*, size_t);
// int32_t fo1goPropose(void*, fo1_image*, fo1_propose_options*, fo1_regions*);
import "C"

import (
	"context"
	"errors"
	"runtime/cgo"
	"time"
	"unsafe"
)

// running is one call with limits and callbacks: what it lends to the library, and what became of
// the functions that it calls.
type running struct {
	memory
	ctx        context.Context
	onProgress func(Progress) Flow
	onToken    func(string) Flow
	find       Finder

	cancel   *C.fo1_cancel
	seconds  C.double
	user     unsafe.Pointer // to memory of C with the number of handle
	handle   cgo.Handle
	network  *Proposer // whose handle the call uses: not to be closed by a finalizer meanwhile
	finder   *C.fo1_proposer
	panicked any   // what a function panicked with
	failed   error // what a function returned
}

const shortest = 1e-9 // seconds, since 0 is no limit to the library

// start prepares a call; end must follow.
func start(ctx context.Context, onProgress func(Progress) Flow) *running {
	r := &running{ctx: ctx, onProgress: onProgress}
	r.handle = cgo.NewHandle(r)
	r.user = r.alloc(C.size_t(unsafe.Sizeof(r.handle)))
	*(*cgo.Handle)(r.user) = r.handle
	if r.err = errorOf(ctx); r.err == nil && ctx.Done() != nil {
		r.err = call(func() C.fo1_status { return C.fo1_cancel_create(&r.cancel) })
	}
	if deadline, limited := ctx.Deadline(); limited {
		r.seconds = C.double(time.Until(deadline).Seconds())
		if r.seconds < shortest {
			r.seconds = shortest
		}
	}
	return r
}

func (r *running) end() {
	C.fo1_proposer_free(r.finder)
	C.fo1_cancel_free(r.cancel)
	r.handle.Delete()
	r.free()
}

// do runs the call. A panic of a function goes on from here; its error is the error of the call.
func (r *running) do(function func() C.fo1_status) error {
	stop := r.watch()
	err := r.call(function)
	stop()
	if r.panicked != nil {
		panic(r.panicked)
	}
	if err != nil && r.failed != nil {
		return r.failed
	}
	return err
}

// watch cancels the call with its context, until the function it returns is called. The library
// itself knows the deadline.
func (r *running) watch() func() {
	if r.ctx.Done() == nil || r.err != nil {
		return func() {}
	}
	over, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		select {
		case <-over:
		case <-r.ctx.Done():
			if !errors.Is(r.ctx.Err(), context.DeadlineExceeded) {
				C.fo1_cancel_trigger(r.cancel)
			}
		}
	}()
	return func() {
		close(over)
		<-gone
	}
}

func errorOf(ctx context.Context) error {
	switch err := ctx.Err(); {
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{ErrDeadline, err.Error()}
	default:
		return &Error{ErrCancelled, err.Error()}
	}
}

func (r *running) progressCallback() C.fo1_progress_callback {
	if r.onProgress == nil {
		return nil
	}
	return C.fo1_progress_callback(C.fo1goProgress)
}

func (r *running) tokenCallback() C.fo1_token_callback {
	if r.onToken == nil {
		return nil
	}
	return C.fo1_token_callback(C.fo1goToken)
}

// proposer returns the handle of a proposer during the call. That of a function is made for it, so
// that it knows the call.
func (r *running) proposer(p *Proposer) *C.fo1_proposer {
	if p == nil {
		return nil
	}
	if p.find == nil {
		r.network = p
		return p.handle
	}
	r.find = p.find
	name := r.text(p.name, "name")
	r.err = r.call(func() C.fo1_status {
		return C.fo1_proposer_from_callback(&r.finder, name, C.fo1_propose_callback(C.fo1goPropose), r.user)
	})
	return r.finder
}
