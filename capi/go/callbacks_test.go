package fo1_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"fo1"
)

func TestPiecesAreTheText(t *testing.T) {
	text, stages := "", []string{}
	answer := must(newScene().Detect(background, labels, &fo1.AskOptions{
		OnToken:    func(piece string) fo1.Flow { text += piece; return fo1.Continue },
		OnProgress: func(p fo1.Progress) fo1.Flow { stages = append(stages, p.Stage); return fo1.Continue },
	}))
	equal(t, text, answer.Text)
	equal(t, []string{stages[0], stages[len(stages)-1]}, []string{"prefill", "generate"})
}

// atThird is a function that ends a call at its third piece.
func atThird(flow fo1.Flow) *fo1.AskOptions {
	pieces := 0
	return &fo1.AskOptions{OnToken: func(string) fo1.Flow {
		if pieces++; pieces == 3 {
			return flow
		}
		return fo1.Continue
	}}
}

func TestFunctionsStopAndCancel(t *testing.T) {
	scene := newScene()
	stopped := must(scene.Detect(background, labels, atThird(fo1.Stop)))
	equal(t, stopped.Finish, fo1.FinishCancelled)
	isTrue(t, stopped.Text != "" && stopped.Tokens.Generated < 10, stopped.Text)
	_, err := scene.Detect(background, labels, atThird(fo1.Cancel))
	refused(t, err, fo1.ErrCancelled, "")
	_, err = scene.Detect(background, labels, atThird(7))
	refused(t, err, fo1.ErrInvalidArgument, "7")
	never := &fo1.LoadOptions{OnProgress: func(fo1.Progress) fo1.Flow { return fo1.Cancel }}
	_, err = fo1.Load(background, modelFolder(), never)
	refused(t, err, fo1.ErrCancelled, "")
	equal(t, found(must(scene.Detect(background, labels, nil))), right)
}

func panicOf(function func()) (panicked any) {
	defer func() { panicked = recover() }()
	function()
	return nil
}

func TestAPanicGoesOnAfterTheCall(t *testing.T) {
	scene := newScene()
	equal(t, panicOf(func() {
		scene.Detect(background, labels, &fo1.AskOptions{OnToken: func(string) fo1.Flow { panic("of a piece") }})
	}), "of a piece")
	equal(t, panicOf(func() {
		scene.Detect(background, labels, &fo1.AskOptions{OnProgress: func(fo1.Progress) fo1.Flow { panic("of progress") }})
	}), "of progress")
	finder := fo1.NewProposer("panic", func(context.Context, *fo1.Image, fo1.Wanted) ([]fo1.Region, error) {
		panic("of a detector")
	})
	equal(t, panicOf(func() { finder.Propose(background, picture(), nil) }), "of a detector")
	equal(t, found(must(scene.Detect(background, labels, nil))), right)
}

func TestAFunctionMayAskAnotherScene(t *testing.T) {
	outer, inner, texts := newScene(), newScene(), []string{}
	answer := must(outer.Detect(background, labels, &fo1.AskOptions{OnToken: func(string) fo1.Flow {
		if len(texts) == 0 {
			texts = append(texts, must(inner.Detect(background, labels, nil)).Text)
		}
		return fo1.Continue
	}}))
	equal(t, texts, []string{answer.Text})
	_, err := outer.Detect(background, labels, &fo1.AskOptions{OnToken: func(string) fo1.Flow {
		_, err := outer.Detect(background, labels, nil)
		refused(t, err, fo1.ErrInvalidArgument, "in use")
		return fo1.Cancel
	}})
	refused(t, err, fo1.ErrCancelled, "")
}

