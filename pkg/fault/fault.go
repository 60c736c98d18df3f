// Package fault gives an error a kind and a code, so that every layer can act
// on what went wrong without knowing who said so.
//
// The kind says what the caller can do next and decides the gRPC and HTTP
// status. The code is the stable, machine-readable name that clients see, such
// as "room_not_found". The text is for people and is kept ASCII.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind is the class of an error. The set is closed.
type Kind uint8

// The kinds.
const (
	Internal        Kind = iota // a bug or a broken part; nothing the caller can do
	Invalid                     // the request can never succeed as it is
	Unauthenticated             // the caller has not proved who it is
	Denied                      // the caller may not do this
	NotFound                    // the thing does not exist
	Conflict                    // the state of the thing forbids it
	Exhausted                   // too much or too often; later it may succeed
	Unavailable                 // a part is down; try again later
)

// Error is an error with a kind, a code and a sentence that a person may read.
type Error struct {
	Kind Kind
	Code string // "room_not_found"
	Text string
	Err  error // the cause: for the log, never for the caller
	// Retry is how long to wait before trying again; 0 if that is not known.
	Retry time.Duration
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Text
	}
	return e.Text + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// New returns an error of the given kind and code.
func New(kind Kind, code, format string, args ...any) error {
	return &Error{Kind: kind, Code: code, Text: fmt.Sprintf(format, args...)}
}

// Wrap returns an error of the given kind and code whose cause is err.
func Wrap(err error, kind Kind, code, text string) error {
	return &Error{Kind: kind, Code: code, Text: text, Err: err}
}

// Of returns err as an *Error. One that has no kind is Internal, with the code
// "internal_error" and a text that gives nothing away. Of(nil) is nil.
func Of(err error) *Error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: Internal, Code: "internal_error", Text: "internal error", Err: err}
}

// KindOf returns the kind of err. It is Internal for an error that has none,
// and for nil: compare with nil first where Internal means something.
func KindOf(err error) Kind {
	if err == nil {
		return Internal
	}
	return Of(err).Kind
}

// CodeOf returns the code of err, "internal_error" for one that has none and
// "" for nil.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	return Of(err).Code
}
