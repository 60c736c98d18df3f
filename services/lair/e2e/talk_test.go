package e2e

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// What people do with each other. The scenarios share one system.
func TestTalk(t *testing.T) {
	everywhere(t, func(t *testing.T, s *system) {
		for _, scenario := range []struct {
			name string
			run  func(*testing.T, *system)
		}{
			{"TCPIsHeardOnWebSocket", tcpIsHeardOnWebSocket},
			{"DirectMessagesReachBothEnds", directMessagesReachBothEnds},
			{"RepeatedSendIsOneMessage", repeatedSendIsOneMessage},
			{"EightWritersMakeOneSequence", eightWritersMakeOneSequence},
			{"WhoWasAwayGetsExactlyTheRest", whoWasAwayGetsExactlyTheRest},
			{"PollingGetsWhatSocketsGet", pollingGetsWhatSocketsGet},
			{"WhoLeavesHearsNothingMore", whoLeavesHearsNothingMore},
			{"LogoutEndsSocketsEverywhere", logoutEndsSocketsEverywhere},
			{"PresenceIsSeenEverywhere", presenceIsSeenEverywhere},
			{"OldClientsGetNothingNew", oldClientsGetNothingNew},
			{"EncryptedTCPIsHeardOnWebSocket", encryptedTCPIsHeardOnWebSocket},
			{"OldClientsTalk", oldClientsTalk},
			{"NoticesReachEverybody", noticesReachEverybody},
			{"OldClientsLiveInARoom", oldClientsLiveInARoom},
		} {
			t.Run(scenario.name, func(t *testing.T) { scenario.run(t, s) })
		}
	})
}

func tcpIsHeardOnWebSocket(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	from, to := ann.tcp(t), bob.ws(t)
	var want []string
	for i := range 50 {
		want = append(want, fmt.Sprintf("number %d", i))
		from.say(clientv1.ToRoom(hall), want[i])
	}
	to.hears(hall.Conversation(), want...)
	from.hears(hall.Conversation(), want...)
}

func directMessagesReachBothEnds(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	a, b := ann.ws(t), bob.tcp(t)
	direct := id.Direct(ann.ID, bob.ID)
	a.say(clientv1.ToUser(bob.ID), "psst")
	b.hears(direct, "psst")
	b.say(clientv1.ToUser(ann.ID), "yes?")
	a.hears(direct, "psst", "yes?")
}

