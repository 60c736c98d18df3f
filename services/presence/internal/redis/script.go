package redis

import (
	"context"
	"crypto/sha256"
	_ "embed" // the scripts
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/services/presence/internal/roster"
)

// batch is how many users one script takes. It bounds how long a script holds
// up everybody else on the server, which is two to three milliseconds, and the
// unpack in the scripts, which is good for some 8,000 values.
const batch = 500

var (
	//go:embed script/begin.lua
	beginLua string
	//go:embed script/report.lua
	reportLua string
	//go:embed script/sweep.lua
	sweepLua string
	//go:embed script/restore.lua
	restoreLua string

	reportScript  = redis.NewScript(beginLua + reportLua)
	sweepScript   = redis.NewScript(beginLua + sweepLua)
	restoreScript = redis.NewScript(beginLua + restoreLua)
)

// prefix puts all keys in one slot of a Cluster.
const prefix = "lair:{presence}:"

var (
	onlineKey = prefix + "online"
	keys      = []string{onlineKey, prefix + "pods", prefix + "clock", prefix + "gone"}
)

// answer is what each script returns.
type answer struct {
	epoch      string
	lacking    bool // the state is new, and the caller has not restored it
	came, went []id.User
}

func (a answer) changes() []roster.Change {
	changes := make([]roster.Change, 0, len(a.came)+len(a.went))
	for _, u := range a.came {
		changes = append(changes, roster.Change{User: u, Online: true})
	}
	for _, u := range a.went {
		changes = append(changes, roster.Change{User: u})
	}
	return changes
}

// run runs a script with the arguments that only it has, ARGV[4] and so on. If
// the server has lost its state, run restores it before.
func (r *Registry) run(ctx context.Context, s *redis.Script, args ...any) (answer, error) {
	for range 3 { // the state may be lost again
		a, err := r.eval(ctx, s, r.belief.restored(), args...)
		if err != nil {
			return answer{}, err
		}
		if !a.lacking {
			r.belief.adopt(a.epoch)
			return a, nil
		}
		if err := r.restore(ctx, a.epoch); err != nil {
			return answer{}, err
		}
	}
	return answer{}, unavailable(errors.New("the state is lost again and again"))
}

// restore gives the server the users who are believed to be online.
func (r *Registry) restore(ctx context.Context, epoch string) error {
	r.restoring.Lock()
	defer r.restoring.Unlock()
	if r.belief.restored() == epoch {
		return nil
	}
	for users := range chunks(r.belief.online()) {
		if _, err := r.eval(ctx, restoreScript, epoch, pack(users)); err != nil {
			return err
		}
	}
	r.belief.adopt(epoch)
	return nil
}

func (r *Registry) eval(ctx context.Context, s *redis.Script, epoch string, args ...any) (answer, error) {
	args = append([]any{r.expiry.Milliseconds(), roster.Outage(r.expiry).Milliseconds(), epoch}, args...)
	v, err := s.Run(ctx, r.client, keys, args...).Slice()
	if err != nil {
		return answer{}, unavailable(err)
	}
	a, ok := parse(v)
	if !ok {
		return answer{}, unavailable(fmt.Errorf("a script answered %d odd values", len(v)))
	}
	return a, nil
}

func parse(v []any) (a answer, ok bool) {
	if len(v) != 4 {
		return a, false
	}
	epoch, ok0 := v[0].(string)
	lacking, ok1 := v[1].(int64)
	came, ok2 := v[2].(string)
	went, ok3 := v[3].(string)
	return answer{epoch, lacking == 1, unpack(came), unpack(went)}, ok0 && ok1 && ok2 && ok3
}

func pack(users []id.User) []byte {
	b := make([]byte, 0, 16*len(users))
	for _, u := range users {
		b = append(b, u.UUID[:]...)
	}
	return b
}

func unpack(s string) []id.User {
	users := make([]id.User, 0, len(s)/16)
	for ; len(s) >= 16; s = s[16:] {
		users = append(users, id.User{UUID: id.UUID([]byte(s[:16]))})
	}
	return users
}

// tag is the pod in an entry: short, and of one length, because there is an
// entry for each user.
func tag(pod string) []byte {
	sum := sha256.Sum256([]byte(pod))
	return sum[:8]
}

func unavailable(err error) error {
	return fault.Wrap(err, fault.Unavailable, "unavailable", "presence is not available, try again")
}
