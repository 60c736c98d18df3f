package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// refusal is an error about the form of a request, whose status no kind of
// fault has.
type refusal struct {
	status     int
	code, text string
}

func (e *refusal) Error() string { return e.text }

// unprocessable refuses JSON that says something else than what was asked for.
func unprocessable(text string) error {
	return &refusal{http.StatusUnprocessableEntity, "validation_failed", text}
}

func invalid(text string) error { return fault.New(fault.Invalid, "validation_failed", "%s", text) }

// fail answers with an error.
func (a *api) fail(rec *recorder, err error) {
	rec.err = err
	if r, ok := errors.AsType[*refusal](err); ok {
		write(rec, r.status, clientv1.ErrorBody{Error: clientv1.Error{Code: r.code, Message: r.text}})
		return
	}
	if r, ok := errors.AsType[*quota.Refused](err); ok {
		limited(rec, r)
		return
	}
	f := fault.Of(err)
	if f.Kind == fault.Internal && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)) {
		f = &fault.Error{Kind: fault.Unavailable, Code: "unavailable", Text: "the answer took too long, try again"}
	}
	switch f.Kind {
	case fault.Unauthenticated:
		rec.Header().Set("WWW-Authenticate", challenge(f.Code))
	case fault.Unavailable, fault.Exhausted:
		rec.Header().Set("Retry-After", retryAfter)
	default:
	}
	if f.Retry > 0 { // who refused knows better
		rec.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.Retry.Seconds()))))
	}
	body := clientv1.ErrorBody{Error: clientv1.Error{Code: f.Code, Message: f.Text}}
	if f.Kind == fault.Internal {
		body.RequestID = rec.Header().Get("X-Request-Id")
	}
	write(rec, f.Kind.HTTPStatus(), body)
}

// retryAfter is in seconds: about as long as a part of the system is away when
// another one takes its place.
const retryAfter = "2"

// challenge returns the value of WWW-Authenticate (RFC 6750): what is wrong
// with the token, if there was one.
func challenge(code string) string {
	switch code {
	case "invalid_token", "token_expired", "invalid_claims", "session_not_found", "session_expired":
		return `Bearer realm="lair", error="invalid_token"`
	}
	return `Bearer realm="lair"`
}

// write answers with the body as JSON.
func write(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // the types of clientv1 can always be encoded
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that went away is no error
}