func TestAnotherGoroutineCancels(t *testing.T) {
	scene := newScene()
	ctx, cancel := context.WithCancel(background)
	defer cancel()
	pieces, ask := 0, make(chan struct{})
	go func() {
		<-ask
		cancel()
	}()
	answer := must(scene.Detect(ctx, labels, &fo1.AskOptions{OnToken: func(string) fo1.Flow {
		if pieces++; pieces == 1 {
			close(ask)
		}
		<-ctx.Done()
		time.Sleep(20 * time.Millisecond) // the library is told by a goroutine of its own
		return fo1.Continue
	}}))
	equal(t, answer.Finish, fo1.FinishCancelled)
	_, err := scene.Detect(ctx, labels, nil)
	refused(t, err, fo1.ErrCancelled, "canceled")
	isTrue(t, errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded))

	ctx, cancel = context.WithCancel(background)
	_, err = model().Scene(ctx, picture(), sampleRegions(), &fo1.SceneOptions{OnProgress: func(fo1.Progress) fo1.Flow {
		cancel()
		time.Sleep(20 * time.Millisecond)
		return fo1.Continue
	}})
	refused(t, err, fo1.ErrCancelled, "")
}

func TestDeadlines(t *testing.T) {
	for _, limit := range []time.Duration{0, time.Millisecond} {
		ctx, cancel := context.WithTimeout(background, limit)
		_, err := model().Scene(ctx, picture(), sampleRegions(), &fo1.SceneOptions{OnProgress: func(fo1.Progress) fo1.Flow {
			time.Sleep(2 * time.Millisecond)
			return fo1.Continue
		}})
		cancel()
		refused(t, err, fo1.ErrDeadline, "")
		isTrue(t, errors.Is(err, context.DeadlineExceeded), err)
	}
	ctx, cancel := context.WithTimeout(background, time.Hour)
	defer cancel()
	equal(t, found(must(newScene().Detect(ctx, labels, nil))), right)
}

// deep makes the stack grow, so that what is on it moves.
func deep(levels int, scene *fo1.Scene) int {
	var room [256]byte
	if levels == 0 {
		runtime.GC()
		return must(scene.StageCounts()).EncodePrimary
	}
	room[levels%256] = 1
	return deep(levels-1, scene) + int(room[0]) - int(room[0])
}

func TestOneModelServesManyGoroutines(t *testing.T) {
	image, texts := picture(), make([]string, 4)
	var group sync.WaitGroup
	for i := range texts {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			scene := must(model().Scene(background, image, sampleRegions(), nil))
			equal(t, deep(1000, scene), 1)
			texts[i] = must(scene.Detect(background, labels, nil)).Text
		}(i)
	}
	group.Wait()
	for _, text := range texts {
		equal(t, text, texts[0])
	}
	isTrue(t, texts[0] != "")
}

func TestTheCollectorClosesWhatIsForgotten(t *testing.T) {
	for i := 0; i < 200; i++ {
		list := must(fo1.BoxRegions(fo1.Box{0, 0, float64(i), 1}))
		if i%20 == 0 {
			runtime.GC()
		}
		equal(t, must(list.List())[0].Box[2], float64(i)) // alive as long as it is used
	}
}

func TestADetectorOfOnesOwn(t *testing.T) {
	var calls atomic.Int32
	boxes := must(sampleRegions().List())
	type key struct{}
	ctx := context.WithValue(background, key{}, "of the caller")
	finder := fo1.NewProposer("mine", func(ctx context.Context, image *fo1.Image, wanted fo1.Wanted) ([]fo1.Region, error) {
		calls.Add(1)
		if ctx.Value(key{}) != "of the caller" || image.Width() != 256 || len(image.RGB()) != 256*256*3 {
			return nil, errors.New("not what was given")
		}
		if len(wanted.Labels) > 0 {
			return boxes[:len(wanted.Labels[0])], nil
		}
		return boxes, nil
	})
	equal(t, []any{finder.Name(), finder.ReadsLabels(), len(finder.Prompts())}, []any{"mine", true, 0})
	refused(t, finder.SaveWording(), fo1.ErrUnsupported, "mine")
	list := must(finder.Propose(ctx, picture(), nil))
	equal(t, []any{list.Len(), list.Source()}, []any{7, "mine"})
	equal(t, must(finder.Propose(ctx, picture(), &fo1.ProposeOptions{Labels: []string{"cat"}})).Len(), 3)

	scene := must(model().Scene(ctx, picture(), nil, &fo1.SceneOptions{Proposer: finder}))
	equal(t, found(must(scene.Detect(background, labels, nil))), right)
	given := must(fo1.BoxRegions(fo1.Box{0, 0, 9, 9}))
	both := must(model().Scene(ctx, picture(), given, &fo1.SceneOptions{Proposer: finder, Propose: fo1.ProposeAlso}))
	equal(t, must(both.Regions()).Len(), 8)
	two := &fo1.SceneOptions{Proposer: finder, ProposeOptions: &fo1.ProposeOptions{Labels: []string{"ab"}}}
	isTrue(t, scene.SetRegions(ctx, nil, two) == nil)
	equal(t, must(scene.Regions()).Len(), 2)
	never := must(model().Scene(ctx, picture(), nil, &fo1.SceneOptions{Proposer: finder, Propose: fo1.ProposeNever}))
	equal(t, must(never.Regions()).Len(), 0)
	equal(t, calls.Load(), int32(5))
}

