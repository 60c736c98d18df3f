package object

import "github.com/lair-chat/lair/pkg/id"

// MessageID returns the name of a message.
func MessageID(b []byte) id.Message { return id.Message{UUID: uuid(b)} }
