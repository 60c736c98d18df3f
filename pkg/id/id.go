// Package id names the things of the system. A Room can never be passed where
// a User is meant. Any UUID is accepted, version 7 (RFC 9562) is made.
package id

import (
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
)

// UUID is the value behind every name. The zero value means "none".
type UUID [16]byte

// The names. Each is 16 bytes, comparable, and marshals as a lower-case,
// hyphenated UUID.
type (
	// User is a person.
	User struct{ UUID }
	// Session is one login of a user.
	Session struct{ UUID }
	// Room is a place to talk. Its conversation has the same UUID.
	Room struct{ UUID }
	// Conversation is one ordered sequence of events: a room, or the direct
	// messages of two people.
	Conversation struct{ UUID }
	// Message is something said.
	Message struct{ UUID }
	// Invitation asks a user into a room.
	Invitation struct{ UUID }
)

// New returns a new version 7 UUID: unique, and ordered by time.
func New() UUID { return UUID(uuid.Must(uuid.NewV7())) }

// Parse reads the hyphenated, plain, braced and URN forms, in any case.
func Parse(s string) (UUID, error) {
	u, err := uuid.Parse(s)
	return UUID(u), err
}

// FromBytes reads the 16 raw bytes that travel between services.
func FromBytes(b []byte) (UUID, error) {
	if len(b) != 16 {
		return UUID{}, fmt.Errorf("an id has 16 bytes, not %d", len(b))
	}
	return UUID(b), nil
}

// IsZero reports whether u is the zero UUID.
func (u UUID) IsZero() bool { return u == UUID{} }

// Bytes returns the 16 raw bytes.
func (u UUID) Bytes() []byte { return u[:] }

func (u UUID) String() string { return uuid.UUID(u).String() }

// MarshalText implements encoding.TextMarshaler.
func (u UUID) MarshalText() ([]byte, error) { return uuid.UUID(u).MarshalText() }

// UnmarshalText implements encoding.TextUnmarshaler.
func (u *UUID) UnmarshalText(b []byte) error {
	v, err := Parse(string(b))
	if err == nil {
		*u = v
	}
	return err
}

// Value implements driver.Valuer: the raw bytes.
func (u UUID) Value() (driver.Value, error) { return u[:], nil }

// Scan implements sql.Scanner for raw bytes and text.
func (u *UUID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*u = UUID{}
		return nil
	case []byte:
		if len(v) == 16 {
			copy(u[:], v)
			return nil
		}
		return u.UnmarshalText(v)
	case string:
		return u.UnmarshalText([]byte(v))
	default:
		return fmt.Errorf("an id cannot be read from a %T", src)
	}
}
