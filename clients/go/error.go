package lair

import (
	"errors"
	"time"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

var (
	// ErrClosed says that the link was closed by Close.
	ErrClosed = errors.New("the link is closed")

	// ErrUnanswered says that a request went out and that no answer came: it
	// may or may not have been carried out.
	ErrUnanswered = errors.New("no answer came, it is not known whether it was done")
)

// Code returns the code with which the server refused, such as
// "room_not_found", and "" if err is something else.
func Code(err error) string {
	if e, ok := errors.AsType[*clientv1.Error](err); ok {
		return e.Code
	}
	return ""
}

func refusal(code, text string) error { return &clientv1.Error{Code: code, Message: text} }

// temporary reports whether a refused message may be accepted a little later.
func temporary(code string) bool {
	return code == "unavailable" || code == "busy" || code == "internal_error" || code == "rate_limited"
}

// retryAfter returns how long the server asks to wait before the next attempt.
func retryAfter(err error) time.Duration {
	if e, ok := errors.AsType[*clientv1.Error](err); ok {
		return time.Duration(e.RetryAfter) * time.Second
	}
	return 0
}

// stale reports whether a new token may help.
func stale(code string) bool {
	switch code {
	case "invalid_token", "token_expired", "session_not_found", "session_expired", "invalid_claims", "missing_token":
		return true
	}
	return false
}

// definite reports whether connecting again cannot help: the server knows who
// asks, or does not, and will not let them in.
func definite(err error) bool {
	switch code := Code(err); code {
	case "user_not_found", "invalid_credentials", "account_locked", "account_banned",
		"version_mismatch", "encryption_required":
		return true
	default:
		return stale(code)
	}
}
