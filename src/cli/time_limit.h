#pragma once
#include "fo1/time_limit.h"
