package limit_test

import (
	"encoding/binary"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/lair-chat/lair/pkg/limit"
	"github.com/lair-chat/lair/pkg/limit/limittest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(testing.TB) limit.Limiter { return limit.NewMemory(time.Now) }

func TestMemoryContract(t *testing.T) {
	limittest.Run(t, synctest.Test, open)
}

func TestTokensComeBackExactly(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := limit.NewMemory(func() time.Time { return now })
	r := limit.Rule{Name: "r", PerMinute: 30, Burst: 30}
	for i := range 30 {
		if !l.Take(r, limittest.Ann).OK {
			t.Fatalf("token %d was refused", i)
		}
	}
	for range 1000 {
		v := l.Take(r, limittest.Ann)
		if v.OK || v.Retry != 2*time.Second || limit.Seconds(v.Reset) != 60 {
			t.Fatalf("got %+v", v)
		}
		now = now.Add(v.Retry - time.Millisecond)
		if l.Take(r, limittest.Ann).OK {
			t.Fatal("a token came too early")
		}
		now = now.Add(time.Millisecond)
		if !l.Take(r, limittest.Ann).OK {
			t.Fatal("no token came in time")
		}
	}
}

func TestFullBucketsAreForgotten(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := limit.NewMemory(func() time.Time { return now })
	r := limit.Rule{Name: "r", PerMinute: 60, Burst: 1}
	var k limit.Key
	for i := range uint32(100_000) {
		binary.BigEndian.PutUint32(k[1:], i)
		l.Take(r, k)
		now = now.Add(time.Millisecond)
	}
	if n := limit.Len(l); n > 4000 {
		t.Errorf("%d buckets are kept, though only 1000 are not full", n)
	}
}

func TestTakeDoesNotAllocate(t *testing.T) {
	l := limit.NewMemory(time.Now)
	r := limit.Rule{Name: "r", PerMinute: 30}
	l.Take(r, limittest.Ann)
	if n := testing.AllocsPerRun(1000, func() { l.Take(r, limittest.Ann) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkTake(b *testing.B) {
	l := limit.NewMemory(time.Now)
	r := limit.Rule{Name: "r", PerMinute: 1 << 30}
	for b.Loop() {
		l.Take(r, limittest.Ann)
	}
}
