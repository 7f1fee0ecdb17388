package fo1

// #include <fo1_c.h>
import "C"

import "unsafe"

// Tokenizer turns text into token ids and back, for any number of goroutines.
type Tokenizer struct {
	owner
	handle *C.fo1_tokenizer
}

// LoadTokenizer loads that of a model folder, whose weights are not looked at.
func LoadTokenizer(modelFolder string) (*Tokenizer, error) {
	var m memory
	defer m.free()
	path := m.text(modelFolder, "modelFolder")
	var handle *C.fo1_tokenizer
	if err := m.call(func() C.fo1_status { return C.fo1_tokenizer_load(&handle, path) }); err != nil {
		return nil, err
	}
	return owned(&Tokenizer{handle: handle}, func() { C.fo1_tokenizer_free(handle) }), nil
}

// Encode returns the ids of a text. Special tokens written in it become their ids.
func (t *Tokenizer) Encode(text string) ([]int64, error) {
	var m memory
	defer m.free()
	raw := m.text(text, "text")
	var ids []int64
	var count C.size_t
	encode := func() C.fo1_status {
		return C.fo1_tokenizer_encode(first[C.int64_t](ids), C.size_t(len(ids)), &count, t.handle, raw)
	}
	if err := m.call(encode); err != nil {
		return nil, err
	}
	ids = make([]int64, count)
	return ids, m.call(encode)
}

// Decode returns the text of ids. Bytes that are not UTF-8 become U+FFFD.
func (t *Tokenizer) Decode(ids []int64, skipSpecial bool) (string, error) {
	var skip C.int32_t
	if skipSpecial {
		skip = 1
	}
	var text []byte
	var size C.size_t
	decode := func() C.fo1_status {
		return C.fo1_tokenizer_decode((*C.char)(unsafe.Pointer(first[byte](text))), C.size_t(len(text)), &size,
			t.handle, first[C.int64_t](ids), C.size_t(len(ids)), skip)
	}
	if err := call(decode); err != nil {
		return "", err
	}
	text = make([]byte, size+1) // and the zero byte at the end
	err := call(decode)
	return string(text[:size]), err
}