func TestAProposalNetwork(t *testing.T) {
	choice := "upn:" + network("tiny")
	finder := must(fo1.LoadProposer(background, choice, nil))
	defer finder.Close()
	equal(t, []any{finder.Name(), finder.ReadsLabels(), finder.Prompts()}, []any{"upn", false, []string{"fine", "coarse"}})
	refused(t, finder.SaveWording(), fo1.ErrUnsupported, "")

	image := must(fo1.OpenImage(network("images/strip_300x30.png")))
	options := fo1.ProposeOptions{MinScore: fo1.Ptr(0.0), MaxIoU: fo1.Ptr(0.0), Most: fo1.Ptr(0)}
	everything := must(must(finder.Propose(background, image, &options)).List())
	stages := map[string]bool{}
	options.Most, options.Prompts = fo1.Ptr(3), []string{"fine"}
	options.OnProgress = func(p fo1.Progress) fo1.Flow { stages[p.Stage] = true; return fo1.Continue }
	equal(t, must(must(finder.Propose(background, image, &options)).List()), everything[:3])
	isTrue(t, len(everything) > 10 && everything[0].Score != nil, len(everything))
	equal(t, stages, map[string]bool{"propose": true})

	own := must(fo1.Load(background, modelFolder(), &fo1.LoadOptions{Proposals: choice}))
	list := must(must(must(own.Proposer()).Propose(background, image, nil)).List())
	equal(t, must(must(must(own.Scene(background, image, nil, nil)).Regions()).List()), list)
}

func TestAnErrorOfADetectorIsTheErrorOfTheSearch(t *testing.T) {
	dark := errors.New("only by day")
	finder := fo1.NewProposer("picky", func(context.Context, *fo1.Image, fo1.Wanted) ([]fo1.Region, error) { return nil, dark })
	_, err := finder.Propose(background, picture(), nil)
	isTrue(t, err == dark, err)
	_, err = model().Scene(background, picture(), nil, &fo1.SceneOptions{Proposer: finder})
	isTrue(t, err == dark, err)
	mixed := fo1.NewProposer("mixed", func(context.Context, *fo1.Image, fo1.Wanted) ([]fo1.Region, error) {
		return []fo1.Region{{Score: fo1.Ptr(0.5)}, {}}, nil
	})
	_, err = mixed.Propose(background, picture(), nil)
	refused(t, err, fo1.ErrInvalidArgument, "mixed: regions[1].score is missing")
}

func TestMessagesGoToAFunction(t *testing.T) {
	var messages atomic.Int32
	isTrue(t, fo1.SetLog(fo1.LogDebug, func(level fo1.LogLevel, message string) {
		messages.Add(1)
		panic("not heard of again")
	}) == nil)
	must(fo1.Load(background, modelFolder(), nil)).Close()
	isTrue(t, fo1.SetLog(fo1.LogOff, nil) == nil)
	isTrue(t, messages.Load() > 0)
	refused(t, fo1.SetLog(9, nil), fo1.ErrInvalidArgument, "9")
}
