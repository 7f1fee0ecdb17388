package fo1_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"fo1"
)

var (
	background = context.Background()
	labels     = []string{"red circle", "blue square", "yellow triangle"}
	// What is right for them in the sample picture.
	right = []string{"red circle 6", "blue square 2", "blue square 4", "yellow triangle 3"}
)

func place(variable, usual string) string {
	if folder := os.Getenv(variable); folder != "" {
		return folder
	}
	return filepath.Join("..", "..", usual)
}

func modelFolder() string { return place("FO1_TEST_MODEL", "models/tiny") }

func sample(name string) string {
	return filepath.Join(place("FO1_TEST_SAMPLES", "models/samples"), name)
}

// network is a file of the tiny proposal network and the pictures that it was recorded with.
func network(name string) string {
	return filepath.Join(place("FO1_TEST_DATA", "tests/data"), "upn", name)
}

// must returns the value of a call that may not fail.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

var (
	loaded *fo1.Model
	once   sync.Once
)

func model() *fo1.Model {
	once.Do(func() { loaded = must(fo1.Load(background, modelFolder(), &fo1.LoadOptions{Threads: 1})) })
	return loaded
}

func picture() *fo1.Image { return must(fo1.OpenImage(sample("shapes.png"))) }

func sampleRegions() *fo1.Regions {
	return must(fo1.RegionsFromJSON(string(must(os.ReadFile(sample("shapes.json"))))))
}

func newScene() *fo1.Scene { return must(model().Scene(background, picture(), sampleRegions(), nil)) }

func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func isTrue(t *testing.T, truth bool, about ...any) {
	t.Helper()
	if !truth {
		t.Fatal(append([]any{"not so:"}, about...)...)
	}
}

// refused checks an error by code and by a part of its text.
func refused(t *testing.T, err error, code fo1.Code, part string) {
	t.Helper()
	var own *fo1.Error
	isTrue(t, errors.As(err, &own), err)
	equal(t, own.Code, code)
	isTrue(t, errors.Is(err, code) && strings.Contains(own.Message, part), err)
	equal(t, err.Error(), code.Error()+": "+own.Message)
}

func isPicture(t *testing.T, path string) {
	t.Helper()
	isTrue(t, strings.HasPrefix(string(must(os.ReadFile(path))), "\x89PNG"), path)
}
