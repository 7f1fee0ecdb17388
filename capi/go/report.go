package fo1

// #include <fo1_c.h>
import "C"

import "context"

// Report is what is known of the folder of a model or of a proposal network.
type Report struct {
	JSON     string
	Problems []string // what is wrong; none: it is sound
	// Bytes that the model needs in each number format: weights, a conversation of 2000 tokens, the
	// widest stage. An estimate; LibTorch takes about 300 MiB more.
	Memory map[string]int64
}

// Inspect says what a folder is, without loading its weights.
func Inspect(folder string) (*Report, error) {
	r := start(context.Background(), nil)
	defer r.end()
	path := r.text(folder, "folder")
	return newReport(r, func(out **C.fo1_report) C.fo1_status { return C.fo1_inspect(out, path) })
}

// SelfCheck does the same, then loads it, answers a question about a made-up picture and looks at the
// numbers. What is wrong is in the report; an error says that the check could not be made.
func SelfCheck(ctx context.Context, folder string, options *LoadOptions) (*Report, error) {
	o := orDefaults(options)
	r := start(ctx, o.OnProgress)
	defer r.end()
	path, raw := r.text(folder, "folder"), r.loadOptions(o)
	return newReport(r, func(out **C.fo1_report) C.fo1_status { return C.fo1_self_check(out, path, raw) })
}

func newReport(r *running, create func(out **C.fo1_report) C.fo1_status) (*Report, error) {
	var handle *C.fo1_report
	if err := r.do(func() C.fo1_status { return create(&handle) }); err != nil {
		return nil, err
	}
	defer C.fo1_report_free(handle)
	report := &Report{JSON: C.GoString(C.fo1_report_json(handle)), Memory: map[string]int64{}}
	for i := C.size_t(0); i < C.fo1_report_problem_count(handle); i++ {
		report.Problems = append(report.Problems, C.GoString(C.fo1_report_problem(handle, i)))
	}
	for _, dtype := range []string{"float32", "bfloat16", "float16"} {
		report.Memory[dtype] = int64(C.fo1_report_memory(handle, r.text(dtype, "dtype")))
	}
	return report, nil
}
