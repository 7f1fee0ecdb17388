/* The smallest program: what is where in a picture.
 *
 *   detect MODEL_FOLDER IMAGE BOXES.json LABEL...
 */
#include <fo1_c.h>
#include <stdio.h>
#include <stdlib.h>

static void require(fo1_status status) {
  if (status == FO1_OK) return;
  fprintf(stderr, "%s: %s\n", fo1_status_name(status), fo1_last_error());
  exit(1);
}

/* The whole file as one text, which the caller frees. */
static char* read_text(const char* path) {
  FILE* file = fopen(path, "rb");
  char* text = NULL;
  size_t size = 0, got = 0;
  do {
    char* larger = realloc(text, size + 4097);
    if (!file || !larger) {
      fprintf(stderr, "%s: cannot be read\n", path);
      exit(1);
    }
    text = larger;
    got = fread(text + size, 1, 4096, file);
    size += got;
  } while (got > 0);
  text[size] = '\0';
  fclose(file);
  return text;
}

int main(int argc, char** argv) {
  fo1_model* model;
  fo1_image* image;
  fo1_regions* regions;
  fo1_scene* scene;
  fo1_result* result;
  char* boxes;
  size_t i;

  if (argc < 5) {
    fprintf(stderr, "usage: detect MODEL_FOLDER IMAGE BOXES.json LABEL...\n");
    return 2;
  }
  require(fo1_model_load(&model, argv[1], NULL)); /* once */
  require(fo1_image_load(&image, argv[2]));
  boxes = read_text(argv[3]);
  require(fo1_regions_from_json(&regions, boxes));
  free(boxes);
  require(fo1_scene_create(&scene, model, image, regions, NULL)); /* encoded once, asked often */
  require(fo1_detect(&result, scene, (const char* const*)argv + 4, (size_t)argc - 4, NULL));

  for (i = 0; i < fo1_result_detection_count(result); ++i) {
    fo1_detection found;
    found.struct_size = sizeof found;
    require(fo1_result_detection(&found, result, i));
    printf("%s at %.0f,%.0f - %.0f,%.0f score %.3f\n", found.label, found.box[0], found.box[1],
           found.box[2], found.box[3], found.score);
  }
  fo1_result_free(result);
  fo1_scene_free(scene);
  fo1_regions_free(regions);
  fo1_image_free(image);
  fo1_model_free(model);
  return 0;
}
