package fo1

// #include <fo1_c.h>
import "C"

import "context"

// Model is a loaded checkpoint, for any number of goroutines.
type Model struct {
	owner
	handle *C.fo1_model
}

// Load reads a checkpoint folder in the Hugging Face layout. Weights are mapped from the files, which
// must stay as they are.
func Load(ctx context.Context, folder string, options *LoadOptions) (*Model, error) {
	o := orDefaults(options)
	r := start(ctx, o.OnProgress)
	defer r.end()
	path, raw := r.text(folder, "folder"), r.loadOptions(o)
	var handle *C.fo1_model
	if err := r.do(func() C.fo1_status { return C.fo1_model_load(&handle, path, raw) }); err != nil {
		return nil, err
	}
	return owned(&Model{handle: handle}, func() { C.fo1_model_free(handle) }), nil
}

// Folder returns where it was loaded from.
func (m *Model) Folder() string {
	return get(func() string { return C.GoString(C.fo1_model_folder(m.handle)) })
}

// HasRegions is false for a plain VLM, which answers "ask" and conversations only.
func (m *Model) HasRegions() bool {
	return get(func() bool { return C.fo1_model_has_regions(m.handle) != 0 })
}

// RegionLimit returns how many regions a prompt holds.
func (m *Model) RegionLimit() int {
	return int(get(func() C.int64_t { return C.fo1_model_region_limit(m.handle) }))
}

// Proposer returns the proposer that scenes use. ErrNotFound: there is none.
func (m *Model) Proposer() (*Proposer, error) {
	r := start(context.Background(), nil)
	defer r.end()
	return newProposer(r, func(out **C.fo1_proposer) C.fo1_status { return C.fo1_model_proposer(out, m.handle) })
}

// Scene encodes the image with its regions; with nil for regions, with those that the model's proposal
// network finds. Regions beyond RegionLimit are left out, unless a question asks for all of them.
func (m *Model) Scene(ctx context.Context, image *Image, regions *Regions, options *SceneOptions) (*Scene, error) {
	o := orDefaults(options)
	r := start(ctx, o.OnProgress)
	defer r.end()
	raw := r.sceneOptions(o)
	var handle *C.fo1_scene
	err := r.do(func() C.fo1_status {
		return C.fo1_scene_create(&handle, m.handle, image.handle, regions.handleOf(), raw)
	})
	if err != nil {
		return nil, err
	}
	return owned(&Scene{handle: handle}, func() { C.fo1_scene_free(handle) }), nil
}

// Chat answers the last message of a conversation: a JSON list of {"role", "content", "bbox_list"}, or
// {"messages": [...]}; image_url parts are file paths, relative ones below root.
func (m *Model) Chat(ctx context.Context, messages, root string, options *AskOptions) (*Answer, error) {
	return ask(ctx, options, func(r *running) question {
		text, folder := r.text(messages, "messages"), r.text(root, "root")
		return func(out **C.fo1_result, raw *C.fo1_ask_options) C.fo1_status {
			return C.fo1_chat(out, m.handle, text, folder, raw)
		}
	})
}

// Trace answers like Chat, and writes every stage's tensors to a safetensors file.
func (m *Model) Trace(ctx context.Context, messages, root, path string, options *AskOptions) (*Answer, error) {
	return ask(ctx, options, func(r *running) question {
		text, folder, file := r.text(messages, "messages"), r.text(root, "root"), r.text(path, "path")
		return func(out **C.fo1_result, raw *C.fo1_ask_options) C.fo1_status {
			return C.fo1_trace(out, m.handle, text, folder, file, raw)
		}
	})
}
