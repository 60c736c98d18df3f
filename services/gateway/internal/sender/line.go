package sender

import messagev1 "github.com/lair-chat/lair/proto/message/v1"

// line names what has an order: the messages of one author in one conversation.
type line struct{ author, room, peer string }

func lineOf(d *messagev1.Draft) line {
	return line{string(d.GetUserId()), string(d.GetTarget().GetRoomId()), string(d.GetTarget().GetUserId())}
}
