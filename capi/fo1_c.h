/* The C interface of fo1: for C, and for every language that can call C.
 *
 * A model reads an image and its regions once (a scene), and answers any number of questions about
 * it; answers name regions. capi/README.md has a complete program per language.
 *
 * CONVENTIONS, true of every function here
 *
 * Errors. Functions that can fail return a fo1_status: FO1_OK (0) or a positive code. The reason
 * is fo1_last_error(), text of the calling thread, valid until that thread's next call that fails.
 * Outputs are the first parameter; on an error a handle output is NULL and a struct output is as
 * it was. Getters that return a value directly return 0 or NULL for a handle that is no such
 * handle or an index out of range, and leave the reason in fo1_last_error(). Where NULL or 0 may
 * be a value as well: fo1_set_last_error(NULL) before, fo1_last_status() after. Nothing throws or
 * exits, and nothing is printed but by codecs of damaged pictures.
 *
 * Ownership. Only handles (fo1_model*, ...) are owned: each comes from one function and is freed
 * once by its own fo1_..._free(), which takes NULL and does nothing. Handles keep what they need
 * alive, so they may be freed in any order: the model before its scenes, the scene before its
 * results. A handle is a number and never used twice: a call with one that was freed, or that is
 * of another type, fails with FO1_INVALID_ARGUMENT. Freed while another thread's call is using it,
 * it lives until that call returns. All texts and arrays that getters return are borrowed: they
 * are valid as long as the handle they come from. What is passed in is only read during the call;
 * nothing passed in is kept, but callbacks and `user` of fo1_set_log() and
 * fo1_proposer_from_callback().
 *
 * Threads. All functions may be called from any thread. Models, proposers, tokenizers, images,
 * results, reports and cancel handles may be used from several at once, and so may lists of
 * regions that nobody changes meanwhile (fo1_regions_add(), fo1_regions_json()). Scenes and
 * annotations are for one thread at a time: a second question to a scene that is answering fails
 * with FO1_INVALID_ARGUMENT. Scenes of one model run in parallel. After fork() the child must not
 * use the library (LibTorch's threads are gone): start processes that do by exec.
 *
 * Text is UTF-8, ends with a zero byte, and is never NULL where it says nothing about NULL. Paths
 * are bytes as the system takes them, also those that getters return. Truth values are int32_t, 0
 * or 1. A count of 0 makes its array optional (NULL).
 *
 * Structs start with `struct_size`, the size of the struct the caller was compiled with. Options
 * are first filled with defaults, fo1_..._options_init(&options, sizeof options), or are NULL
 * altogether: defaults. In structs that a function fills the caller sets struct_size and nothing
 * else. Versions only append fields: a caller with a shorter struct gets the defaults for the
 * rest, one with a longer struct may not set what this library does not know (FO1_UNSUPPORTED;
 * fields that a library does not know are zeroed when it fills a struct).
 *
 * Boxes are x1, y1, x2, y2 in pixels of the image as given, never of a resized copy: x to the
 * right, y downwards, x2 and y2 exclusive. They are clipped to the image; reversed corners are
 * used as they are; NaN and infinity are refused.
 *
 * Versions. FO1_ABI_VERSION is (major << 16) | minor. A minor version appends functions, fields,
 * and codes; a major version, which is also that of libfo1_c.so, may change them. capi/ABI.md has
 * the history.
 */
#ifndef FO1_C_H
#define FO1_C_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define FO1_C_API __attribute__((visibility("default")))
#else
#define FO1_C_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define FO1_ABI_VERSION_MAJOR 1
#define FO1_ABI_VERSION_MINOR 0
#define FO1_ABI_VERSION (((uint32_t)FO1_ABI_VERSION_MAJOR << 16) | FO1_ABI_VERSION_MINOR)

/* ---- handles ---- */

typedef struct fo1_model fo1_model;             /* a loaded checkpoint */
typedef struct fo1_scene fo1_scene;             /* an image and its regions, encoded */
typedef struct fo1_result fo1_result;           /* the answer to one question */
typedef struct fo1_image fo1_image;             /* a decoded picture */
typedef struct fo1_regions fo1_regions;         /* a list of boxes */
typedef struct fo1_proposer fo1_proposer;       /* finds boxes in an image */
typedef struct fo1_cancel fo1_cancel;           /* stops calls from another thread */
typedef struct fo1_report fo1_report;           /* what a folder is, and whether it is sound */
typedef struct fo1_annotations fo1_annotations; /* results as files of other programs */
typedef struct fo1_tokenizer fo1_tokenizer;     /* text to token ids and back */

