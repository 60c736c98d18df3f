// Package gctune sets how often the garbage collector runs by the size of what
// it has to look at.
//
// A service of little data would collect many times a second when it is busy,
// and each time shrink the stacks of all connections, which the next message
// makes grow again. A gateway with many silent connections, on the other hand,
// would keep as much garbage as it has data. So the garbage between two
// collections may be a fixed amount while the data is little, and a fixed share
// when it is much.
package gctune

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// headroom is how much garbage there may be while the data is little.
	headroom = 16 << 20
	// share is how much there may be when the data is much, in percent.
	share = 25
	// usual is the runtime's own setting.
	usual = 100
)

// Start sets the collector after each collection, for the life of the process,
// unless the operator has set GOGC. GOMEMLIMIT stays in force.
func Start() {
	if was := debug.SetGCPercent(usual); was != usual {
		debug.SetGCPercent(was)
		return
	}
	(&tuner{set: func(percent int) { debug.SetGCPercent(percent) }}).arm()
}

// tuner sets the percentage of the next collection after each one.
type tuner struct{ set func(percent int) }

// arm waits for the next collection: it finds an object that nobody has.
func (t *tuner) arm() {
	type nobodys struct{ _ [16]byte }
	runtime.AddCleanup(new(nobodys), func(struct{}) {
		t.set(percent(basis()))
		t.arm()
	}, struct{}{})
}

// basis returns how much the runtime takes its percentage of, in bytes: the live
// heap, the stacks and the global variables.
func basis() uint64 {
	s := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/gc/scan/stack:bytes"}, {Name: "/gc/scan/globals:bytes"},
	}
	metrics.Read(s)
	var sum uint64
	for _, x := range s {
		if x.Value.Kind() == metrics.KindUint64 {
			sum += x.Value.Uint64()
		}
	}
	return sum
}

func percent(basis uint64) int {
	return int(max(share, headroom*100/max(basis, headroom/8))) //nolint:gosec // at most 800
}
