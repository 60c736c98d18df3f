package bench

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lair-chat/lair/clients/load/internal/report"
	"github.com/lair-chat/lair/clients/load/internal/stack"
)

// cost is the CPU time of programs for one message or delivery, in
// microseconds. It is the second look at what the clock says: other work on the
// machine makes everything slower, but hardly more expensive.
type cost map[string]float64

// costs divides what was used by n.
func costs(u stack.Usage, n int64) cost {
	c := cost{}
	for name, used := range u {
		if each := float64(used.Microseconds()) / float64(n); each > 0 {
			c[name] = each
		}
	}
	return c
}

func (c cost) total() (sum float64) {
	for _, each := range c {
		sum += each
	}
	return sum
}

// String names the programs, the most expensive first. What costs next to
// nothing is left out.
func (c cost) String() string {
	names := slices.SortedFunc(maps.Keys(c), func(a, b string) int { return cmp.Compare(c[b], c[a]) })
	var parts []string
	for _, name := range names {
		if c[name] >= c.total()/50 {
			parts = append(parts, fmt.Sprintf("%s %s", name, report.Number(c[name])))
		}
	}
	return strings.Join(parts, ", ")
}