/* ---- status, version, log ---- */

typedef int32_t fo1_status;
enum {
  FO1_OK = 0,
  FO1_INVALID_ARGUMENT = 1, /* the caller's value: NULL, an empty query, NaN, a freed handle */
  FO1_NOT_FOUND = 2,        /* a file, folder or tensor, or a value that the answer has not */
  FO1_CORRUPT_FILE = 3,     /* a file that is not what it claims to be */
  FO1_UNSUPPORTED = 4,      /* well formed, but outside what this library or model can do */
  FO1_OUT_OF_MEMORY = 5,
  FO1_CANCELLED = 6, /* stopped with nothing to return yet, or by FO1_CANCEL of a callback */
  FO1_DEADLINE = 7,  /* the time was over with nothing to return yet */
  FO1_INTERNAL = 8   /* a defect of the library */
};

/* "ok", "invalid_argument", ...; "unknown" for a number that is no status. Static. */
FO1_C_API const char* fo1_status_name(fo1_status status);

/* Why this thread's last failed call failed: what was wrong, where, what was expected. "" if none
 * did. */
FO1_C_API const char* fo1_last_error(void);
FO1_C_API fo1_status fo1_last_status(void); /* the code of that call; getters return none */
/* Leaves a reason: of a fo1_propose_callback that fails, it becomes part of that of the call. NULL:
 * none, and fo1_last_status() is FO1_OK. */
FO1_C_API void fo1_set_last_error(const char* message);

FO1_C_API const char* fo1_version(void);  /* "major.minor.patch" of the library. Static. */
FO1_C_API uint32_t fo1_abi_version(void); /* FO1_ABI_VERSION of the library that is loaded */

enum {
  FO1_LOG_OFF = 0,
  FO1_LOG_ERROR = 1,
  FO1_LOG_WARNING = 2,
  FO1_LOG_INFO = 3,
  FO1_LOG_DEBUG = 4
};

/* One message, without a line break. Called from any thread that is in a call of this library, one
 * at a time; what it causes to be logged is dropped. `message` is valid during the call. */
typedef void (*fo1_log_callback)(void* user, int32_t level, const char* message);

/* What is logged, and where: process-wide. A NULL callback: stderr. Default: nothing. When it
 * returns, the callback before is not called any more. */
FO1_C_API fo1_status fo1_set_log(int32_t level, fo1_log_callback callback, void* user);

/* ---- limits of a call: cancel handles, progress ---- */

FO1_C_API fo1_status fo1_cancel_create(fo1_cancel** out);
/* Stops all running and future calls that were given the handle: within one block of a network or
 * one token. A question that has words by then returns them (see fo1_result_finish()); everything
 * else fails with FO1_CANCELLED. It stays so; to trigger it again does nothing. */
FO1_C_API fo1_status fo1_cancel_trigger(fo1_cancel* cancel);
FO1_C_API int32_t fo1_cancel_triggered(const fo1_cancel* cancel);
FO1_C_API void fo1_cancel_free(fo1_cancel* cancel);

/* What a callback returns. Any other value is an error: FO1_INVALID_ARGUMENT. */
enum {
  FO1_CONTINUE = 0,
  FO1_STOP = 1,  /* end here and keep what is there, as fo1_cancel_trigger() does */
  FO1_CANCEL = 2 /* end and keep nothing: FO1_CANCELLED */
};

/* Called on the thread of the call, between two blocks of a network and after each token. `stage`
 * (static text): "load", "decode", "propose", "encode_primary", "encode_auxiliary",
 * "encode_regions", "prefill", "generate". `total` is 0 when it is not known. It must not use the
 * scene of the call. */
typedef int32_t (*fo1_progress_callback)(void* user, const char* stage, int64_t done,
                                         int64_t total);

/* Called on the thread of the call with each piece of the answer's text as it becomes certain:
 * whole UTF-8 characters, `size` bytes and a zero byte, may be empty. Valid during the call. */
typedef int32_t (*fo1_token_callback)(void* user, const char* text, size_t size);

/* ---- images ---- */

enum {
  FO1_PIXELS_RGB = 1,
  FO1_PIXELS_BGR = 2,
  FO1_PIXELS_RGBA = 3, /* alpha is dropped, not blended */
  FO1_PIXELS_BGRA = 4,
  FO1_PIXELS_GREY = 5,
  FO1_PIXELS_NV12 = 6 /* BT.601, limited range; even sides */
};

