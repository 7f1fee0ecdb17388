// The command that answers a file of requests.
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <memory>
#include <new>
#include <optional>

#include "cli/answer_log.h"
#include "cli/batch_answerer.h"
#include "cli/command.h"
#include "cli/files.h"
#include "cli/interrupt.h"
#include "cli/lines.h"
#include "terminal/progress_bar.h"

namespace fo1::cli {
namespace {

struct Options {
  ModelChoice model;
  Generation generation;
  RegionChoice regions;
  std::string requests;
  std::string out;
  bool resume = false;
};

struct Tally {
  std::int64_t answered = 0, failed = 0, skipped = 0;
  std::int64_t done() const { return answered + failed + skipped; }
};

class Batch {
 public:
  Batch(std::string requests, AnswerLog& log, BatchAnswerer& answerer)
      : requests_(std::move(requests)), log_(log), answerer_(answerer) {}

  const Tally& tally() const { return tally_; }

  void handle(const std::string& text, std::int64_t number) {
    Json id;  // null as long as it is not known
    std::optional<Answer> answer;
    std::optional<Error> failure;
    try {
      const LineObject line(text, requests_ + ":" + std::to_string(number));
      id = read_id(line);
      require_new(id, line);
      if (log_.has_answer(id)) {
        ++tally_.skipped;
        return;
      }
      answer = answerer_.answer(read_request(line, folder_of(requests_)));
    } catch (const Error& error) {
      failure = error;
    } catch (const std::bad_alloc&) {
      failure = Error(ErrorCode::kOutOfMemory, "out of memory");
    }
    // Outside of the try: an answer that cannot be written is not the request's fault.
    if (failure) {
      log_.add_failure(id, number, *failure);
      ++tally_.failed;
    } else {
      log_.add_answer(id, *answer);
      ++tally_.answered;
    }
  }

 private:
  void require_new(const Json& id, const LineObject& line) {
    if (!ids_.insert(id.dump()).second) {
      throw Error(ErrorCode::kInvalidArgument,
                  line.where() + ": id " + id.dump() + " has been used by a line before");
    }
  }

  std::string requests_;
  AnswerLog& log_;
  BatchAnswerer& answerer_;
  IdSet ids_;  // of the lines so far
  Tally tally_;
};

std::string summary(const Tally& tally) {
  std::string text =
      std::to_string(tally.answered) + " answered, " + std::to_string(tally.failed) + " failed";
  if (tally.skipped > 0) text += ", " + std::to_string(tally.skipped) + " answered before";
  return text;
}

void run(const Options& options) {
  const std::int64_t total = count_lines(options.requests);
  AnswerLog log(options.out, options.resume);
  const Model model = load_model(options.model);
  BatchAnswerer answerer(model, RegionFinder(options.regions, options.model.load, model),
                         options.generation);
  Batch batch(options.requests, log, answerer);

  const CancelToken interrupted = catch_interrupts();
  {
    ProgressBar bar(total);
    bar.show(0);
    for_each_line(options.requests, [&](const std::string& text, std::int64_t number) {
      batch.handle(text, number);
      bar.show(batch.tally().done());
      return !interrupted.cancelled();
    });
  }
  std::cerr << summary(batch.tally()) << std::endl;
  if (const std::int64_t left = total - batch.tally().done(); left > 0) {
    throw Error(ErrorCode::kCancelled,
                "interrupted with " + std::to_string(left) + " requests left; --resume continues");
  }
}

void add_options(CLI::App& app, Options& options) {
  add_model_folder(app, options.model.folder);
  app.add_option("--requests", options.requests, "The questions, one JSON object a line")
      ->required()
      ->type_name("FILE.jsonl");
  app.add_option("--out", options.out, "The answers, one JSON object a line")
      ->required()
      ->type_name("FILE.jsonl");
  app.add_flag("--resume", options.resume,
               "Continue an answer file: keep its good answers, try\n"
               "what failed again, answer what is left");
  add_proposer_options(app, options.regions);
  add_guided_option(app, options.regions);
  add_all_regions_option(app, options.regions);
  add_model_options(app, options.model);
  add_lora_option(app, options.model);
  add_generation_options(app, options.generation);
  app.footer(R"(A request (paths start from the request file's folder):
  {"id": "a1", "image": "x.png", "task": "detect", "query": ["cat"], "boxes": [[0, 0, 9, 9]]}
A line that cannot be answered gets an answer that says why, and the work goes on. Requests
on one image that follow each other share its encoding. Ctrl-C ends after the current one.

Example:
  fo1 batch --model DIR --requests requests.jsonl --out answers.jsonl --resume)");
}

}  // namespace

Action declare_batch(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_options(app, *options);
  return [options] { run(*options); };
}

}  // namespace fo1::cli
