// Conversations whose answers are to be learnt, from files of JSON lines.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fo1/question.h"
#include "pipeline/input_json.h"
#include "weights/mapped_file.h"

namespace fo1::train {

// One answer, to be learnt in the light of all that is said before it.
struct DialogueSample {
  std::shared_ptr<const MappedFile> file;  // which must stay as it is
  std::string_view line;                   // the conversation, in the file
  std::string where;                       // "conversations.jsonl:7"
  std::string root;                        // relative paths of pictures begin here
  std::string picture = {};                // path of the first one that is shown; empty: none
  std::size_t answer = 0;                  // which message
  bool has_regions = false;                // some are offered before the answer
  std::size_t subject = 0;  // equal for samples that are alike up to their last picture

  // The messages up to the answer, which is the last. `images` loads their pictures. Throws what
  // messages_from_json() throws.
  std::vector<Message> messages(ImageLoader& images) const;
};

// `path`: a file of such lines, or a folder with `conversations.jsonl`. A line is what
// messages_from_json() reads; each of its assistant messages gives a sample. A line that cannot be
// used is reported as a warning with file and number and left out. Pictures and boxes are looked at
// when a sample is used. Throws kNotFound.
std::vector<DialogueSample> read_dialogues(const std::string& path);

}  // namespace fo1::train
