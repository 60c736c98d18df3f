package session

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"google.golang.org/protobuf/proto"

	"github.com/lair-chat/lair/pkg/bus"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	eventv1 "github.com/lair-chat/lair/proto/event/v1"
	"github.com/lair-chat/lair/services/gateway/internal/frame"
)

// NoticeTopic is the bus topic of notices: each message is an event.v1.Notice.
const NoticeTopic = "notice"

// noticeQueue bounds the notices that wait to be told.
const noticeQueue = 16

// Notices tells every connection that is logged in what administrators say,
// until ctx ends.
func (g *Gate) Notices(ctx context.Context, b bus.Bus) error {
	heard := noticeHandler{make(chan *eventv1.Notice, noticeQueue)}
	defer b.Subscribe(NoticeTopic, heard)()
	var told [noticeQueue]string // the ids of the last ones: the bus may repeat itself
	for next := 0; ; {
		var n *eventv1.Notice
		select {
		case n = <-heard.notices:
		case <-ctx.Done():
			return nil
		}
		if which := string(n.GetId()); !slices.Contains(told[:], which) {
			told[next%len(told)] = which
			next++
			g.tell(n)
		}
	}
}

// noticeHandler implements bus.Handler.
type noticeHandler struct{ notices chan *eventv1.Notice }

// Listening implements bus.Handler. What was missed is nowhere else.
func (noticeHandler) Listening() {}

// Deliver implements bus.Handler.
func (h noticeHandler) Deliver(data []byte) {
	n := &eventv1.Notice{}
	if proto.Unmarshal(data, n) != nil || n.GetMessage() == "" {
		return
	}
	select {
	case h.notices <- n:
	default: // nobody can read as many at once
	}
}

// tell pushes a notice, encoded once for each form.
func (g *Gate) tell(n *eventv1.Notice) {
	var frames [frame.Forms][]byte
	for f := range frame.Forms {
		v := clientv1.ServerNotice{Type: clientv1.TypeServerNotice, Message: n.GetMessage(), Severity: n.GetSeverity()}
		if !f.Resumes() {
			v.Message = plainText(v.Message)
		}
		frames[f] = f.Encode(v)
	}
	for _, s := range g.loggedIn() {
		s.push(frames[s.Form()])
	}
}

// loggedIn returns the sessions that have been told that they are.
func (g *Gate) loggedIn() []*Session {
	g.mu.Lock()
	defer g.mu.Unlock()
	list := make([]*Session, 0, len(g.sessions))
	for s := range g.sessions {
		if s.expires.Load() != 0 {
			list = append(list, s)
		}
	}
	return list
}

// plainText puts a question mark for what is not ASCII: the terminal client of
// 0.8 may stop at it, because it cuts what it shows at a byte. To refuse such
// notices would take the word from whoever writes another script, although
// newer clients show it.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, s)
}