/* 8 bits a channel, rows from the top. */
typedef struct fo1_pixels {
  uint32_t struct_size;
  int32_t format;
  int32_t width, height;
  const uint8_t* data; /* NV12: the plane of brightness */
  int64_t stride;      /* bytes from one row to the next; 0: packed */
  const uint8_t*
      chroma; /* NV12: the plane of (Cb, Cr). NULL: it follows the other plane's last row */
  int64_t chroma_stride; /* 0: that of the other plane */
} fo1_pixels;

/* All zero: what need not be set then is not. */
FO1_C_API fo1_status fo1_pixels_init(fo1_pixels* pixels, size_t struct_size);
/* Copies. */
FO1_C_API fo1_status fo1_image_from_pixels(fo1_image** out, const fo1_pixels* pixels);
/* The bytes of an encoded file: PNG, JPEG, WebP, BMP. EXIF orientation is ignored, so that boxes
 * mean the pixels as stored. */
FO1_C_API fo1_status fo1_image_decode(fo1_image** out, const void* bytes, size_t size);
FO1_C_API fo1_status fo1_image_load(fo1_image** out, const char* path);
FO1_C_API int32_t fo1_image_width(const fo1_image* image);
FO1_C_API int32_t fo1_image_height(const fo1_image* image);
FO1_C_API const uint8_t* fo1_image_rgb(const fo1_image* image); /* [height, width, 3], packed */
FO1_C_API void fo1_image_free(fo1_image* image);

/* ---- regions ---- */

/* One region of a list, borrowed from it; valid until the list changes. */
typedef struct fo1_region {
  uint32_t struct_size;
  uint32_t reserved;
  double box[4];
  double score;      /* 0..1; NaN: none */
  const char* label; /* "": none */
} fo1_region;

FO1_C_API fo1_status fo1_regions_create(fo1_regions** out); /* an empty list */
/* Appends `count` boxes, boxes[4 * i] and on. `scores` (0..1, NaN: none) and `labels` (an entry may
 * be NULL) are NULL or have `count` entries. A label is carried along, never shown to the model. */
FO1_C_API fo1_status fo1_regions_add(fo1_regions* regions, size_t count, const double* boxes,
                                     const double* scores, const char* const* labels);
/* [[x1, y1, x2, y2], ...] or [{"box": [...], "score": 0.9, "label": "..."}, ...], or an object with
 * such a list as "boxes". */
FO1_C_API fo1_status fo1_regions_from_json(fo1_regions** out, const char* json);
/* Several lists as one: first those of the caller and those without score, all of them; then the
 * others by falling score without those that overlap one before them by more than `max_iou` (0:
 * none goes), until there are `most` in all (0: no limit). */
FO1_C_API fo1_status fo1_regions_unite(fo1_regions** out, const fo1_regions* const* lists,
                                       size_t count, double max_iou, int64_t most);
FO1_C_API size_t fo1_regions_count(const fo1_regions* regions);
FO1_C_API fo1_status fo1_regions_get(fo1_region* out, const fo1_regions* regions, size_t index);
/* Who found them: "given", "upn", "opn", "given+upn", ... */
FO1_C_API const char* fo1_regions_source(const fo1_regions* regions);
/* One JSON object, with the size of the image they belong to; fo1_regions_from_json() reads it, as
 * the caller's own boxes.
 * Valid until the next call with the same list. */
FO1_C_API const char* fo1_regions_json(fo1_regions* regions, const fo1_image* image);
/* The image with the regions, their labels and scores, to a .png or .jpg file. */
FO1_C_API fo1_status fo1_regions_draw(const fo1_regions* regions, const fo1_image* image,
                                      const char* path);
FO1_C_API void fo1_regions_free(fo1_regions* regions);

/* ---- models ---- */

