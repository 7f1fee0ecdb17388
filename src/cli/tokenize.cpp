// The command that turns texts into token ids and back.
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "cli/command.h"
#include "cli/files.h"
#include "cli/line_json.h"
#include "cli/lines.h"
#include "cli/options.h"
#include "fo1/tokenizer.h"

namespace fo1::cli {
namespace {

struct Options {
  std::string model;
  std::string in = "-";
  std::string out = "-";
};

void convert(const ModelTokenizer& tokenizer, const LineObject& line, Json& result) {
  if (line.json().contains("text")) {
    line.allow_only({"id", "text"});
    result["ids"] = tokenizer.encode(line.string("text"));
  } else {
    line.allow_only({"id", "ids", "skip_special"});
    const bool skip_special = line.has("skip_special") && line.boolean("skip_special");
    result["text"] = tokenizer.decode(line.integers("ids"), skip_special);
  }
}

class LineConverter {
 public:
  LineConverter(const ModelTokenizer& tokenizer, std::string where, std::ostream& out)
      : tokenizer_(tokenizer), where_(std::move(where)), out_(out) {}

  std::int64_t failed() const { return failed_; }

  void handle(const std::string& text, std::int64_t number) {
    Json result = Json::object();
    try {
      const LineObject line(text, where_ + ":" + std::to_string(number));
      if (line.json().contains("id")) result["id"] = line.json().at("id");
      convert(tokenizer_, line, result);
    } catch (const Error& error) {
      result["error"] = error_json(error);
      ++failed_;
    }
    out_ << line_of(result) << std::flush;  // line by line, for whoever waits at the other end
  }

 private:
  const ModelTokenizer& tokenizer_;
  std::string where_;
  std::ostream& out_;
  std::int64_t failed_ = 0;
};

void convert_lines(const ModelTokenizer& tokenizer, const std::string& in, std::ostream& out) {
  LineConverter converter(tokenizer, in == "-" ? "stdin" : in, out);
  const LineVisitor visit = [&](const std::string& text, std::int64_t number) {
    converter.handle(text, number);
    return true;
  };
  if (in == "-") {
    for_each_line(std::cin, visit);
  } else {
    for_each_line(in, visit);
  }
  if (converter.failed() > 0) {
    std::cerr << "fo1: note: " << converter.failed() << " lines could not be converted"
              << std::endl;
  }
}

void run(const Options& options) {
  const ModelTokenizer tokenizer = ModelTokenizer::load(options.model);
  if (options.out == "-") {
    convert_lines(tokenizer, options.in, std::cout);
    return;
  }
  WholeFile out(options.out);
  convert_lines(tokenizer, options.in, out.stream());
  out.commit();
}

}  // namespace

Action declare_tokenize(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_model_folder(app, options->model);
  app.add_option("--in", options->in, "Lines to convert; - (default): stdin")->type_name("FILE|-");
  app.add_option("--out", options->out, "Their results, line by line; - (default): stdout")
      ->type_name("FILE|-");
  app.footer(
      R"({"text": "a cat"} becomes {"ids": [...]}; {"ids": [...], "skip_special": true} becomes
{"text": "..."}. An "id" is carried along. A line that cannot be converted gives
{"error": {"code": "...", "message": "..."}}, and the work goes on.

Example:
  echo '{"text": "a cat"}' | fo1 tokenize --model DIR)");
  return [options] { run(*options); };
}

}  // namespace fo1::cli
