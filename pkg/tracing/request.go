package tracing

import (
	"context"

	"github.com/lair-chat/lair/pkg/id"
)

type requestKey struct{}

const maxRequestID = 64 // characters

// WithRequestID names the request that ctx belongs to, for logs. What clients send
// may be passed in: a name that is empty, longer than 64 characters or not printable
// ASCII is replaced by a new one.
func WithRequestID(ctx context.Context, name string) context.Context {
	if !isRequestID(name) {
		name = id.New().String()
	}
	return context.WithValue(ctx, requestKey{}, name)
}

// RequestID returns the name of the request, "" if it has none.
func RequestID(ctx context.Context) string {
	name, _ := ctx.Value(requestKey{}).(string)
	return name
}

func isRequestID(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return s != "" && len(s) <= maxRequestID
}
