package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Clients that know only what events told them, with connections that end at
// any time, know what those know who ask: rooms, members, roles, mutes, messages
// and invitations. Several people act at once, at random.
func TestEventsTellWhatReadsTell(t *testing.T) {
	const bursts, each = 5, 16
	s := begin(t, starters[0].start)
	minds := make([]*mind, 4)
	for i := range minds {
		minds[i] = &mind{
			person: register(t, s.first(), "mind"), t: t,
			talks: map[id.Conversation]*talk{}, invited: map[id.Invitation]id.Room{},
		}
	}
	p := &play{people: minds, rooms: map[id.Room]clientv1.Room{}, gone: map[id.Room]bool{}}
	for i := range 3 {
		p.create(t, minds[i])
	}
	for _, m := range minds {
		for _, r := range p.order[:2] {
			_, err := m.JoinRoom(soon(t), r)
			if lair.Code(err) != "already_member" {
				must(t, err)
			}
		}
	}
	chance := rand.New(rand.NewPCG(1, 2))
	for burst := range bursts {
		var all sync.WaitGroup
		for i, m := range minds {
			r := rand.New(rand.NewPCG(uint64(burst), uint64(i)))
			all.Go(func() {
				for range each {
					p.act(t, r, m)
				}
			})
		}
		all.Wait()
		for _, m := range minds {
			if chance.IntN(3) == 0 {
				m.hangUp()
			}
			m.catchUp()
			m.compare(p)
		}
		if t.Failed() {
			return
		}
	}
	if p.done < bursts*each/2 {
		t.Errorf("only %d acts did anything", p.done)
	}
}

// compare asks for everything, and says where the client is mistaken.
func (m *mind) compare(p *play) {
	m.t.Helper()
	for c, k := range m.talks {
		if !k.peer.IsZero() {
			m.wantHistory(clientv1.ToUser(k.peer), k)
			continue
		}
		r := id.Room(c)
		_, in := k.members[m.ID]
		members, err := m.Members(soon(m.t), r)
		switch code := lair.Code(err); {
		case k.gone != p.gone[r] && in || in != (code == ""):
			m.t.Errorf("%s thinks to be in: %v, gone: %v; but %q", m.Username, in, k.gone, code)
			continue
		case !in:
			continue
		}
		got, want := map[id.User]string{}, map[id.User]string{}
		for u, role := range k.members {
			got[u] = role + k.muted[u]
		}
		for _, x := range members.Members {
			want[x.UserID] = x.Role
			if x.MutedUntil != nil {
				want[x.UserID] += stamp(x.MutedUntil)
			}
		}
		if diff := differ(want, got); diff != "" {
			m.t.Errorf("%s is mistaken about members:\n%s", m.Username, diff)
		}
		m.wantRoom(p, r, k)
		m.wantHistory(clientv1.ToRoom(r), k)
	}
	var list clientv1.InvitationsBody
	m.done(m.t, "GET", "invitations", nil, &list)
	got, want := map[id.Invitation]id.Room{}, map[id.Invitation]id.Room{}
	for _, i := range list.Invitations {
		want[i.ID] = i.RoomID
	}
	for i, r := range maps.All(m.invited) {
		if !p.gone[r] { // the invitations of a room go with it, of which only members are told
			got[i] = r
		}
	}
	if diff := differ(want, got); diff != "" {
		m.t.Errorf("%s is mistaken about invitations:\n%s", m.Username, diff)
	}
}

// wantRoom compares a room as it was made, or as the last event had it.
func (m *mind) wantRoom(p *play, r id.Room, k *talk) {
	m.t.Helper()
	detail, err := m.Room(soon(m.t), r)
	must(m.t, err)
	known := p.made(r)
	if k.room != nil {
		known = *k.room
	}
	if diff := differ(text(m.t, detail.Room), text(m.t, known)); diff != "" {
		m.t.Errorf("%s is mistaken about a room:\n%s", m.Username, diff)
	}
	if detail.MemberCount != len(k.members) {
		m.t.Errorf("%s counts %d members, there are %d", m.Username, len(k.members), detail.MemberCount)
	}
}

func (m *mind) wantHistory(target clientv1.Target, k *talk) {
	m.t.Helper()
	want := []string{}
	for after := int64(0); ; {
		page, err := m.Messages(soon(m.t), lair.MessagesQuery{Target: target, AfterSeq: &after, Limit: 100})
		must(m.t, err)
		for _, x := range slices.Backward(page.Messages) {
			want = append(want, fmt.Sprintf("%v at %d: %s, %v", x.Author, x.Seq, x.Content, x.Edited))
			after = x.Seq
		}
		if !page.HasMore {
			break
		}
	}
	if diff := differ(want, k.history()); diff != "" {
		m.t.Errorf("%s is mistaken about messages:\n%s", m.Username, diff)
	}
}

// differ shows two things that are not the same.
func differ(want, got any) string {
	if reflect.DeepEqual(want, got) {
		return ""
	}
	return fmt.Sprintf("got  %v\nwant %v", got, want)
}

func text(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	must(t, err)
	return string(raw)
}

func stamp(at *clientv1.Time) string {
	raw, _ := json.Marshal(at) // a time has a text
	return " muted until " + string(raw)
}
