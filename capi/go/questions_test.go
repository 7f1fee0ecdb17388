package fo1_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fo1"
)

// found lists label and region of each detection.
func found(answer *fo1.Answer) (list []string) {
	for _, each := range answer.Detections {
		list = append(list, fmt.Sprint(each.Label, " ", each.Region))
	}
	return list
}

func TestDetectionsAreThoseOfTheSample(t *testing.T) {
	answer := must(newScene().Detect(background, labels, nil))
	equal(t, found(answer), right)
	equal(t, answer.Task, "detect")
	equal(t, answer.Finish, fo1.FinishStop)
	equal(t, answer.Regions, []int{6, 2, 4, 3})
	first := answer.Detections[0]
	equal(t, first.Box, fo1.Box{129, 2, 177, 49})
	isTrue(t, first.Score > 0.9 && first.Score == first.Confidence && first.ProposalScore == nil)
	isTrue(t, answer.Count == nil && answer.Reasoning == nil)
	isTrue(t, strings.Contains(answer.Text, "<region6>"), answer.Text)
	isTrue(t, strings.Contains(answer.Prompt, "blue square"), answer.Prompt)
	equal(t, answer.Tokens.Region, 7)
	isTrue(t, answer.Tokens.Generated > 0 && answer.Tokens.Image > 0 && answer.Tokens.Text > 0)
	last := answer.Timings[len(answer.Timings)-1]
	isTrue(t, last.Stage == "generate" && last.Milliseconds > 0, last)
	isTrue(t, strings.Contains(answer.JSON(), `"schema"`))
}

func TestScoresOfProposalsAreMultiplied(t *testing.T) {
	given := must(sampleRegions().List())
	for i := range given {
		given[i].Score = fo1.Ptr(0.5)
	}
	scene := must(model().Scene(background, picture(), must(fo1.NewRegions(given...)), nil))
	answer := must(scene.Detect(background, labels, nil))
	equal(t, found(answer), right)
	for _, each := range answer.Detections {
		equal(t, *each.ProposalScore, 0.5)
		isTrue(t, math.Abs(each.Score-0.5*each.Confidence) < 1e-12, each)
	}
}

func TestEveryQuestionHasItsTask(t *testing.T) {
	scene, short := newScene(), &fo1.AskOptions{MaxNewTokens: 4}
	equal(t, must(scene.Ground(background, "the red circle", short)).Task, "ground")
	equal(t, must(scene.Count(background, "blue square", short)).Task, "count")
	equal(t, must(scene.OCR(background, []int{1, 2}, short)).Task, "ocr")
	equal(t, must(scene.Run(background, "caption", nil, []int{0}, short)).Task, "caption")
	asked := must(scene.Run(background, "ask", []string{"What is it?"}, nil, short))
	equal(t, []any{asked.Task, asked.Finish, asked.Tokens.Generated}, []any{"ask", fo1.FinishLength, 4})
	isTrue(t, asked.Answer != nil)
}

func TestASceneKeepsWhatItHasComputed(t *testing.T) {
	scene := newScene()
	must(scene.Detect(background, labels, nil))
	few := must(fo1.NewRegions(must(sampleRegions().List())[2:]...))
	isTrue(t, scene.SetRegions(background, few, nil) == nil)
	equal(t, must(must(scene.Regions()).List()), must(few.List()))
	fresh := must(model().Scene(background, picture(), few, nil))
	equal(t, must(scene.Detect(background, labels, nil)).Text, must(fresh.Detect(background, labels, nil)).Text)
	equal(t, must(scene.StageCounts()), fo1.StageCounts{
		EncodePrimary: 1, EncodeAuxiliary: 1, EncodeRegions: 2, PrefillPrefix: 2, PrefillQuestion: 2})
}

func TestOptionsReachTheModel(t *testing.T) {
	scene := newScene()
	different := map[string]bool{}
	for _, seed := range []uint64{1, 1, 2, 3, 4} {
		warm := &fo1.AskOptions{Temperature: 50, TopK: 1000, TopP: 0.999, Seed: seed, MaxNewTokens: 12}
		answer := must(scene.Detect(background, labels, warm))
		isTrue(t, seed != 1 || len(different) == 0 || different[answer.Text], answer.Text)
		different[answer.Text] = true
	}
	isTrue(t, len(different) > 1, different)
	equal(t, found(must(scene.Detect(background, labels, &fo1.AskOptions{AllRegions: true}))), right)
}

