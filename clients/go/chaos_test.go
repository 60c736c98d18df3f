package lair_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	lair "github.com/lair-chat/lair/clients/go"
	"github.com/lair-chat/lair/clients/go/internal/fakegateway"
	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// The promise of the package, under everything that can go wrong at once:
// messages that were sent are stored once and in order, and a reader who comes
// and goes sees each of them once and in order.
func TestPromiseHoldsInChaos(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint("Pipe", seed), func(t *testing.T) {
			bubble(t, func(t *testing.T, g *fakegateway.Gateway) { chaos(t, g, "tcp://pipe:1", seed) })
		})
	}
	for seed := range uint64(2) {
		g := fakegateway.New()
		must(t, g.Listen())
		t.Cleanup(g.Close)
		t.Run(fmt.Sprint("TCP", seed), func(t *testing.T) { chaos(t, g, g.TCP(), seed) })
		t.Run(fmt.Sprint("WS", seed), func(t *testing.T) { chaos(t, g, g.WS(), seed) })
	}
}

func chaos(t *testing.T, g *fakegateway.Gateway, address string, seed uint64) {
	const each = 60
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	rooms := []id.Room{g.Room("hall", "ann", "bob", "cid"), g.Room("den", "ann", "bob", "cid")}
	dialled := func(user string, p lair.Positions) *lair.Link {
		o := options(g, user)
		o.Address, o.Positions, o.Buffer = address, p, 8
		if address != "tcp://pipe:1" {
			o.DialContext = nil
		}
		for {
			link, err := lair.Dial(ctx, o)
			if err == nil || ctx.Err() != nil {
				must(t, err)
				return link
			}
		}
	}
	ann, bob, cid := dialled("ann", lair.Positions{}), dialled("bob", lair.Positions{}), dialled("cid", lair.Positions{})
	chances := map[fakegateway.Fault]float64{
		fakegateway.CutBeforeCommit: .03, fakegateway.CutAfterCommit: .03, fakegateway.SkipEvent: .03,
		fakegateway.RepeatEvents: .05, fakegateway.CutReplay: .1,
	}
	if seed%2 == 1 {
		chances[fakegateway.RefuseBusy] = .03
	}
	g.Chaos(seed, chances)

	var background, senders sync.WaitGroup
	for _, link := range []*lair.Link{ann, cid} {
		background.Go(func() {
			for range link.Events() { // they have to be taken
			}
		})
	}
	senders.Go(func() {
		for i := range each {
			for _, r := range rooms {
				if _, err := ann.Send(ctx, draft(r, fmt.Sprintf("ann %d", i))); err != nil {
					t.Error(err)
				}
			}
		}
	})
	senders.Go(func() {
		var posted []*lair.Posted
		for i := range each {
			for _, r := range rooms {
				p, err := cid.Post(ctx, draft(r, fmt.Sprintf("cid %d", i)))
				if err != nil {
					t.Error(err)
					return
				}
				posted = append(posted, p)
			}
			if i%10 == 5 {
				g.Push(clientv1.Reconnect{Type: clientv1.TypeReconnect, AfterMS: 1})
			}
		}
		for _, p := range posted {
			if _, err := p.Wait(ctx); err != nil {
				t.Error(err)
			}
		}
	})
	background.Go(func() {
		senders.Wait()
		g.Chaos(0, nil)
		for _, r := range rooms {
			g.Say(r, "ann", "end")
		}
	})

	// Bob reads, and now and then begins anew with what he has stored.
	seen := make(map[id.Conversation][]string)
	random := rand.New(rand.NewPCG(seed, 1))
	for ends := 0; ends < len(rooms); {
		if random.Float64() < .03 {
			stored, err := json.Marshal(bob.Positions())
			must(t, err)
			must(t, bob.Close(ctx))
			var p lair.Positions
			must(t, json.Unmarshal(stored, &p))
			bob = dialled("bob", p)
		}
		ev, err := bob.Next(ctx)
		must(t, err)
		v, err := ev.Decode()
		must(t, err)
		m, ok := v.(*clientv1.MessageReceived)
		if !ok || int64(len(seen[ev.Conversation])+1) != ev.Seq {
			t.Fatalf("after %d: %s", len(seen[ev.Conversation]), ev.Raw)
		}
		seen[ev.Conversation] = append(seen[ev.Conversation], m.Message.Content)
		if m.Message.Content == "end" {
			ends++
		}
	}
	for _, link := range []*lair.Link{ann, bob, cid} {
		must(t, link.Close(ctx))
	}
	background.Wait()
	for _, r := range rooms {
		said := g.Said(r.Conversation())
		next := map[string]int{}
		for i, m := range said {
			if seen[r.Conversation()][i] != m.Content {
				t.Fatalf("event %d: saw %q, stored %q", i+1, seen[r.Conversation()][i], m.Content)
			}
			who, n, _ := strings.Cut(m.Content, " ")
			if who != "end" && n != strconv.Itoa(next[who]) {
				t.Errorf("%s's message %s is stored as number %d", who, n, next[who])
			}
			next[who]++
		}
		if next["ann"] != each || next["cid"] != each || next["end"] != 1 {
			t.Errorf("stored %v", next)
		}
	}
}
