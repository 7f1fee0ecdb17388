// The smallest program: what is where in a picture.
//
//	detect MODEL_FOLDER IMAGE BOXES.json LABEL...
package main

import (
	"context"
	"fmt"
	"os"

	"fo1"
)

func main() {
	if len(os.Args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: detect MODEL_FOLDER IMAGE BOXES.json LABEL...")
		os.Exit(2)
	}
	if err := detect(context.Background(), os.Args[1], os.Args[2], os.Args[3], os.Args[4:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func detect(ctx context.Context, folder, picture, boxes string, labels []string) error {
	model, err := fo1.Load(ctx, folder, nil) // once
	if err != nil {
		return err
	}
	defer model.Close()
	image, err := fo1.OpenImage(picture)
	if err != nil {
		return err
	}
	defer image.Close()
	json, err := os.ReadFile(boxes)
	if err != nil {
		return err
	}
	regions, err := fo1.RegionsFromJSON(string(json))
	if err != nil {
		return err
	}
	defer regions.Close()
	scene, err := model.Scene(ctx, image, regions, nil) // encoded once, asked often
	if err != nil {
		return err
	}
	defer scene.Close()
	answer, err := scene.Detect(ctx, labels, nil)
	if err != nil {
		return err
	}
	for _, found := range answer.Detections {
		b := found.Box
		fmt.Printf("%s at %g,%g - %g,%g score %.3f\n", found.Label, b[0], b[1], b[2], b[3], found.Score)
	}
	return nil
}
