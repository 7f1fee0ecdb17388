package fo1

// #include <fo1_c.h>
import "C"

import (
	"context"
	"unsafe"
)

// Proposer finds boxes in an image: a proposal network, or a detector of one's own.
type Proposer struct {
	owner
	handle *C.fo1_proposer // of a network
	name   string          // of a function
	find   Finder
}

// Wanted is what a detector of one's own is asked for. It may look at the labels alone: scores,
// overlaps and sizes of what it returns are taken care of afterwards.
type Wanted struct {
	Labels   []string // what to look for; none: anything
	Prompts  []string // or by these names
	MinScore *float64 // only boxes this good are kept
	MaxIoU   *float64 // of boxes that overlap more than this the best is kept
	Most     *int     // so many boxes are kept; 0: all
	MinSide  float64  // only boxes this large are kept, in pixels of the image
}

// Finder is a detector of one's own: boxes in the pixels of the image, which is valid during the call.
// All regions have a score, or none has. Its error is what the search fails with. Several goroutines
// that search call it at once.
type Finder func(ctx context.Context, image *Image, wanted Wanted) ([]Region, error)

// LoadProposer loads a proposal network: "upn:FOLDER", "opn:FOLDER", or a folder whose config.json
// says what it is. Of options Device, DType, Threads and OnProgress are used.
func LoadProposer(ctx context.Context, choice string, options *LoadOptions) (*Proposer, error) {
	o := orDefaults(options)
	r := start(ctx, o.OnProgress)
	defer r.end()
	name, raw := r.text(choice, "choice"), r.loadOptions(o)
	return newProposer(r, func(out **C.fo1_proposer) C.fo1_status { return C.fo1_proposer_load(out, name, raw) })
}

// NewProposer makes a proposer of a function. It need not be closed.
func NewProposer(name string, find Finder) *Proposer {
	return owned(&Proposer{name: name, find: find}, func() {})
}

// Propose returns what is in the image. An empty list is a valid result.
func (p *Proposer) Propose(ctx context.Context, image *Image, options *ProposeOptions) (*Regions, error) {
	o := orDefaults(options)
	r := start(ctx, o.OnProgress)
	defer r.end()
	handle, raw := r.proposer(p), r.proposeOptions(o)
	var found *C.fo1_regions
	err := r.do(func() C.fo1_status { return C.fo1_propose(&found, handle, image.handle, raw) })
	if err != nil {
		return nil, err
	}
	return ownedRegions(found), nil
}

// Name returns "upn", "opn", or the name of the function.
func (p *Proposer) Name() string {
	if p.find != nil {
		return p.name
	}
	return get(func() string { return C.GoString(C.fo1_proposer_name(p.handle)) })
}

// ReadsLabels says whether it looks for labels. A function may.
func (p *Proposer) ReadsLabels() bool {
	return p.find != nil || get(func() bool { return C.fo1_proposer_reads_labels(p.handle) != 0 })
}

// Prompts returns names of what it offers to look for, the default first.
func (p *Proposer) Prompts() []string {
	if p.find != nil {
		return nil
	}
	return get(func() []string {
		prompts := make([]string, C.fo1_proposer_prompt_count(p.handle))
		for i := range prompts {
			prompts[i] = C.GoString(C.fo1_proposer_prompt(p.handle, C.size_t(i)))
		}
		return prompts
	})
}

// SaveWording writes the vectors of the proposer's own wording to its folder, so that the text encoder
// need not run for it again. ErrUnsupported for one that reads no labels, and for a function.
func (p *Proposer) SaveWording() error {
	r := start(context.Background(), nil)
	defer r.end()
	handle := r.proposer(p)
	return r.do(func() C.fo1_status { return C.fo1_proposer_save_wording(handle) })
}

func newProposer(r *running, create func(out **C.fo1_proposer) C.fo1_status) (*Proposer, error) {
	var handle *C.fo1_proposer
	if err := r.do(func() C.fo1_status { return create(&handle) }); err != nil {
		return nil, err
	}
	return owned(&Proposer{handle: handle}, func() { C.fo1_proposer_free(handle) }), nil
}

func wantedOf(raw *C.fo1_propose_options) Wanted {
	wanted := Wanted{
		Labels:   textsOf(raw.labels, raw.label_count),
		Prompts:  textsOf(raw.prompts, raw.prompt_count),
		MinScore: someNumber(raw.min_score),
		MaxIoU:   someNumber(raw.max_iou),
		MinSide:  float64(raw.min_side),
	}
	if raw.most >= 0 {
		wanted.Most = Ptr(int(raw.most))
	}
	return wanted
}

func textsOf(texts **C.char, count C.size_t) []string {
	result := make([]string, count)
	for i, each := range unsafe.Slice(texts, int(count)) {
		result[i] = C.GoString(each)
	}
	return result
}