// The same client_msg_id through both gateways at once, over and over.
func repeatedSendIsOneMessage(t *testing.T, s *system) {
	ann := register(t, s.first(), "ann")
	hall := room(t, ann)
	doors := []*link{ann.tcp(t), ann.at(t, s.last()).ws(t), ann.ws(t), ann.at(t, s.last()).tcp(t)}
	for i := range 20 {
		d := lair.Draft{Target: clientv1.ToRoom(hall), Content: strconv.Itoa(i), ClientMsgID: fmt.Sprintf("once-%d", i)}
		got := make([]clientv1.Message, len(doors))
		var all sync.WaitGroup
		for n, door := range doors {
			all.Go(func() {
				var err error
				if got[n], err = door.Send(t.Context(), d); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, m := range got {
			if m.ID != got[0].ID || m.Seq != got[0].Seq {
				t.Fatalf("one draft became %v and %v", got[0], m)
			}
		}
	}
	if n := len(ann.history(t, hall)); n != 20 {
		t.Errorf("20 drafts became %d messages", n)
	}
	_, err := ann.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(hall), Content: "other", ClientMsgID: "once-0"})
	if lair.Code(err) != "client_msg_id_reused" {
		t.Errorf("another message under a used id: %v", err)
	}
}

func eightWritersMakeOneSequence(t *testing.T, s *system) {
	const writers, each = 8, 25
	people := []*person{register(t, s.first(), "writer")}
	for i := 1; i < writers; i++ {
		people = append(people, register(t, s.Gateways[i%len(s.Gateways)], "writer"))
	}
	hall := room(t, people[0], people[1:]...)
	first := people[0].history(t, hall)
	if len(first) != 0 {
		t.Fatalf("a new room has %d messages", len(first))
	}
	reader := people[1].ws(t)
	var all sync.WaitGroup
	for i, p := range people {
		l := p.tcp(t)
		if i%2 == 0 {
			l = p.ws(t)
		}
		all.Go(func() {
			for n := range each {
				if _, err := l.Send(t.Context(), lair.Draft{
					Target: clientv1.ToRoom(hall), Content: fmt.Sprintf("%s %d", p.Username, n),
				}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	// The reader sees one sequence without holes, and each writer's own order.
	said := make(map[string]int)
	last := int64(0)
	for range writers * each {
		m := reader.next(hall.Conversation())
		if last != 0 && m.Seq != last+1 {
			t.Fatalf("%d came after %d", m.Seq, last)
		}
		last = m.Seq
		if want := fmt.Sprintf("%s %d", m.AuthorUsername, said[m.AuthorUsername]); m.Message.Content != want {
			t.Fatalf("got %q, want %q", m.Message.Content, want)
		}
		said[m.AuthorUsername]++
	}
	all.Wait()
	// 8 members came, then nothing but messages: 9 to 208.
	for i, m := range people[2].history(t, hall) {
		if m.Seq != int64(writers+1+i) {
			t.Fatalf("message %d has the number %d", i, m.Seq)
		}
	}
	if last != writers+writers*each {
		t.Errorf("the last number is %d", last)
	}
}

func whoWasAwayGetsExactlyTheRest(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall, den := room(t, ann, bob), room(t, ann, bob)
	a, b := ann.tcp(t), bob.ws(t)
	// One after the other: conversations may come in any order, and what is not
	// listened for is passed over.
	a.say(clientv1.ToRoom(hall), "before")
	b.hears(hall.Conversation(), "before")
	a.say(clientv1.ToRoom(den), "here, too")
	b.hears(den.Conversation(), "here, too")
	have := b.Positions()
	must(t, b.Close(soon(t)))

	a.deaf()
	var want []string
	for i := range 600 { // more than a page
		want = append(want, strconv.Itoa(i))
	}
	var posted []*lair.Posted
	for _, text := range want {
		p, err := a.Post(soon(t), lair.Draft{Target: clientv1.ToRoom(hall), Content: text})
		must(t, err)
		posted = append(posted, p)
	}
	for _, p := range posted {
		_, err := p.Wait(soon(t))
		must(t, err)
	}
	attic := room(t, ann, bob) // was not there when bob went away
	a.say(clientv1.ToRoom(attic), "new room")
	a.say(clientv1.ToUser(bob.ID), "and a direct message")

	b = bob.at(t, s.first()).tcp(t, have)
	seen := map[id.Conversation][]string{}
	for len(seen[hall.Conversation()]) < len(want) || len(seen[attic.Conversation()]) < 1 || len(seen[id.Direct(ann.ID, bob.ID)]) < 1 {
		m := event[clientv1.MessageReceived](b)
		seen[m.Conversation] = append(seen[m.Conversation], m.Message.Content)
	}
	for i, text := range seen[hall.Conversation()] {
		if text != want[i] {
			t.Fatalf("got %q in place of %q", text, want[i])
		}
	}
	if n := len(seen[den.Conversation()]); n != 0 {
		t.Errorf("%d messages came again", n)
	}
	a.say(clientv1.ToRoom(hall), "live")
	b.hears(hall.Conversation(), "live")
}

func pollingGetsWhatSocketsGet(t *testing.T, s *system) {
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	start, err := bob.Sync(soon(t), lair.Positions{}, 0)
	must(t, err)
	hall := room(t, ann, bob)
	a := ann.tcp(t)
	for i := range 30 {
		a.say(clientv1.ToRoom(hall), strconv.Itoa(i))
	}
	a.say(clientv1.ToUser(bob.ID), "direct")
	at, got, direct := start.Positions, 0, 0
	for more := true; more; {
		page, err := bob.Sync(soon(t), at, 7)
		must(t, err)
		for _, e := range page.Events {
			v, err := e.Decode()
			must(t, err)
			m, ok := v.(*clientv1.MessageReceived)
			switch {
			case !ok:
			case m.Conversation == hall.Conversation():
				if m.Message.Content != strconv.Itoa(got) {
					t.Fatalf("got %q in place of %d", m.Message.Content, got)
				}
				got++
			default:
				direct++
			}
		}
		at, more = page.Positions, page.HasMore
	}
	if got != 30 || direct != 1 {
		t.Errorf("polling got %d of 30 messages and %d of 1", got, direct)
	}
	page, err := bob.Sync(soon(t), at, 7)
	must(t, err)
	if len(page.Events) != 0 {
		t.Errorf("%d events came again", len(page.Events))
	}
}
