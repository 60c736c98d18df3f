package redis

import (
	"sync"

	"github.com/lair-chat/lair/pkg/id"
)

// belief is what this process has seen of the registry lately: which users are
// online, and which pods have renewed. It is consulted only when the server
// has lost its state, to tell who was online all the time from who is new.
// With several processes each sees a part; a user that none of them has seen
// is announced once more, which does no harm. It is safe for concurrent use.
type belief struct {
	mu    sync.Mutex
	epoch string // of the state that is known to be complete
	// Two generations, the younger first: what is not seen for a whole
	// generation is forgotten with the elder.
	users [2]map[id.User]struct{}
	pods  [2]map[string]struct{}
	age   int // sweeps since the last change of generation
}

// generation is how many sweeps make one: two expiry times. Sweeps that fail
// do not count, so that nothing is forgotten while the server is away.
const generation = 30

func newBelief() *belief {
	b := &belief{}
	b.turn()
	b.turn()
	return b
}

func (b *belief) turn() {
	b.users = [2]map[id.User]struct{}{make(map[id.User]struct{}), b.users[0]}
	b.pods = [2]map[string]struct{}{make(map[string]struct{}), b.pods[0]}
	b.age = 0
}

// restored returns the epoch of the state that this process has completed.
func (b *belief) restored() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.epoch
}

func (b *belief) adopt(epoch string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.epoch = epoch
}

// knows reports whether the pod has renewed lately.
func (b *belief) knows(pod string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, young := b.pods[0][pod]
	_, old := b.pods[1][pod]
	return young || old
}

func (b *belief) renewed(pod string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pods[0][pod] = struct{}{}
}

func (b *belief) saw(here, went []id.User) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, u := range here {
		b.users[0][u] = struct{}{}
	}
	for _, u := range went {
		delete(b.users[0], u)
		delete(b.users[1], u)
	}
}

// swept counts a sweep.
func (b *belief) swept() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.age++; b.age == generation {
		b.turn()
	}
}

// online returns the users who are believed to be online.
func (b *belief) online() []id.User {
	b.mu.Lock()
	defer b.mu.Unlock()
	users := make([]id.User, 0, len(b.users[0])+len(b.users[1]))
	for u := range b.users[0] {
		users = append(users, u)
	}
	for u := range b.users[1] {
		if _, twice := b.users[0][u]; !twice {
			users = append(users, u)
		}
	}
	return users
}
