#include "cli/label_job.h"

#include <new>
#include <optional>

#include "cli/files.h"
#include "cli/text.h"
#include "fo1/error.h"
#include "fo1/time_limit.h"

namespace fo1::cli {

Answer LabelJob::ask(const Picture& picture) const {
  const TimeLimit limit(options_.generation.deadline_seconds, CancelToken());
  const Image image = Image::load(resolve(options_.images, picture.name));
  Proposals proposals = finder_.find(image, std::nullopt, options_.labels, limit.remaining());
  Scene scene = model_.scene(image, std::move(proposals), limit.remaining());
  AskOptions asking = ask_options(options_.generation, limit.remaining());
  asking.all_regions = finder_.all_regions();
  return scene.detect(options_.labels, asking);
}

void LabelJob::label(const Picture& picture, AnswerLog& log, LabelFiles& files, ProgressBar& bar) {
  std::optional<Answer> answer;
  std::optional<Error> failure;
  try {
    answer = ask(picture);
  } catch (const Error& error) {
    failure = error;
  } catch (const std::bad_alloc&) {
    failure = Error(ErrorCode::kOutOfMemory, "out of memory");
  }
  // Outside of the try: a file that cannot be written is not the picture's fault.
  if (failure) {
    log.add_failure(picture.name, std::nullopt, *failure);
    bar.say("fo1: note: " + one_line(picture.name) +
            " was skipped: " + error_code_name(failure->code()) + ": " + one_line(failure->what()));
    ++tally_.failed;
    return;
  }
  if (answer->finish != FinishReason::kStop) {
    bar.say("fo1: note: " + one_line(picture.name) +
            ": the answer ended early: " + finish_reason_name(answer->finish));
  }
  log.add_answer(picture.name, *answer);
  files.add(picture, annotate(*answer));
  ++tally_.labelled;
}

}  // namespace fo1::cli
