package fo1

// #include <fo1_c.h>
//
// void fo1goLog(void*, int32_t, char*);
import "C"

import "sync/atomic"

// LogLevel says how much is logged, and how grave a message is.
type LogLevel int32

const (
	LogOff     LogLevel = C.FO1_LOG_OFF
	LogError   LogLevel = C.FO1_LOG_ERROR
	LogWarning LogLevel = C.FO1_LOG_WARNING
	LogInfo    LogLevel = C.FO1_LOG_INFO
	LogDebug   LogLevel = C.FO1_LOG_DEBUG
)

// sink is the function for the process; calls that began with an earlier one find the later one.
var sink atomic.Pointer[func(LogLevel, string)]

// SetLog hands messages up to level to a function: process-wide, from any thread that is in a call of
// the library. nil: to stderr. The function must not use this package; a panic in it is caught, and
// the message lost. Nothing is logged by default.
func SetLog(level LogLevel, function func(level LogLevel, message string)) error {
	if function == nil {
		return call(func() C.fo1_status { return C.fo1_set_log(C.int32_t(level), nil, nil) })
	}
	sink.Store(&function)
	return call(func() C.fo1_status {
		return C.fo1_set_log(C.int32_t(level), C.fo1_log_callback(C.fo1goLog), nil)
	})
}
