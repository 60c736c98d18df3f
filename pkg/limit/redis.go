package limit

import (
	"context"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis is a Limiter whose buckets are shared by all processes with the same
// server.
//
// Each process has a copy of the buckets that it uses and decides by it at
// once. A tenth of a second later it tells the server how many tokens it took,
// all buckets in one round trip, and takes over what is left there. The server
// counts below nought if it must, so nothing that was taken is forgotten.
//
// The error: until its next report a process may give what its copy holds, at
// most one burst. With N processes so much as N-1 bursts may be given too many;
// they are a debt that is worked off before anybody gets more. The usual client,
// which speaks to one process, meets the exact limit.
//
// While the server is away each process goes on with its copies, which is one
// limit for each process. What could not be reported is not reported later: the
// server may have counted it, and counting twice would lock people out. A server
// that lost its memory has full buckets, the copies keep theirs.
type Redis struct {
	*Memory
	client redis.UniversalClient
	log    *slog.Logger
	wake   chan struct{}
	dirty  []*bucket // guarded by Memory.mu
	away   atomic.Bool
}

// reportEvery is the least time between two reports, and reportTime bounds one.
const (
	reportEvery = 100 * time.Millisecond
	reportTime  = 2 * time.Second
)

// maxReport bounds the buckets in one round trip.
const maxReport = 1000

// NewRedis returns a limiter. It shares its counts while Run runs.
func NewRedis(client redis.UniversalClient, log *slog.Logger) *Redis {
	r := &Redis{Memory: NewMemory(time.Now), client: client, log: log, wake: make(chan struct{}, 1)}
	r.changed = r.note
	return r
}

// note remembers that the server has to hear of a token; the lock is held.
func (r *Redis) note(b *bucket) {
	b.taken++
	if b.dirty {
		return
	}
	b.dirty = true
	r.dirty = append(r.dirty, b)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Run reports to the server until ctx ends.
func (r *Redis) Run(ctx context.Context) error {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.wake:
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		for r.report(ctx) {
		}
	}
}

// debt is what the server has to hear of one bucket.
type debt struct {
	name  name
	rule  Rule
	taken int
}

// report tells the server of some buckets, and whether there are more that it
// can be told of now.
func (r *Redis) report(ctx context.Context) (more bool) {
	r.mu.Lock()
	n := min(len(r.dirty), maxReport)
	list := slices.Clone(r.dirty[:n])
	r.dirty = slices.Delete(r.dirty, 0, n)
	debts := make([]debt, n)
	for i, b := range list {
		debts[i] = debt{b.name, b.rule, b.taken}
		b.taken = 0
	}
	r.mu.Unlock()
	if n == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, reportTime)
	defer cancel()
	levels, told, err := r.tell(ctx, debts)
	r.outcome(ctx, err)

	now := r.now()
	r.mu.Lock()
	defer r.mu.Unlock()
	for i, b := range list {
		if b.fill(now); told[i] {
			// A copy never has less than what is left, but when the server forgot.
			b.level = min(b.level, levels[i]-float64(b.taken))
		}
		if b.dirty = b.taken > 0; b.dirty {
			r.dirty = append(r.dirty, b)
		}
	}
	if len(r.dirty) > 0 {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
	return err == nil && len(r.dirty) >= maxReport
}

// outcome logs when the server goes and when it comes back.
func (r *Redis) outcome(ctx context.Context, err error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		return // the process ends
	}
	switch away := err != nil; {
	case away && r.away.CompareAndSwap(false, true):
		r.log.WarnContext(ctx, "limits are counted by each process alone", "err", err)
	case !away && r.away.CompareAndSwap(true, false):
		r.log.InfoContext(ctx, "limits are shared again")
	}
}

// take subtracts tokens from a bucket and returns what is left, which may be
// less than nought. The clock is that of the server. The key is gone when the
// bucket is full.
var take = redis.NewScript(`
local size, rate, n = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local level = size
local old = redis.call('GET', KEYS[1])
if old then
  local l, at = string.match(old, '^(%S+) (%S+)$')
  level = math.min(size, l + math.max(0, now - at) / 1000000 * rate)
end
level = level - n
redis.call('SET', KEYS[1], string.format('%.6f %.0f', level, now), 'PX', math.ceil((size - level) / rate * 1000) + 1000)
return string.format('%.6f', level)
`)

// tell takes the tokens from the server's buckets and returns their levels, and
// for each whether it could: of a cluster a part may be away.
func (r *Redis) tell(ctx context.Context, debts []debt) (levels []float64, told []bool, err error) {
	levels, told = make([]float64, len(debts)), make([]bool, len(debts))
	run := func() (lacking bool, err error) {
		answers := make([]*redis.Cmd, len(debts))
		_, err = r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i, d := range debts {
				if !told[i] {
					answers[i] = take.EvalSha(ctx, p, []string{d.name.String()}, d.rule.size(), d.rule.perSecond(), d.taken)
				}
			}
			return nil
		})
		for i, a := range answers {
			if a == nil {
				continue
			}
			text, failed := a.Text()
			if failed == nil {
				levels[i], failed = strconv.ParseFloat(text, 64)
			}
			told[i] = failed == nil
			lacking = lacking || failed != nil && strings.HasPrefix(failed.Error(), "NOSCRIPT")
			if err == nil {
				err = failed
			}
		}
		return lacking, err
	}
	lacking, err := run()
	if lacking {
		// Where the script is not there nothing has run; elsewhere it has, and is not
		// run again.
		if err = take.Load(ctx, r.client).Err(); err == nil {
			_, err = run()
		}
	}
	return levels, told, err
}

// String returns the key in Redis. The braces keep what belongs together on one
// server, should there be several.
func (n name) String() string {
	return "lair:{limit:" + n.rule + ":" + hex.EncodeToString(n.key[:]) + "}"
}
