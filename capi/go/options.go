package fo1

// #include <fo1_c.h>
import "C"

import "math"

// LoadOptions say how a model or a proposal network is loaded. The zero value, or nil: defaults.
type LoadOptions struct {
	Threads     int    // CPU threads, process-wide; 0: LibTorch's own choice
	Device      string // "": "cpu"; "cuda", "cuda:1"
	DType       string // "": "float32", the reference; "bfloat16", "float16"
	Proposals   string // where regions come from when a scene is given none; "": the network in the model folder, if any; "none"; "upn:FOLDER", "opn:FOLDER"
	MemoryLimit int64  // bytes: a model whose estimate is higher is refused; 0: none is
	Lora        string // folder of an adapter in PEFT's form that is added to a model's weights; "": none
	OnProgress  func(Progress) Flow
}

// ProposeOptions say what a proposer looks for, and what is kept of it. nil fields: the proposer's
// own choice.
type ProposeOptions struct {
	Labels      []string // what to look for, where the proposer reads labels; none: anything
	Prompts     []string // or names of what it offers: Proposer.Prompts; none: the first
	MinScore    *float64 // 0 to 1
	MaxIoU      *float64 // boxes that overlap a better one more go; 0: none
	Most        *int     // boxes kept, the best; 0: all
	MinSide     float64  // pixels of the image: smaller boxes go
	TileSide    int      // also look at square pieces of this side, in pixels; 0: off
	TileOverlap *float64 // part of a piece that its neighbour covers too, 0 to 0.9; nil: 0.25
	OnProgress  func(Progress) Flow
}

// When says when a scene gets regions of a proposer.
type When int32

const (
	ProposeIfNone When = C.FO1_PROPOSE_IF_NONE // when the caller gives no list
	ProposeAlso   When = C.FO1_PROPOSE_ALSO    // unite the caller's with what is found
	ProposeNever  When = C.FO1_PROPOSE_NEVER
)

// SceneOptions say how a scene is made. The zero value, or nil: defaults.
type SceneOptions struct {
	Propose        When
	Proposer       *Proposer       // nil: the model's, if it has one
	ProposeOptions *ProposeOptions // its OnProgress is not used
	OnProgress     func(Progress) Flow
}

// AskOptions say how a question is asked. The zero value, or nil: defaults.
type AskOptions struct {
	AllRegions   bool    // ask about more regions than a prompt holds, in several passes
	MaxNewTokens int     // 0: what the model's generation_config.json says, else 1024
	Temperature  float64 // 0: greedy, the most likely token
	TopP         float64 // keep the most likely tokens up to this probability; 0: all
	TopK         int     // keep at most so many; 0: all
	Seed         uint64  // the same seed, the same answer
	OnProgress   func(Progress) Flow
	// OnToken gets each piece of the answer's text as it becomes certain; it may be empty.
	OnToken func(piece string) Flow
}

// orDefaults makes options of nil.
func orDefaults[T any](options *T) *T {
	if options == nil {
		return new(T)
	}
	return options
}

func (r *running) loadOptions(o *LoadOptions) *C.fo1_load_options {
	raw := (*C.fo1_load_options)(r.alloc(C.sizeof_fo1_load_options))
	C.fo1_load_options_init(raw, C.sizeof_fo1_load_options)
	raw.threads = C.int32_t(o.Threads)
	raw.device = r.optional(o.Device, "device")
	raw.dtype = r.optional(o.DType, "dtype")
	raw.proposals = r.optional(o.Proposals, "proposals")
	raw.memory_limit = C.int64_t(o.MemoryLimit)
	raw.deadline_seconds, raw.cancel = r.seconds, r.cancel
	raw.on_progress, raw.user = r.progressCallback(), r.user
	raw.lora = r.optional(o.Lora, "lora")
	return raw
}

func (r *running) proposeOptions(o *ProposeOptions) *C.fo1_propose_options {
	raw := (*C.fo1_propose_options)(r.alloc(C.sizeof_fo1_propose_options))
	C.fo1_propose_options_init(raw, C.sizeof_fo1_propose_options)
	raw.labels, raw.label_count = r.texts(o.Labels, "labels")
	raw.prompts, raw.prompt_count = r.texts(o.Prompts, "prompts")
	setNumber(&raw.min_score, o.MinScore)
	setNumber(&raw.max_iou, o.MaxIoU)
	if o.Most != nil {
		raw.most = C.int64_t(*o.Most)
	}
	raw.min_side = C.double(o.MinSide)
	raw.tile_side = C.int64_t(o.TileSide)
	setNumber(&raw.tile_overlap, o.TileOverlap)
	raw.deadline_seconds, raw.cancel = r.seconds, r.cancel
	raw.on_progress, raw.user = r.progressCallback(), r.user
	return raw
}

func (r *running) sceneOptions(o *SceneOptions) *C.fo1_scene_options {
	raw := (*C.fo1_scene_options)(r.alloc(C.sizeof_fo1_scene_options))
	C.fo1_scene_options_init(raw, C.sizeof_fo1_scene_options)
	raw.propose = C.int32_t(o.Propose)
	raw.proposer = r.proposer(o.Proposer)
	if o.ProposeOptions != nil {
		raw.propose_options = r.proposeOptions(o.ProposeOptions)
	}
	raw.deadline_seconds, raw.cancel = r.seconds, r.cancel
	raw.on_progress, raw.user = r.progressCallback(), r.user
	return raw
}

func (r *running) askOptions(o *AskOptions) *C.fo1_ask_options {
	r.onToken = o.OnToken
	raw := (*C.fo1_ask_options)(r.alloc(C.sizeof_fo1_ask_options))
	C.fo1_ask_options_init(raw, C.sizeof_fo1_ask_options)
	if o.AllRegions {
		raw.all_regions = 1
	}
	raw.max_new_tokens = C.int64_t(o.MaxNewTokens)
	raw.temperature = C.double(o.Temperature)
	if o.TopP != 0 {
		raw.top_p = C.double(o.TopP)
	}
	raw.top_k = C.int64_t(o.TopK)
	raw.seed = C.uint64_t(o.Seed)
	raw.deadline_seconds, raw.cancel = r.seconds, r.cancel
	raw.on_progress, raw.on_token, raw.user = r.progressCallback(), r.tokenCallback(), r.user
	return raw
}

func setNumber(field *C.double, value *float64) {
	if value != nil {
		*field = C.double(*value)
	}
}

// someNumber returns nil for a NaN, which stands for no number.
func someNumber(value C.double) *float64 {
	if math.IsNaN(float64(value)) {
		return nil
	}
	return Ptr(float64(value))
}

func numberOrNaN(value *float64) float64 {
	if value == nil {
		return math.NaN()
	}
	return *value
}
