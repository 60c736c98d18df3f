package gctune

import (
	"runtime"
	"testing"
)

func TestGarbageIsAnAmountAndThenAShare(t *testing.T) {
	for basis, want := range map[uint64]int{
		0: 800, 1 << 20: 800, 2 << 20: 800, 4 << 20: 400, 16 << 20: 100, 64 << 20: 25, 1 << 30: 25,
	} {
		if got := percent(basis); got != want {
			t.Errorf("with %d bytes: %d percent, want %d", basis, got, want)
		}
	}
}

func TestEachCollectionSetsTheNext(t *testing.T) {
	// What sets must not wait: others' clean-ups are behind it.
	set := make(chan int, 1)
	(&tuner{set: func(percent int) {
		select {
		case set <- percent:
		default:
		}
	}}).arm()
	next := func() int {
		runtime.GC()
		return <-set
	}
	if got := next(); got <= share {
		t.Errorf("with no data: %d percent", got)
	}
	data := make([]byte, 256<<20)
	runtime.GC()
	for len(set) > 0 {
		<-set // of a collection while there was no data
	}
	if got := next(); got != share {
		t.Errorf("with 256 MiB of data: %d percent", got)
	}
	runtime.KeepAlive(data)
}
