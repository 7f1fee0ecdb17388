package fo1

// #include <fo1_c.h>
import "C"

import "unsafe"

// Detection is a region with one of the names that were asked for.
type Detection struct {
	Label         string
	Region        int // index of the offered region
	Box           Box
	Score         float64  // confidence, times the proposal score where there is one
	Confidence    float64  // probability that the model gave this region's name when it wrote it
	ProposalScore *float64 // nil: none
}

// RegionText is what a region says (ocr) or shows (caption).
type RegionText struct {
	Region int
	Text   string
}

// Span is a phrase tied to regions.
type Span struct {
	Text    string
	Regions []int
}

// Dropped is a region that was named but could not be used, or was over the limit.
type Dropped struct {
	Region int
	Reason string // "not offered", ...
}

// TokenCounts says how many tokens a question took: those of the prompt, and those of the answer.
type TokenCounts struct {
	Image, Region, Text int
	Generated           int
}

// Timing is how long a stage ran.
type Timing struct {
	Stage        string
	Milliseconds float64
}

// Finish says why an answer ends.
type Finish int32

const (
	FinishStop      Finish = C.FO1_FINISH_STOP      // the model had said all
	FinishLength    Finish = C.FO1_FINISH_LENGTH    // at the most tokens allowed
	FinishDeadline  Finish = C.FO1_FINISH_DEADLINE  // the time was over
	FinishCancelled Finish = C.FO1_FINISH_CANCELLED // a context or a callback stopped it
)

// Answer is the answer to one question.
type Answer struct {
	Task       string
	Text       string // the model's words, region names included
	Prompt     string // the whole prompt as text
	Finish     Finish
	Detections []Detection
	Count      *int         // the number that the model said; nil: none
	Regions    []int        // distinct regions named, in order
	Texts      []RegionText // what regions say or show
	Spans      []Span       // phrases tied to regions, in reading order
	Reasoning  *string      // what the model thought before the answer; nil: the task has none
	Answer     *string      // the plain words; nil: none
	Dropped    []Dropped
	Tokens     TokenCounts
	Timings    []Timing // of each stage that ran; one reused from the scene is absent

	result *result
}

// result is the library's own form of an answer, freed by the collector.
type result struct {
	owner
	handle *C.fo1_result
}

// JSON returns the whole answer as one object.
func (a *Answer) JSON() string {
	return get(func() string { return C.GoString(C.fo1_result_json(a.result.handle)) })
}

// Draw writes the image with the answer's boxes to a .png or .jpg file. regions: those of the scene,
// for answers whose texts and spans name regions; may be nil.
func (a *Answer) Draw(image *Image, regions *Regions, path string) error {
	var m memory
	defer m.free()
	name := m.text(path, "path")
	return m.call(func() C.fo1_status {
		return C.fo1_result_draw(a.result.handle, image.handle, regions.handleOf(), name)
	})
}

func newAnswer(handle *C.fo1_result) (*Answer, error) {
	a := &Answer{
		Task:      C.GoString(C.fo1_result_task(handle)),
		Text:      C.GoString(C.fo1_result_text(handle)),
		Prompt:    C.GoString(C.fo1_result_prompt(handle)),
		Finish:    Finish(C.fo1_result_finish(handle)),
		Regions:   indexesOf(C.fo1_result_regions(handle), C.fo1_result_region_count(handle)),
		Reasoning: optionalText(C.fo1_result_reasoning(handle)),
		Answer:    optionalText(C.fo1_result_answer(handle)),
		result:    owned(&result{handle: handle}, func() { C.fo1_result_free(handle) }),
	}
	var count C.int64_t
	if C.fo1_result_count(&count, handle) == C.FO1_OK {
		a.Count = Ptr(int(count))
	}
	for i := C.size_t(0); i < C.fo1_result_timing_count(handle); i++ {
		stage, ms := C.fo1_result_timing_stage(handle, i), C.fo1_result_timing_ms(handle, i)
		a.Timings = append(a.Timings, Timing{C.GoString(stage), float64(ms)})
	}
	if err := a.readLists(); err != nil {
		return nil, err
	}
	return a, nil
}

// readLists copies what the library hands out in structs.
func (a *Answer) readLists() (err error) {
	handle := a.result.handle
	read := func(count C.size_t, entry func(i C.size_t) C.fo1_status) {
		for i := C.size_t(0); i < count && err == nil; i++ {
			err = call(func() C.fo1_status { return entry(i) })
		}
	}
	read(C.fo1_result_detection_count(handle), func(i C.size_t) C.fo1_status {
		raw := C.fo1_detection{struct_size: C.sizeof_fo1_detection}
		status := C.fo1_result_detection(&raw, handle, i)
		a.Detections = append(a.Detections, Detection{C.GoString(raw.label), int(raw.region), boxOf(raw.box),
			float64(raw.score), float64(raw.confidence), someNumber(raw.proposal_score)})
		return status
	})
	read(C.fo1_result_region_text_count(handle), func(i C.size_t) C.fo1_status {
		raw := C.fo1_region_text{struct_size: C.sizeof_fo1_region_text}
		status := C.fo1_result_region_text(&raw, handle, i)
		a.Texts = append(a.Texts, RegionText{int(raw.region), C.GoString(raw.text)})
		return status
	})
	read(C.fo1_result_span_count(handle), func(i C.size_t) C.fo1_status {
		raw := C.fo1_span{struct_size: C.sizeof_fo1_span}
		status := C.fo1_result_span(&raw, handle, i)
		a.Spans = append(a.Spans, Span{C.GoString(raw.text), indexesOf(raw.regions, raw.region_count)})
		return status
	})
	read(C.fo1_result_dropped_count(handle), func(i C.size_t) C.fo1_status {
		raw := C.fo1_dropped{struct_size: C.sizeof_fo1_dropped}
		status := C.fo1_result_dropped(&raw, handle, i)
		a.Dropped = append(a.Dropped, Dropped{int(raw.region), C.GoString(raw.reason)})
		return status
	})
	read(1, func(C.size_t) C.fo1_status {
		raw := C.fo1_token_counts{struct_size: C.sizeof_fo1_token_counts}
		status := C.fo1_result_tokens(&raw, handle)
		a.Tokens = TokenCounts{int(raw.image), int(raw.region), int(raw.text), int(raw.generated)}
		return status
	})
	return err
}

func indexesOf(numbers *C.int64_t, count C.size_t) []int {
	result := make([]int, count)
	for i, number := range unsafe.Slice(numbers, int(count)) {
		result[i] = int(number)
	}
	return result
}

func optionalText(text *C.char) *string {
	if text == nil {
		return nil
	}
	return Ptr(C.GoString(text))
}
