package message

import "github.com/lair-chat/lair/services/message/internal/timeline"

// MaxContent is how many bytes a message may have.
const MaxContent = timeline.MaxContent

// Text is the content type of messages.
const Text = timeline.Text

// CheckText returns an error unless a message may say that. Errors: content_invalid.
func CheckText(content string) error { return timeline.CheckText(content) }