typedef struct fo1_load_options {
  uint32_t struct_size;
  int32_t threads;    /* CPU threads, process-wide; 0 (default): LibTorch's own choice */
  const char* device; /* NULL (default): "cpu"; "cuda", "cuda:1" */
  const char* dtype;  /* NULL (default): "float32", the reference; "bfloat16", "float16" */
  const char*
      proposals; /* what finds regions when a scene is given none. NULL (default): the network
                    in the model folder, if any; "none"; "upn:FOLDER", "opn:FOLDER" */
  int64_t memory_limit; /* bytes: a model whose estimate is higher is refused; 0 (default): none */
  double deadline_seconds;  /* from the call on; 0 (default): none, so that a time that is over
                               already must be passed as something small; below 0: an error */
  const fo1_cancel* cancel; /* may be NULL */
  fo1_progress_callback on_progress; /* may be NULL */
  void* user;                        /* handed to on_progress */
  const char*
      lora; /* NULL (default): none; folder of an adapter in PEFT's form (adapter_config.json,
               adapter_model.safetensors) that is added to a model's weights */
} fo1_load_options;

FO1_C_API fo1_status fo1_load_options_init(fo1_load_options* options, size_t struct_size);

/* A checkpoint folder in the Hugging Face layout. Weights are mapped from the files, which must
 * stay as they are. */
FO1_C_API fo1_status fo1_model_load(fo1_model** out, const char* folder,
                                    const fo1_load_options* options);
FO1_C_API const char* fo1_model_folder(const fo1_model* model);
/* 0: a plain VLM, which answers "ask" and chat only. */
FO1_C_API int32_t fo1_model_has_regions(const fo1_model* model);
FO1_C_API int64_t fo1_model_region_limit(const fo1_model* model); /* regions a prompt holds */
/* The proposer that scenes use, as a handle of its own. FO1_NOT_FOUND: there is none. */
FO1_C_API fo1_status fo1_model_proposer(fo1_proposer** out, const fo1_model* model);
FO1_C_API void fo1_model_free(fo1_model* model);

/* ---- proposers ---- */

typedef struct fo1_propose_options {
  uint32_t struct_size;
  uint32_t reserved;          /* 0 */
  const char* const* labels;  /* what to look for, where the proposer reads labels */
  size_t label_count;         /* 0 (default): anything */
  const char* const* prompts; /* or names of what it offers: fo1_proposer_prompt() */
  size_t prompt_count;        /* 0 (default): the default one */
  double min_score;           /* 0..1; NaN (default): the proposer's own */
  double max_iou; /* boxes that overlap a better one more go; 0: none; NaN (default): the proposer's
                     own */
  int64_t most;   /* boxes kept, the best; 0: all; -1 (default): the proposer's own */
  double min_side;     /* pixels of the image: smaller boxes go; 0 (default) */
  int64_t tile_side;   /* also look at square pieces of this side, in pixels; 0 (default): off */
  double tile_overlap; /* part of a piece that its neighbour covers too, 0..0.9; 0.25 (default) */
  double deadline_seconds; /* as in fo1_load_options */
  const fo1_cancel* cancel;
  fo1_progress_callback on_progress;
  void* user;
} fo1_propose_options;

FO1_C_API fo1_status fo1_propose_options_init(fo1_propose_options* options, size_t struct_size);

/* Finds boxes in `image`, in that image's pixels, and adds them to `found`, all with a score or
 * none; scores and corners are kept as float32. `image` may be a piece of the picture (tile_side).
 * `options`: what is asked for, its labels above all; scores, overlaps and limits are taken care
 * of. All are valid during the call. Anything but FO1_OK ends the search with that status, or
 * FO1_INTERNAL for one that is not known. Called on the thread that searches, from several at once
 * if several search. */
typedef fo1_status (*fo1_propose_callback)(void* user, const fo1_image* image,
                                           const fo1_propose_options* options, fo1_regions* found);

/* `choice`: "upn:FOLDER", "opn:FOLDER", or a folder whose config.json says what it is. Of `options`
 * the device, dtype, threads, and limits are used. */
FO1_C_API fo1_status fo1_proposer_load(fo1_proposer** out, const char* choice,
                                       const fo1_load_options* options);
/* A detector of the caller's own; "given" is no name for it. `user` is kept until the last call
 * that uses the proposer ends. */
FO1_C_API fo1_status fo1_proposer_from_callback(fo1_proposer** out, const char* name,
                                                fo1_propose_callback callback, void* user);
FO1_C_API const char* fo1_proposer_name(const fo1_proposer* proposer);
FO1_C_API int32_t fo1_proposer_reads_labels(const fo1_proposer* proposer);
FO1_C_API size_t fo1_proposer_prompt_count(const fo1_proposer* proposer); /* the default first */
FO1_C_API const char* fo1_proposer_prompt(const fo1_proposer* proposer, size_t index);
/* Writes the vectors of the proposer's own wording to its folder, so that the text encoder need not
 * run for it again. FO1_UNSUPPORTED for one that reads no labels. */
