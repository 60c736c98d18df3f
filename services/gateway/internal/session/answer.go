package session

import (
	"slices"
	"sync"

	clientv1 "github.com/lair-chat/lair/proto/client/v1"
)

// maxSends bounds the sends of one connection without an answer. While there
// are so many nothing more is read from it.
const maxSends = 64

// answers keeps the answers of one connection in the order of its commands.
// Only sends are answered later than they are read; all other commands wait
// for the sends before them.
type answers struct {
	link Link

	mu    sync.Mutex
	cond  sync.Cond
	queue []*answer
}

// answer is a place in the order, with the frames once they are there.
type answer struct{ frames []byte }

// reserve takes the next place, and waits while too many are taken.
func (a *answers) reserve() *answer {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.queue) >= maxSends {
		a.cond.Wait()
	}
	x := &answer{}
	a.queue = append(a.queue, x)
	return x
}

// fill gives an answer its frames and pushes those that are next. The error is
// that of the link.
func (a *answers) fill(x *answer, frames []byte) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	x.frames = frames
	n := 0
	var out []byte
	for n < len(a.queue) && a.queue[n].frames != nil {
		if out == nil {
			out = a.queue[n].frames // the usual case is one
		} else {
			out = append(slices.Clip(out), a.queue[n].frames...)
		}
		n++
	}
	if n == 0 {
		return nil
	}
	if a.queue = a.queue[n:]; len(a.queue) == 0 {
		a.queue = nil // let go of the array
	}
	a.cond.Broadcast()
	return a.link.Push(out)
}

// settle waits until every send is answered. Each is, in bounded time.
func (a *answers) settle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.queue) > 0 {
		a.cond.Wait()
	}
}

// response begins the answer to a command.
func response(c *clientv1.Command, err error) clientv1.Response {
	r := clientv1.Response{Type: clientv1.TypeResponse(c.Type), RequestID: c.RequestID, Success: err == nil}
	if err != nil {
		r.Error = explain(err)
	}
	return r
}
