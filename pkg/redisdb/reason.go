package redisdb

import (
	"context"
	"errors"
	"strings"

	"github.com/redis/go-redis/v9"
)

// reason says in a span why a command failed. It is never the text of the error:
// Redis quotes arguments in its own. Their first word is a code, such as LOADING.
func reason(err error) string {
	if e, ok := errors.AsType[redis.Error](err); ok {
		code, _, _ := strings.Cut(e.Error(), " ")
		return code
	}
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "failed"
}
