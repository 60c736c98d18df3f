package fakegateway

import (
	"math/rand/v2"

	"github.com/lair-chat/lair/pkg/id"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// Fault is a way to misbehave.
type Fault uint8

// The faults.
const (
	CutBeforeCommit Fault = iota // a message comes in, the connection is cut
	CutAfterCommit               // it is stored, then cut without an answer
	RefuseBusy                   // it is refused for now
	RefuseSession                // it is refused because the session is gone
	RefuseToken                  // token_expired, once for each strike
	SkipEvent                    // one connection does not get an event
	RepeatEvents                 // one connection gets the last three events again
	CutReplay                    // cut in the middle of what a resume brings
	BadKey                       // answer a key with one that is none
	RefuseOften                  // a message is refused for ten seconds
	DropAnswer                   // carry a command out, cut without an answer
	nFaults
)

type faults struct {
	left   [nFaults]int
	chance [nFaults]float64
	rand   *rand.Rand
}

func (f *faults) strikes(x Fault) bool {
	if f.left[x] > 0 {
		f.left[x]--
		return true
	}
	return f.chance[x] > 0 && f.rand.Float64() < f.chance[x]
}

// Fail makes the next n chances for the fault strike.
func (g *Gateway) Fail(x Fault, n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults.left[x] = n
}

// Chaos makes faults strike by chance, with the probabilities given. A map of
// nil ends it.
func (g *Gateway) Chaos(seed uint64, chances map[Fault]float64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults.rand = rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a test
	g.faults.chance = [nFaults]float64{}
	for x, p := range chances {
		g.faults.chance[x] = p
	}
}

// Cut cuts all connections.
func (g *Gateway) Cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		c.cut()
	}
}

// Revoke makes a token invalid for ever.
func (g *Gateway) Revoke(token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.revoked[token] = true
}

// Forget drops the events up to floor of a conversation.
func (g *Gateway) Forget(c id.Conversation, floor int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.talks[c].floor = floor
}

// Reset tells everybody that the conversation begins anew at its head.
func (g *Gateway) Reset(c id.Conversation) {
	g.Push(clientv1.Reset{Type: clientv1.TypeReset, Conversation: &c, Seq: g.Head(c)})
}

// Head returns the seq of the last event.
func (g *Gateway) Head(c id.Conversation) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	return int64(len(g.talks[c].log))
}

// Push sends a frame to all connections.
func (g *Gateway) Push(frame any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.conns {
		c.push(encode(frame))
	}
}

// Conns returns how many connections there are.
func (g *Gateway) Conns() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.conns)
}

// Written returns how many frames clients have read: over a pipe none is on the
// way.
func (g *Gateway) Written() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.written
}
