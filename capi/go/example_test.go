package fo1_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"fo1"
)

func Example() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	model, err := fo1.Load(ctx, "../../models/tiny", nil) // once
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	image, err := fo1.OpenImage("../../models/samples/shapes.png")
	if err != nil {
		log.Fatal(err)
	}
	defer image.Close()
	regions, err := fo1.BoxRegions(fo1.Box{118, 58, 228, 170}, fo1.Box{38, 77, 98, 127}, fo1.Box{9, 184, 63, 241},
		fo1.Box{35, 12, 93, 73}, fo1.Box{134, 195, 201, 252}, fo1.Box{51, 124, 131, 214}, fo1.Box{129, 2, 177, 49})
	if err != nil {
		log.Fatal(err)
	}
	scene, err := model.Scene(ctx, image, regions, nil) // encoded once, asked often
	if err != nil {
		log.Fatal(err)
	}
	defer scene.Close()
	pieces := 0
	answer, err := scene.Detect(ctx, []string{"red circle", "blue square", "yellow triangle"}, &fo1.AskOptions{
		OnToken: func(piece string) fo1.Flow { pieces++; return fo1.Continue }, // or Stop, Cancel
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, found := range answer.Detections {
		fmt.Println(found.Label, found.Box)
	}
	fmt.Println(pieces > 0)
	// Output:
	// red circle [129 2 177 49]
	// blue square [9 184 63 241]
	// blue square [134 195 201 252]
	// yellow triangle [35 12 93 73]
	// true
}
