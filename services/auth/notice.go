package auth

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/auth/internal/identity"
)

// NoticeTopic is the bus topic of notices: each message is an event.v1.Notice.
const NoticeTopic = "notice"

// noticeTime bounds the publishing of a notice: an administrator waits for it.
const noticeTime = 3 * time.Second

// herald implements identity.Herald.
type herald struct{ bus bus.Bus }

// Announce implements identity.Herald.
func (h herald) Announce(ctx context.Context, n identity.Notice) error {
	data, err := proto.Marshal(&eventv1.Notice{Id: n.ID.Bytes(), Message: n.Message, Severity: n.Severity})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, noticeTime)
	defer cancel()
	return h.bus.Publish(ctx, bus.Message{Topic: NoticeTopic, Data: data})
}
