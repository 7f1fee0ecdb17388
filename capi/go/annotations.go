package fo1

// #include <fo1_c.h>
import "C"

// Annotations are images with their boxes, as files of annotation tools and training programs. Boxes
// are clipped to their image. For one goroutine at a time.
type Annotations struct {
	owner
	handle *C.fo1_annotations
}

// NewAnnotations makes a set without images. labels: the classes in their order; those that answers
// bring are appended.
func NewAnnotations(labels ...string) (*Annotations, error) {
	var m memory
	defer m.free()
	texts, count := m.texts(labels, "labels")
	var handle *C.fo1_annotations
	if err := m.call(func() C.fo1_status { return C.fo1_annotations_create(&handle, texts, count) }); err != nil {
		return nil, err
	}
	return owned(&Annotations{handle: handle}, func() { C.fo1_annotations_free(handle) }), nil
}

// Add appends the detections of an answer. path: the image as it shall be named in the files.
func (a *Annotations) Add(answer *Answer, path string) error {
	var m memory
	defer m.free()
	name := m.text(path, "path")
	return m.call(func() C.fo1_status { return C.fo1_annotations_add(a.handle, answer.result.handle, name) })
}

// Labels returns the classes.
func (a *Annotations) Labels() []string {
	return get(func() []string {
		labels := make([]string, C.fo1_annotations_label_count(a.handle))
		for i := range labels {
			labels[i] = C.GoString(C.fo1_annotations_label(a.handle, C.size_t(i)))
		}
		return labels
	})
}

// COCO returns one JSON object of all images.
func (a *Annotations) COCO() (string, error) {
	return text(func() *C.char { return C.fo1_annotations_coco(a.handle) })
}

// YOLO returns the .txt of an image, which is named by its index.
func (a *Annotations) YOLO(image int) (string, error) {
	return text(func() *C.char { return C.fo1_annotations_yolo(a.handle, C.size_t(image)) })
}

// YOLOData returns the data.yaml.
func (a *Annotations) YOLOData() (string, error) {
	return text(func() *C.char { return C.fo1_annotations_yolo_data(a.handle) })
}

// Labelme returns the .json of an image, which lies at imagePath from that file's folder.
func (a *Annotations) Labelme(image int, imagePath string) (string, error) {
	var m memory
	defer m.free()
	path := m.text(imagePath, "imagePath")
	if m.err != nil {
		return "", m.err
	}
	return text(func() *C.char { return C.fo1_annotations_labelme(a.handle, C.size_t(image), path) })
}