FO1_C_API fo1_status fo1_proposer_save_wording(const fo1_proposer* proposer);
FO1_C_API void fo1_proposer_free(fo1_proposer* proposer);

/* An empty list is a valid result. */
FO1_C_API fo1_status fo1_propose(fo1_regions** out, const fo1_proposer* proposer,
                                 const fo1_image* image, const fo1_propose_options* options);

/* ---- scenes ---- */

enum {
  FO1_PROPOSE_IF_NONE = 0, /* when the caller gives no list (NULL) */
  FO1_PROPOSE_ALSO = 1,    /* unite the caller's with what is found, if there is a proposer */
  FO1_PROPOSE_NEVER = 2
};

typedef struct fo1_scene_options {
  uint32_t struct_size;
  int32_t propose;              /* FO1_PROPOSE_IF_NONE (default), ... */
  const fo1_proposer* proposer; /* NULL (default): the model's, if it has one */
  const fo1_propose_options*
      propose_options;     /* NULL (default): defaults. Limits in it are unused */
  double deadline_seconds; /* of all together; as in fo1_load_options */
  const fo1_cancel* cancel;
  fo1_progress_callback on_progress;
  void* user;
} fo1_scene_options;

FO1_C_API fo1_status fo1_scene_options_init(fo1_scene_options* options, size_t struct_size);

/* Encodes the image with its regions. `regions`: NULL or a list, which may be empty. Regions beyond
 * fo1_model_region_limit() are left out, unless a question asks for all_regions. */
FO1_C_API fo1_status fo1_scene_create(fo1_scene** out, const fo1_model* model,
                                      const fo1_image* image, const fo1_regions* regions,
                                      const fo1_scene_options* options);
/* Other regions on the same image: only pooling and connector run again. On an error the scene
 * keeps the regions it had. */
FO1_C_API fo1_status fo1_scene_set_regions(fo1_scene* scene, const fo1_regions* regions,
                                           const fo1_scene_options* options);
/* A copy of the scene's regions. Their indexes are those that answers name. */
FO1_C_API fo1_status fo1_scene_regions(fo1_regions** out, const fo1_scene* scene);

/* How often each stage has run on a scene. */
typedef struct fo1_stage_counts {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t encode_primary, encode_auxiliary, encode_regions, prefill_prefix, prefill_question;
} fo1_stage_counts;
FO1_C_API fo1_status fo1_scene_stage_counts(fo1_stage_counts* out, const fo1_scene* scene);
FO1_C_API void fo1_scene_free(fo1_scene* scene);

/* ---- questions ---- */

typedef struct fo1_ask_options {
  uint32_t struct_size;
  int32_t all_regions;    /* 1: ask about more regions than a prompt holds, in several passes */
  int64_t max_new_tokens; /* 0 (default): the model's generation_config.json, else 1024 */
  double temperature;     /* 0 (default): greedy, the most likely token */
  double top_p;           /* keep the most likely tokens up to this probability; 1 (default): all */
  int64_t top_k;          /* keep at most so many; 0 (default): all */
  uint64_t seed;          /* the same seed, the same answer */
  double deadline_seconds; /* as in fo1_load_options; over after the first word, the answer so far
                              is returned */
  const fo1_cancel* cancel;
  fo1_progress_callback on_progress;
  fo1_token_callback on_token;
  void* user; /* handed to both */
} fo1_ask_options;

FO1_C_API fo1_status fo1_ask_options_init(fo1_ask_options* options, size_t struct_size);

/* Everything with one of the labels. */
FO1_C_API fo1_status fo1_detect(fo1_result** out, fo1_scene* scene, const char* const* labels,
                                size_t label_count, const fo1_ask_options* options);
/* What a phrase means. */
FO1_C_API fo1_status fo1_ground(fo1_result** out, fo1_scene* scene, const char* phrase,
                                const fo1_ask_options* options);
/* How many there are, and where. */
FO1_C_API fo1_status fo1_count(fo1_result** out, fo1_scene* scene, const char* name,
                               const fo1_ask_options* options);
/* The text in regions; without regions (0): in all. */
FO1_C_API fo1_status fo1_ocr(fo1_result** out, fo1_scene* scene, const int64_t* regions,
                             size_t region_count, const fo1_ask_options* options);
