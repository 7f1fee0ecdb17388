// Everything.
#pragma once

#include "fo1/annotations.h"
#include "fo1/answer.h"
#include "fo1/draw.h"
#include "fo1/error.h"
#include "fo1/export.h"
#include "fo1/input_json.h"
#include "fo1/inspection.h"
#include "fo1/log.h"
#include "fo1/model.h"
#include "fo1/options.h"
#include "fo1/proposer.h"
#include "fo1/question.h"
#include "fo1/time_limit.h"
#include "fo1/tokenizer.h"
#include "fo1/types.h"
