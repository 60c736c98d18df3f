package id

import (
	"bytes"

	"github.com/google/uuid"
)

// Conversation returns the conversation of the room.
func (r Room) Conversation() Conversation { return Conversation(r) }

// directSpace is the name space of direct conversations. It must never change.
var directSpace = uuid.MustParse("6c616972-0000-5000-8000-646972656374")

// Direct returns the conversation of two people, in either order; a person may
// talk to himself. It is the version 5 UUID of the sorted pair.
func Direct(a, b User) Conversation {
	if bytes.Compare(a.UUID[:], b.UUID[:]) > 0 {
		a, b = b, a
	}
	pair := append(a.Bytes(), b.Bytes()...)
	return Conversation{UUID(uuid.NewSHA1(directSpace, pair))}
}
