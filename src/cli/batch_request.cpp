#include "cli/batch_request.h"

#include "cli/files.h"
#include "cli/image_task.h"

namespace fo1::cli {
namespace {

void read_boxes(const LineObject& line, const std::string& root, Request& request) {
  const Json& boxes = line.at("boxes");
  if (boxes.is_string()) {
    request.boxes_where = resolve(root, boxes.get<std::string>());
    request.boxes = read_text(request.boxes_where);
  } else {
    request.boxes_where = line.where() + ": boxes";
    request.boxes = boxes.dump();
  }
}

void read_image_question(const LineObject& line, const std::string& root, Request& request) {
  line.allow_only({"id", "task", "image", "query", "boxes", "regions", "max_new_tokens"});
  request.image = resolve(root, line.string("image"));
  if (line.has("query")) request.question.query = line.strings("query");
  if (line.has("regions")) request.question.regions = line.integers("regions");
  if (line.has("boxes")) read_boxes(line, root, request);
}

void read_conversation(const LineObject& line, Request& request) {
  line.allow_only({"id", "task", "messages", "max_new_tokens"});
  line.at("messages");
  request.messages = line.json().dump();
}

}  // namespace

Json read_id(const LineObject& line) {
  const bool is_text = line.has("id") && line.at("id").is_string();
  if (!is_text && !(line.has("id") && line.at("id").is_number_integer())) {
    line.refuse("id", "a text or a whole number");
  }
  return line.at("id");
}

Request read_request(const LineObject& line, const std::string& root) {
  Request request;
  request.where = line.where();
  request.root = root;
  request.question.task = line.string("task");
  if (request.question.task == "chat") {
    read_conversation(line, request);
  } else if (is_image_task(request.question.task)) {
    read_image_question(line, root, request);
  } else {
    line.refuse("task", "one of " + image_task_names() + ", chat");
  }
  if (line.has("max_new_tokens")) {
    request.max_new_tokens = line.integer("max_new_tokens");
    if (request.max_new_tokens < 1) line.refuse("max_new_tokens", "a positive number");
  }
  return request;
}

}  // namespace fo1::cli
