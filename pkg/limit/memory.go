package limit

import (
	"sync"
	"time"
)

// Buckets are dropped once they are full, for then they say nothing. Should
// there ever be more than maxBuckets others, any of them makes place.
const (
	firstSweep = 1024
	maxBuckets = 1 << 20
)

// Memory is a Limiter of one process.
type Memory struct {
	now     func() time.Time
	changed func(*bucket) // is told of each bucket that gave a token; the lock is held

	mu      sync.Mutex
	buckets map[name]*bucket
	sweepAt int // how many buckets there must be for the next look at all of them
}

type name struct {
	rule string
	key  Key
}

// bucket is guarded by Memory.mu.
type bucket struct {
	name  name
	rule  Rule
	level float64
	at    time.Time // when it had the level
	taken int       // tokens that a shared bucket has not heard of
	dirty bool      // somebody is about to tell it
}

// NewMemory returns a limiter with full buckets. now is the clock, usually
// time.Now.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{now: now, buckets: map[name]*bucket{}, sweepAt: firstSweep}
}

// Take implements Limiter.
func (m *Memory) Take(r Rule, k Key) Verdict {
	if r.PerMinute <= 0 {
		return Verdict{OK: true}
	}
	now := m.now()
	m.mu.Lock()
	defer m.mu.Unlock()
	b := m.bucket(r, k, now)
	b.fill(now)
	ok := b.level >= 1
	if ok {
		b.level--
		if m.changed != nil {
			m.changed(b)
		}
	}
	return b.verdict(ok)
}

// bucket returns the bucket of the key; the lock must be held.
func (m *Memory) bucket(r Rule, k Key, now time.Time) *bucket {
	n := name{r.Name, k}
	b := m.buckets[n]
	if b == nil {
		if len(m.buckets) >= m.sweepAt {
			m.sweep(now)
		}
		b = &bucket{name: n, rule: r, level: r.size(), at: now}
		m.buckets[n] = b
	}
	b.rule = r
	return b
}

// sweep drops the buckets that are full. Since the next look comes when there
// are twice as many, it costs each new bucket only a little.
func (m *Memory) sweep(now time.Time) {
	for n, b := range m.buckets {
		b.fill(now)
		if b.level >= b.rule.size() && !b.dirty || len(m.buckets) >= maxBuckets {
			delete(m.buckets, n)
		}
	}
	m.sweepAt = min(max(firstSweep, 2*len(m.buckets)), maxBuckets)
}

// epsilon makes up for what floating point loses: a token that is this near is
// there.
const epsilon = 1e-6

// fill adds what has come back since the last look.
func (b *bucket) fill(now time.Time) {
	if d := now.Sub(b.at); d > 0 {
		b.level += d.Seconds() * b.rule.perSecond()
		b.at = now
	}
	if whole := float64(int(b.level + epsilon)); b.level > 0 && whole > b.level {
		b.level = whole
	}
	b.level = min(b.level, b.rule.size())
}

func (b *bucket) verdict(ok bool) Verdict {
	v := Verdict{OK: ok, Limit: int(b.rule.size()), Remaining: max(int(b.level), 0), Reset: b.until(b.rule.size())}
	if !ok {
		v.Retry = b.until(1)
	}
	return v
}

// until returns how long it takes to have the level.
func (b *bucket) until(level float64) time.Duration {
	return time.Duration(max(level-b.level, 0) / b.rule.perSecond() * float64(time.Second))
}
