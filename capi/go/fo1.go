// Package fo1 answers questions about images with regions of them.
//
// A [Model] reads an [Image] and its [Regions] once, a [Scene], and answers any number of questions
// about it; an [Answer] names regions.
//
//	model, err := fo1.Load(ctx, "VLM-FO1-3B", nil)
//	image, err := fo1.OpenImage("street.jpg")
//	regions, err := fo1.BoxRegions(fo1.Box{129, 2, 177, 49}, fo1.Box{9, 184, 63, 241})
//	scene, err := model.Scene(ctx, image, regions, nil)
//	answer, err := scene.Detect(ctx, []string{"red car"}, nil)
//
// Everything that takes long takes a context: its deadline, and its cancellation from any goroutine,
// end the call within one block of a network or one token. A question that has words by then returns
// them, with [FinishDeadline] or [FinishCancelled]; everything else fails with an error that is
// context.DeadlineExceeded or context.Canceled to errors.Is.
//
// What has a Close method holds memory of the library until then, or until the collector finds it
// unused. Objects may be closed in any order; a call with a closed one fails. A scene, a list of
// regions and a set of annotations are for one goroutine at a time, everything else is for any number.
//
// A panic in a function that the library calls ends the call, and goes on from there.
package fo1

// #cgo pkg-config: fo1_c
// #include <fo1_c.h>
import "C"

// Version returns "major.minor.patch" of the library.
func Version() string { return C.GoString(C.fo1_version()) }

// ABIVersion returns (major << 16) | minor of the interface of the library that is loaded.
func ABIVersion() uint32 { return uint32(C.fo1_abi_version()) }

// Ptr returns a pointer to a copy of value, for optional fields.
func Ptr[T any](value T) *T { return &value }
