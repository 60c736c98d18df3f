package clientv1

import "github.com/lair-chat/lair/pkg/id"

// MessageEdited says that a message has another content. Replayed, it shows the
// message as it is now. PreviousContent is always empty: what was edited away
// is gone, but clients of 0.8 know the field.
type MessageEdited struct {
	Type string `json:"type"`
	Place
	Message         Message `json:"message"`
	PreviousContent string  `json:"previous_content"`
}

// MessageDeleted says that a message is gone.
type MessageDeleted struct {
	Type string `json:"type"`
	Place
	MessageID id.Message `json:"message_id"`
	Target    Target     `json:"target"`
	DeletedBy id.User    `json:"deleted_by"`
}

// EditBody is the body of PATCH /api/v1/messages/{message_id}.
type EditBody struct {
	Content *string `json:"content"`
}
