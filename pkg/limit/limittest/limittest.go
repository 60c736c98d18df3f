// Package limittest is the contract of limit.Limiter, as a test.
package limittest

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/limit"
)

// Ann and Bob are two who are counted.
var (
	Ann = limit.User(id.User{UUID: id.New()})
	Bob = limit.User(id.User{UUID: id.New()})
)

// Until takes tokens until one is given, and returns how many were refused.
func Until(tb testing.TB, l limit.Limiter, r limit.Rule, k limit.Key) (refused int) {
	tb.Helper()
	end := time.After(30 * time.Second)
	for !l.Take(r, k).OK {
		refused++
		select {
		case <-end:
			tb.Fatal("waited in vain for a token")
		case <-time.After(10 * time.Millisecond):
		}
	}
	return refused
}

// Run tests implementations. open returns an empty limiter; in runs a case,
// maybe in a bubble of time.
func Run(t *testing.T, in func(t *testing.T, test func(t *testing.T)), open func(testing.TB) limit.Limiter) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*testing.T, limit.Limiter)
	}{
		{"ABurstIsGivenAndNoMore", burst},
		{"TokensComeBackOneByOne", refill},
		{"KeysAndRulesDoNotDisturbEachOther", apart},
		{"NoRuleIsNoLimit", none},
		{"ManyAtOnceGetNoMoreThanTheBurst", crowd},
	} {
		t.Run(c.name, func(t *testing.T) {
			in(t, func(t *testing.T) { c.test(t, open(t)) })
		})
	}
}

func burst(t *testing.T, l limit.Limiter) {
	t.Helper()
	r := limit.Rule{Name: "r", PerMinute: 6, Burst: 3}
	for left := 2; left >= 0; left-- {
		v := l.Take(r, Ann)
		if !v.OK || v.Limit != 3 || v.Remaining != left || v.Retry != 0 {
			t.Errorf("got %+v, want %d left", v, left)
		}
		if full := time.Duration(3-left) * 10 * time.Second; v.Reset > full || v.Reset < full-5*time.Second {
			t.Errorf("full in %v, want about %v", v.Reset, full)
		}
	}
	v := l.Take(r, Ann)
	if v.OK || v.Remaining != 0 || v.Retry <= 5*time.Second || v.Retry > 10*time.Second {
		t.Errorf("got %+v", v)
	}
	if again := l.Take(r, Ann); again.OK || again.Retry > v.Retry {
		t.Errorf("a refusal costs: %+v after %+v", again, v)
	}
}

func refill(t *testing.T, l limit.Limiter) {
	t.Helper()
	r := limit.Rule{Name: "r", PerMinute: 300, Burst: 2} // five a second
	began := time.Now()
	const n = 6
	for range n {
		Until(t, l, r, Ann)
	}
	if took := time.Since(began); took < (n-2)*200*time.Millisecond-time.Millisecond {
		t.Errorf("%d tokens took only %v", n, took)
	}
}

func apart(t *testing.T, l limit.Limiter) {
	t.Helper()
	a, b := limit.Rule{Name: "a", PerMinute: 1}, limit.Rule{Name: "b", PerMinute: 1}
	address := func(s string) limit.Key { return limit.Address(netip.MustParseAddr(s)) }
	for _, k := range []limit.Key{Ann, Bob, address("192.0.2.1"), address("192.0.2.2"), address("2001:db8:0:1::1"), address("2001:db8:0:2::1")} {
		for _, r := range []limit.Rule{a, b} {
			if !l.Take(r, k).OK || l.Take(r, k).OK {
				t.Errorf("%v %v: not one token", r, k)
			}
		}
	}
	if l.Take(a, address("2001:db8:0:1:ffff::2")).OK || l.Take(a, address("::ffff:192.0.2.1")).OK {
		t.Error("the same customer has two buckets")
	}
}

func none(t *testing.T, l limit.Limiter) {
	t.Helper()
	for range 1000 {
		if v := l.Take(limit.Rule{Name: "r"}, Ann); v != (limit.Verdict{OK: true}) {
			t.Fatalf("got %+v", v)
		}
	}
}

func crowd(t *testing.T, l limit.Limiter) {
	t.Helper()
	r := limit.Rule{Name: "r", PerMinute: 1, Burst: 50}
	var given atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 100 {
				if l.Take(r, Ann).OK {
					given.Add(1)
				}
			}
		})
	}
	all.Wait()
	if n := given.Load(); n < 50 || n > 51 {
		t.Errorf("%d tokens were given, want 50", n)
	}
}
