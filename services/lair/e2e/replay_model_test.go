package e2e

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// talk is what a client knows of a conversation from its events alone.
type talk struct {
	room    *clientv1.Room        // as it was changed last; nil if it never was
	members map[id.User]string    // roles
	muted   map[id.User]string    // until when; it outlives leaving
	said    map[id.Message]string // what there is to read
	place   map[id.Message]int64  // and in which order
	seq     int64                 // the last event
	gone    bool                  // the room was deleted
	peer    id.User               // of a direct one
}

func newTalk() *talk {
	return &talk{
		members: map[id.User]string{}, muted: map[id.User]string{}, said: map[id.Message]string{},
		place: map[id.Message]int64{},
	}
}

// mind is all that one client knows.
type mind struct {
	*person
	t       *testing.T
	talks   map[id.Conversation]*talk
	invited map[id.Invitation]id.Room // what it can answer
	userSeq int64
	named   map[id.Conversation]bool // that the connection goes on from
	link    *link
}

func (m *mind) talk(c id.Conversation) *talk {
	if m.talks[c] == nil {
		m.talks[c] = newTalk()
	}
	return m.talks[c]
}

// positions are those of what the model counts, not those of the link.
func (m *mind) positions() lair.Positions {
	p := lair.Positions{Conversations: map[id.Conversation]int64{}, UserSeq: new(m.userSeq)}
	for c, k := range m.talks {
		p.Conversations[c] = k.seq
	}
	return p
}

// hangUp closes the connection; what was not taken of it comes again.
func (m *mind) hangUp() {
	if m.link != nil {
		must(m.t, m.link.Close(soon(m.t)))
		m.link = nil
	}
}

// catchUp takes events until it has all that there are.
func (m *mind) catchUp() {
	m.t.Helper()
	now, err := m.Sync(soon(m.t), lair.Positions{}, 0)
	must(m.t, err)
	behind := func() bool {
		if m.userSeq < *now.Positions.UserSeq {
			return true
		}
		return slices.ContainsFunc(now.Conversations, func(c clientv1.Conversation) bool { return m.talk(c.ID).seq < c.Seq })
	}
	for behind() {
		if m.link == nil {
			from := m.positions()
			m.link = m.tcp(m.t, from)
			m.named = map[id.Conversation]bool{}
			for c := range from.Conversations {
				m.named[c] = true
			}
		}
		e, err := m.link.Next(soon(m.t))
		if err != nil {
			m.t.Fatalf("%v: has %v, and there is %+v", err, m.positions(), now.Conversations)
		}
		m.take(e)
	}
}

// take applies an event. One that comes again or too early fails the test.
func (m *mind) take(e lair.Event) {
	m.t.Helper()
	v, err := e.Decode()
	must(m.t, err)
	if e.Type == clientv1.TypeReset {
		m.t.Fatalf("there was a reset: %s", e.Raw)
	}
	if e.UserSeq > 0 {
		if e.UserSeq != m.userSeq+1 {
			m.t.Fatalf("after %d comes %s", m.userSeq, e.Raw)
		}
		m.userSeq = e.UserSeq
		m.mine(v)
		return
	}
	if !e.Durable() {
		return
	}
	k := m.talk(e.Conversation)
	if e.Seq > k.seq+1 && !m.named[e.Conversation] {
		m.hangUp() // it was added meanwhile, so ask for what was before
		return
	}
	if e.Seq != k.seq+1 {
		m.t.Fatalf("after %d comes %s", k.seq, e.Raw)
	}
	k.seq = e.Seq
	k.apply(v)
}

func (m *mind) mine(v any) {
	switch v := v.(type) {
	case *clientv1.ConversationAdded:
		if v.Peer != nil {
			m.talk(v.Conversation).peer = *v.Peer
		}
		if m.talk(v.Conversation).seq < v.FirstSeq-1 {
			m.hangUp() // and ask for what was before
		}
	case *clientv1.InvitationEvent:
		if i := v.Invitation; i.Status == "pending" && i.InviteeID == m.ID {
			m.invited[i.ID] = i.RoomID
		} else {
			delete(m.invited, i.ID)
		}
	}
}

func (k *talk) apply(v any) {
	switch v := v.(type) {
	case *clientv1.MessageReceived:
		k.keep(v.Message)
	case *clientv1.MessageEdited:
		k.keep(v.Message)
	case *clientv1.MessageDeleted:
		delete(k.said, v.MessageID)
	case *clientv1.UserJoinedRoom:
		k.members[v.User.ID] = v.Membership.Role
	case *clientv1.UserLeftRoom:
		delete(k.members, v.UserID)
	case *clientv1.MemberRoleChanged:
		k.members[v.UserID] = v.NewRole
	case *clientv1.MemberMuted:
		if delete(k.muted, v.UserID); v.Until != nil {
			k.muted[v.UserID] = stamp(v.Until)
		}
	case *clientv1.RoomUpdated:
		k.room = &v.Room
	case *clientv1.RoomDeleted:
		k.gone, k.members = true, map[id.User]string{}
	}
}

func (k *talk) keep(m clientv1.Message) {
	if m.Deleted {
		delete(k.said, m.ID)
		return
	}
	k.said[m.ID], k.place[m.ID] = fmt.Sprintf("%v at %d: %s, %v", m.Author, m.Seq, m.Content, m.Edited), m.Seq
}

// history is what there is to read, the oldest first.
func (k *talk) history() []string {
	order := slices.SortedFunc(maps.Keys(k.said), func(a, b id.Message) int { return int(k.place[a] - k.place[b]) })
	texts := []string{}
	for _, m := range order {
		texts = append(texts, k.said[m])
	}
	return texts
}