/* Any task: "detect", "ground", "count", "ocr", "caption", "describe", "similar", "reason", "ask".
 * `query`: detect takes one or more labels; ground, count, reason and ask one text; caption none,
 * "brief" or "detailed". `regions`: indexes; ocr and caption any number (0: all), similar one. */
FO1_C_API fo1_status fo1_run(fo1_result** out, fo1_scene* scene, const char* task,
                             const char* const* query, size_t query_count, const int64_t* regions,
                             size_t region_count, const fo1_ask_options* options);
/* Answers the last message of a conversation: a JSON list of {"role", "content", "bbox_list"}, or
 * {"messages": [...]}; image_url parts are file paths, relative ones below `root` (NULL: the
 * working folder). */
FO1_C_API fo1_status fo1_chat(fo1_result** out, const fo1_model* model, const char* messages_json,
                              const char* root, const fo1_ask_options* options);
/* The same, and writes every stage's tensors to a safetensors file. */
FO1_C_API fo1_status fo1_trace(fo1_result** out, const fo1_model* model, const char* messages_json,
                               const char* root, const char* path, const fo1_ask_options* options);

/* ---- results ---- */

typedef struct fo1_detection {
  uint32_t struct_size;
  uint32_t reserved;
  const char* label;
  int64_t region; /* index of the offered region */
  double box[4];
  double score;          /* confidence, times the proposal score where there is one */
  double confidence;     /* probability that the model gave this region's name when it wrote it */
  double proposal_score; /* NaN: none */
} fo1_detection;

typedef struct fo1_region_text {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t region;
  const char* text; /* what it says (ocr) or shows (caption) */
} fo1_region_text;

typedef struct fo1_span {
  uint32_t struct_size;
  uint32_t reserved;
  const char* text;
  const int64_t* regions;
  size_t region_count;
} fo1_span;

typedef struct fo1_dropped {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t region;
  const char* reason; /* "not offered", ... */
} fo1_dropped;

typedef struct fo1_token_counts {
  uint32_t struct_size;
  uint32_t reserved;
  int64_t image, region, text; /* of the prompt */
  int64_t generated;
} fo1_token_counts;

enum {
  FO1_FINISH_STOP = 1,
  FO1_FINISH_LENGTH = 2,
  FO1_FINISH_DEADLINE = 3,
  FO1_FINISH_CANCELLED = 4
};

/* The whole answer as one JSON object (schema 1: src/cli/README.md). */
FO1_C_API const char* fo1_result_json(const fo1_result* result);
FO1_C_API const char* fo1_result_task(const fo1_result* result);
FO1_C_API const char* fo1_result_text(
    const fo1_result* result); /* the model's words, region names included */
FO1_C_API const char* fo1_result_prompt(const fo1_result* result); /* the whole prompt as text */
FO1_C_API int32_t
fo1_result_finish(const fo1_result* result); /* FO1_FINISH_... : why the answer ends */

FO1_C_API size_t fo1_result_detection_count(const fo1_result* result);
FO1_C_API fo1_status fo1_result_detection(fo1_detection* out, const fo1_result* result,
                                          size_t index);
/* The number that the model said. FO1_NOT_FOUND: it said none, or was not asked. */
FO1_C_API fo1_status fo1_result_count(int64_t* out, const fo1_result* result);
/* Distinct regions named, in order. */
FO1_C_API size_t fo1_result_region_count(const fo1_result* result);
FO1_C_API const int64_t* fo1_result_regions(const fo1_result* result);
FO1_C_API size_t fo1_result_region_text_count(const fo1_result* result);
FO1_C_API fo1_status fo1_result_region_text(fo1_region_text* out, const fo1_result* result,
                                            size_t index);
/* Phrases tied to regions, in reading order. */
FO1_C_API size_t fo1_result_span_count(const fo1_result* result);
FO1_C_API fo1_status fo1_result_span(fo1_span* out, const fo1_result* result, size_t index);
FO1_C_API const char* fo1_result_reasoning(const fo1_result* result); /* NULL: the task has none */
FO1_C_API const char* fo1_result_answer(const fo1_result* result); /* the plain words; NULL: none */
/* Regions that were named but could not be used, or were over the limit. */
FO1_C_API size_t fo1_result_dropped_count(const fo1_result* result);
FO1_C_API fo1_status fo1_result_dropped(fo1_dropped* out, const fo1_result* result, size_t index);

