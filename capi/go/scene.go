package fo1

// #include <fo1_c.h>
import "C"

import "context"

// Scene is an image and its regions, encoded once, asked often. For one goroutine at a time; scenes of
// one model run in parallel.
type Scene struct {
	owner
	handle *C.fo1_scene
}

// SetRegions gives the same image other regions: only pooling and connector run again. On an error the
// scene keeps the regions it had.
func (s *Scene) SetRegions(ctx context.Context, regions *Regions, options *SceneOptions) error {
	o := orDefaults(options)
	r := start(ctx, o.OnProgress)
	defer r.end()
	raw := r.sceneOptions(o)
	return r.do(func() C.fo1_status { return C.fo1_scene_set_regions(s.handle, regions.handleOf(), raw) })
}

// Regions returns a copy of the scene's regions. Their indexes are those that answers name.
func (s *Scene) Regions() (*Regions, error) {
	return newRegions(func(out **C.fo1_regions) C.fo1_status { return C.fo1_scene_regions(out, s.handle) })
}

// StageCounts says how often each stage has run on a scene.
type StageCounts struct {
	EncodePrimary, EncodeAuxiliary, EncodeRegions, PrefillPrefix, PrefillQuestion int
}

// StageCounts returns how often each stage has run.
func (s *Scene) StageCounts() (StageCounts, error) {
	raw := C.fo1_stage_counts{struct_size: C.sizeof_fo1_stage_counts}
	err := call(func() C.fo1_status { return C.fo1_scene_stage_counts(&raw, s.handle) })
	return StageCounts{
		EncodePrimary:   int(raw.encode_primary),
		EncodeAuxiliary: int(raw.encode_auxiliary),
		EncodeRegions:   int(raw.encode_regions),
		PrefillPrefix:   int(raw.prefill_prefix),
		PrefillQuestion: int(raw.prefill_question),
	}, err
}

// question is one call of the library that answers.
type question func(out **C.fo1_result, options *C.fo1_ask_options) C.fo1_status

// ask makes the call that prepare returns, which lends it what it needs.
func ask(ctx context.Context, options *AskOptions, prepare func(r *running) question) (*Answer, error) {
	o := orDefaults(options)
	r := start(ctx, o.OnProgress)
	defer r.end()
	put, raw := prepare(r), r.askOptions(o)
	var result *C.fo1_result
	if err := r.do(func() C.fo1_status { return put(&result, raw) }); err != nil {
		return nil, err
	}
	return newAnswer(result)
}

// Detect finds everything with one of the labels.
func (s *Scene) Detect(ctx context.Context, labels []string, options *AskOptions) (*Answer, error) {
	return ask(ctx, options, func(r *running) question {
		texts, count := r.texts(labels, "labels")
		return func(out **C.fo1_result, raw *C.fo1_ask_options) C.fo1_status {
			return C.fo1_detect(out, s.handle, texts, count, raw)
		}
	})
}

// Ground finds what a phrase means.
func (s *Scene) Ground(ctx context.Context, phrase string, options *AskOptions) (*Answer, error) {
	return ask(ctx, options, func(r *running) question {
		text := r.text(phrase, "phrase")
		return func(out **C.fo1_result, raw *C.fo1_ask_options) C.fo1_status {
			return C.fo1_ground(out, s.handle, text, raw)
		}
	})
}

// Count tells how many there are, and where.
func (s *Scene) Count(ctx context.Context, name string, options *AskOptions) (*Answer, error) {
	return ask(ctx, options, func(r *running) question {
		text := r.text(name, "name")
		return func(out **C.fo1_result, raw *C.fo1_ask_options) C.fo1_status {
			return C.fo1_count(out, s.handle, text, raw)
		}
	})
}

// OCR reads the text in regions, named by their indexes; without any: in all.
func (s *Scene) OCR(ctx context.Context, regions []int, options *AskOptions) (*Answer, error) {
	return ask(ctx, options, func(r *running) question {
		indexes, count := r.indexes(regions)
		return func(out **C.fo1_result, raw *C.fo1_ask_options) C.fo1_status {
			return C.fo1_ocr(out, s.handle, indexes, count, raw)
		}
	})
}

// Run does any task: "detect", "ground", "count", "ocr", "caption", "describe", "similar", "reason",
// "ask". query: detect takes one or more labels; ground, count, reason and ask one text; caption none,
// "brief" or "detailed". regions: indexes; ocr and caption any number (none: all), similar one.
func (s *Scene) Run(ctx context.Context, task string, query []string, regions []int, options *AskOptions) (*Answer, error) {
	return ask(ctx, options, func(r *running) question {
		name := r.text(task, "task")
		texts, textCount := r.texts(query, "query")
		indexes, indexCount := r.indexes(regions)
		return func(out **C.fo1_result, raw *C.fo1_ask_options) C.fo1_status {
			return C.fo1_run(out, s.handle, name, texts, textCount, indexes, indexCount, raw)
		}
	})
}
