package roster

import (
	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
)

// The limits of a request.
const (
	MaxUsers = 10_000 // in one list
	MaxPod   = 128    // bytes of the name of a pod
)

func check(pod string, lists ...[]id.User) error {
	if pod == "" || len(pod) > MaxPod {
		return invalid("the name of a pod has 1 to %d bytes", MaxPod)
	}
	for _, users := range lists {
		if err := checkUsers(users); err != nil {
			return err
		}
	}
	return nil
}

func checkUsers(users []id.User) error {
	if len(users) > MaxUsers {
		return invalid("a list has at most %d users", MaxUsers)
	}
	for _, u := range users {
		if u.IsZero() {
			return invalid("a user has an id that is not zero")
		}
	}
	return nil
}

func checkLimit(limit int) error {
	if limit < 1 || limit > MaxUsers {
		return invalid("the limit is 1 to %d", MaxUsers)
	}
	return nil
}

func (t Typing) check() error {
	if t.Conversation.IsZero() || t.User.IsZero() {
		return invalid("typing needs a conversation and a user")
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fault.New(fault.Invalid, "validation_failed", format, args...)
}

// distinct returns the users once each, without those in except.
func distinct(users, except []id.User) []id.User {
	seen := make(map[id.User]struct{}, len(users)+len(except))
	for _, u := range except {
		seen[u] = struct{}{}
	}
	out := make([]id.User, 0, len(users))
	for _, u := range users {
		if _, ok := seen[u]; !ok {
			seen[u] = struct{}{}
			out = append(out, u)
		}
	}
	return out
}
