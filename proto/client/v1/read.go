package clientv1

import "github.com/lair-chat/lair/pkg/id"

// ReadMarked says that one has read a conversation up to ReadSeq, maybe on
// another device. It stands in one's own sequence.
type ReadMarked struct {
	Type         string          `json:"type"`
	UserSeq      int64           `json:"user_seq"`
	Conversation id.Conversation `json:"conversation"`
	ReadSeq      int64           `json:"read_seq"`
}

// ReadBody is the body of POST /api/v1/messages/read. Without Seq all is read.
type ReadBody struct {
	Target *Target `json:"target"`
	Seq    *int64  `json:"seq,omitempty"`
}

// ReadResult answers POST /api/v1/messages/read: where the mark is now.
type ReadResult struct {
	Conversation id.Conversation `json:"conversation"`
	ReadSeq      int64           `json:"read_seq"`
}