func TestObjectsAreClosedInAnyOrder(t *testing.T) {
	own := must(fo1.Load(background, modelFolder(), nil))
	image, regions := picture(), sampleRegions()
	scene := must(own.Scene(background, image, regions, nil))
	equal(t, []any{own.Close(), own.Close(), image.Close(), regions.Close()}, []any{nil, nil, nil, nil})
	answer := must(scene.Detect(background, labels, nil))
	scene.Close()
	equal(t, found(answer), right)

	_, err := scene.Detect(background, labels, nil)
	refused(t, err, fo1.ErrInvalidArgument, "fo1_scene")
	_, err = own.Scene(background, picture(), nil, nil)
	refused(t, err, fo1.ErrInvalidArgument, "fo1_model")
	isTrue(t, image.Width() == 0 && image.RGB() == nil && regions.Len() == 0)

	path := filepath.Join(t.TempDir(), "answer.png")
	isTrue(t, answer.Draw(picture(), sampleRegions(), path) == nil)
	isPicture(t, path)
}

func TestAnswersForOtherPrograms(t *testing.T) {
	set := must(fo1.NewAnnotations("blue square"))
	isTrue(t, set.Add(must(newScene().Detect(background, labels, nil)), "images/shapes.png") == nil)
	equal(t, set.Labels(), []string{"blue square", "red circle", "yellow triangle"})
	equal(t, strings.Count(must(set.YOLO(0)), "\n"), 4)
	isTrue(t, strings.Contains(must(set.YOLOData()), "yellow triangle"))
	isTrue(t, strings.Contains(must(set.COCO()), "images/shapes.png"))
	isTrue(t, strings.Contains(must(set.Labelme(0, "../shapes.png")), "../shapes.png"))
	_, err := set.YOLO(1)
	refused(t, err, fo1.ErrInvalidArgument, "index 1 of 1")
}

func TestConversations(t *testing.T) {
	message := `[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "shapes.png"}},
		{"type": "text", "text": "Hello?"}], "bbox_list": [[129, 2, 177, 49]]}]`
	short := &fo1.AskOptions{MaxNewTokens: 3}
	answer := must(model().Chat(background, message, sample(""), short))
	equal(t, answer.Tokens.Generated, 3)
	isTrue(t, strings.Contains(answer.Prompt, "Hello?"), answer.Prompt)
	path := filepath.Join(t.TempDir(), "trace.safetensors")
	equal(t, must(model().Trace(background, message, sample(""), path, short)).Text, answer.Text)
	isTrue(t, must(os.Stat(path)).Size() > 1000)
}

func TestModelsTellAboutThemselves(t *testing.T) {
	equal(t, model().Folder(), modelFolder())
	equal(t, []any{model().HasRegions(), model().RegionLimit()}, []any{true, 100})
	equal(t, fo1.ABIVersion()>>16, uint32(1))
	equal(t, strings.Count(fo1.Version(), "."), 2)
}

func TestTokensThereAndBack(t *testing.T) {
	tokenizer := must(fo1.LoadTokenizer(modelFolder()))
	defer tokenizer.Close()
	ids := must(tokenizer.Encode("a blue square<|im_end|>"))
	isTrue(t, len(ids) > 2)
	equal(t, must(tokenizer.Decode(ids, false)), "a blue square<|im_end|>")
	equal(t, must(tokenizer.Decode(ids, true)), "a blue square")
	equal(t, len(must(tokenizer.Encode(""))), 0)
	equal(t, must(tokenizer.Decode(nil, false)), "")
}

func TestFoldersAreInspected(t *testing.T) {
	report := must(fo1.Inspect(modelFolder()))
	isTrue(t, strings.HasPrefix(report.JSON, "{"))
	isTrue(t, 0 < report.Memory["bfloat16"] && report.Memory["bfloat16"] < report.Memory["float32"], report.Memory)
	equal(t, len(report.Problems), 0)
	equal(t, len(must(fo1.SelfCheck(background, modelFolder(), nil)).Problems), 0)
}
