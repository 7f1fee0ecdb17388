// JSON forms of regions and conversations.
#pragma once

#include <string>
#include <vector>

#include "fo1/export.h"
#include "fo1/question.h"
#include "fo1/types.h"

namespace fo1 {

// `[[x1, y1, x2, y2], ...]` or `[{"box": [...], "score": 0.9, "label": "..."}, ...]`, mixed as one
// likes; or an object with such a list as "boxes". `where` names the text in errors. Throws
// kCorruptFile (not of this form) and kInvalidArgument (a number that is not finite).
FO1_API std::vector<Region> regions_from_json(const std::string& text, const std::string& where);

// A list of messages, or {"messages": [...]}. A message is {"role", "content", "bbox_list"}; its
// content a string or a list of {"type": "text", "text"} and {"type": "image_url", "image_url":
// {"url"}}. Urls are file paths, relative ones below `root`; web addresses are kUnsupported. Loads
// the images.
FO1_API std::vector<Message> messages_from_json(const std::string& text, const std::string& where,
                                                const std::string& root);

}  // namespace fo1