FO1_C_API fo1_status fo1_result_tokens(fo1_token_counts* out, const fo1_result* result);
/* Milliseconds of each stage that ran; one reused from the scene is absent. */
FO1_C_API size_t fo1_result_timing_count(const fo1_result* result);
FO1_C_API const char* fo1_result_timing_stage(const fo1_result* result, size_t index);
FO1_C_API double fo1_result_timing_ms(const fo1_result* result, size_t index);

/* The image with the answer's boxes, to a .png or .jpg file. `regions`: those of the scene, for
 * answers whose texts and spans name regions; may be NULL. */
FO1_C_API fo1_status fo1_result_draw(const fo1_result* result, const fo1_image* image,
                                     const fo1_regions* regions, const char* path);
FO1_C_API void fo1_result_free(fo1_result* result);

/* ---- annotations: results for annotation tools and training programs ---- */

/* A set of images with their boxes. `labels`: the classes in their order; those that results bring
 * are appended. Boxes are clipped to their image. */
FO1_C_API fo1_status fo1_annotations_create(fo1_annotations** out, const char* const* labels,
                                            size_t label_count);
/* Appends the detections of a result. `path`: the image as it shall be named in the files. */
FO1_C_API fo1_status fo1_annotations_add(fo1_annotations* annotations, const fo1_result* result,
                                         const char* path);
FO1_C_API size_t fo1_annotations_label_count(const fo1_annotations* annotations);
FO1_C_API const char* fo1_annotations_label(const fo1_annotations* annotations, size_t index);
/* The files' texts, each valid until the next call with the same handle; NULL on an error.
 * COCO: one JSON object of all images. YOLO: a .txt of each image, and data.yaml. labelme: a .json
 * of each image; `image_path` is where the image lies from that file's folder. */
FO1_C_API const char* fo1_annotations_coco(fo1_annotations* annotations);
FO1_C_API const char* fo1_annotations_yolo(fo1_annotations* annotations, size_t image);
FO1_C_API const char* fo1_annotations_yolo_data(fo1_annotations* annotations);
FO1_C_API const char* fo1_annotations_labelme(fo1_annotations* annotations, size_t image,
                                              const char* image_path);
FO1_C_API void fo1_annotations_free(fo1_annotations* annotations);

/* ---- folders ---- */

/* What the folder of a model or of a proposal network is, without loading its weights. */
FO1_C_API fo1_status fo1_inspect(fo1_report** out, const char* folder);
/* The same, then loads it, answers a question about a made-up picture and looks at the numbers.
 * What is wrong is in the report; the status says whether the check could be made. */
FO1_C_API fo1_status fo1_self_check(fo1_report** out, const char* folder,
                                    const fo1_load_options* options);
FO1_C_API const char* fo1_report_json(const fo1_report* report);
FO1_C_API size_t fo1_report_problem_count(const fo1_report* report); /* 0: it is sound */
FO1_C_API const char* fo1_report_problem(const fo1_report* report, size_t index);
/* Bytes that the model needs in this number format (as in fo1_load_options; NULL: float32):
 * weights, a conversation of 2000 tokens, the widest stage. An estimate; LibTorch takes about 300
 * MiB more. 0: unknown dtype. */
FO1_C_API int64_t fo1_report_memory(const fo1_report* report, const char* dtype);
FO1_C_API void fo1_report_free(fo1_report* report);

/* ---- tokenizers ---- */

FO1_C_API fo1_status fo1_tokenizer_load(fo1_tokenizer** out, const char* model_folder);
/* Writes at most `capacity` ids; `count` becomes how many there are (so call it with capacity 0
 * first, or again with more room). Special tokens written in the text become their ids. */
FO1_C_API fo1_status fo1_tokenizer_encode(int64_t* ids, size_t capacity, size_t* count,
                                          const fo1_tokenizer* tokenizer, const char* text);
/* Writes at most `capacity` bytes, the last of them zero; `size` becomes how many the text has, the
 * zero byte not counted. Bytes that are not UTF-8 become U+FFFD. */
FO1_C_API fo1_status fo1_tokenizer_decode(char* text, size_t capacity, size_t* size,
                                          const fo1_tokenizer* tokenizer, const int64_t* ids,
                                          size_t id_count, int32_t skip_special);
FO1_C_API void fo1_tokenizer_free(fo1_tokenizer* tokenizer);

#ifdef __cplusplus
}
#endif

#endif /* FO1_C_H */
