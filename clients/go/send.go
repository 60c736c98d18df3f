package lair

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/lair-chat/lair/pkg/fault"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Draft is a message to send. ClientMsgID makes sending it twice the same as
// sending it once; if it is "", one is made (a version 7 UUID).
type Draft struct {
	Target      clientv1.Target
	Content     string
	ClientMsgID string
}

// checked returns the draft with a client_msg_id and the target spelled with
// the given word for a direct message, or what the server would refuse.
func (d Draft) checked(direct string) (Draft, error) {
	if _, _, err := d.Target.Parse(); err != nil {
		e := fault.Of(err)
		return d, refusal(e.Code, e.Text)
	}
	if !utf8.ValidString(d.Content) || strings.IndexByte(d.Content, 0) >= 0 {
		return d, refusal("content_invalid", "a message must be UTF-8 and without U+0000")
	}
	d.Target = spelled(d.Target, direct)
	if d.ClientMsgID == "" {
		d.ClientMsgID = newMsgID()
	}
	return d, nil
}

func spelled(t clientv1.Target, direct string) clientv1.Target {
	if t.Type != clientv1.TargetRoom {
		t.Type = direct
	}
	return t
}

// Send posts a message and waits until it is stored, however often the
// connection is lost meanwhile, or until ctx ends. What the server refuses for
// good is returned; "unavailable", "busy", "rate_limited" and "internal_error"
// are tried again, with pauses. If ctx ends when the message was under way already, the error is
// ErrUnanswered as well as that of ctx.
func (l *Link) Send(ctx context.Context, d Draft) (clientv1.Message, error) {
	p, err := l.Post(ctx, d)
	if err != nil {
		return clientv1.Message{}, err
	}
	return p.Wait(ctx)
}

// Posted is a message that is on its way.
type Posted struct {
	// ClientMsgID is that of the draft, or the one that was made for it.
	ClientMsgID string

	link *Link
	call *call
}

// Post puts a message in line and returns at once, unless 256 requests are
// unanswered: then it waits for room, until ctx ends. What one goroutine posts
// to a conversation is stored in the order in which it was posted, whatever
// fails meanwhile: each goes out when the one in front of it was answered, for
// good. Messages to several conversations are under way at once.
func (l *Link) Post(ctx context.Context, d Draft) (*Posted, error) {
	d, err := d.checked(clientv1.TargetDirect)
	if err != nil {
		return nil, err
	}
	c, err := l.add(ctx, sending, clientv1.Command{
		Type: clientv1.TypeSendMessage, Target: &d.Target, Content: &d.Content, ClientMsgID: &d.ClientMsgID,
	})
	if err != nil {
		return nil, err
	}
	return &Posted{ClientMsgID: d.ClientMsgID, link: l, call: c}, nil
}

// Wait waits for the answer, as Send does. If ctx ends first the message is
// taken back, if that is still possible. Wait may be called again and then
// returns the same.
func (p *Posted) Wait(ctx context.Context) (clientv1.Message, error) {
	raw, err := p.link.wait(ctx, p.call)
	if err != nil {
		return clientv1.Message{}, fmt.Errorf("send a message: %w", err)
	}
	var r clientv1.MessageResponse
	if err := json.Unmarshal(raw, &r); err != nil {
		return clientv1.Message{}, fmt.Errorf("send a message: %w", err)
	}
	if r.Message == nil {
		return clientv1.Message{}, errors.New("send a message: the answer has no message")
	}
	return *r.Message, nil
}
