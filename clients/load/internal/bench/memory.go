package bench

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/lair-chat/lair/clients/load/internal/limit"
	"github.com/lair-chat/lair/clients/load/internal/report"
	"github.com/lair-chat/lair/clients/load/internal/stack"
	"github.com/lair-chat/lair/clients/load/internal/swarm"
)

// memory measures what a connection costs that says nothing: logged in, member
// of one room.
func (b *bench) memory(ctx context.Context, p stack.Placement) error {
	bare, err := b.bareMemory(ctx, p)
	if err != nil {
		return err
	}
	for _, kind := range []struct {
		swarm.Kind
		name, goal string
	}{
		{swarm.WebSocket, "WebSocket", "at most 8,000"},
		{swarm.TCP, "TCP", "at most 6,000"},
	} {
		now, later, live, err := b.idle(ctx, kind.Kind)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("idle %s connection, one of %s", kind.name, report.Number(float64(b.size.idle)))
		const of = "bytes, bare"
		b.table.Add(
			report.Row{Figure: what + ", resident", Measured: now, Unit: "bytes", Limit: bare, Of: of},
			report.Row{Figure: what + ", after collections", Measured: later, Unit: "bytes", Limit: bare, Of: of, Goal: kind.goal},
			report.Row{Figure: what + ", in use in Go", Measured: live, Unit: "bytes"},
		)
	}
	return nil
}

// bareMemory is the limit: a goroutine that waits for a byte.
func (b *bench) bareMemory(ctx context.Context, p stack.Placement) (perConn float64, err error) {
	process, err := limit.Start(ctx, limit.SocketsCommand, p)
	if err != nil {
		return 0, err
	}
	defer process.Stop()
	before, err := stack.Resident(process.Pid())
	if err != nil {
		return 0, err
	}
	conns, err := swarm.Open{Kind: swarm.Bare, To: process.Addr, N: b.size.idle}.Dial()
	if err != nil {
		return 0, err
	}
	s, err := swarm.New(conns...)
	if err != nil {
		return 0, err
	}
	defer s.Close()
	time.Sleep(calm)
	after, err := stack.Resident(process.Pid())
	return float64(after-before) / float64(b.size.idle), err
}

// calm is the time for a process to finish what it was doing.
const calm = time.Second

// idle opens connections to a fresh gateway. It returns the resident memory of
// each, the same after collections, and what the Go runtime has in use then.
func (b *bench) idle(ctx context.Context, kind swarm.Kind) (now, later, live float64, err error) {
	if err := b.stack.Renew(ctx); err != nil {
		return 0, 0, 0, err
	}
	if err := b.stack.Moved(b.people); err != nil {
		return 0, 0, 0, err
	}
	to := b.stack.HTTP
	if kind == swarm.TCP {
		to = b.stack.TCP
	}
	open := swarm.Open{Kind: kind, To: to, N: warmUp, Tokens: b.people.Tokens[:1], Listeners: true}
	conns, err := open.Dial()
	if err != nil {
		return 0, 0, 0, err
	}
	for _, c := range conns {
		c.Close()
	}
	usedBefore, err := collect(ctx, b.stack.Metrics)
	if err != nil {
		return 0, 0, 0, err
	}
	before, err := stack.Resident(b.stack.Pid())
	if err != nil {
		return 0, 0, 0, err
	}
	open.N = b.size.idle
	if conns, err = open.Dial(); err != nil {
		return 0, 0, 0, err
	}
	s, err := swarm.New(conns...)
	if err != nil {
		return 0, 0, 0, err
	}
	defer s.Close()
	time.Sleep(calm)
	after, err := stack.Resident(b.stack.Pid())
	if err != nil {
		return 0, 0, 0, err
	}
	used, err := collect(ctx, b.stack.Metrics)
	if err != nil {
		return 0, 0, 0, err
	}
	collected, err := stack.Resident(b.stack.Pid())
	n := float64(b.size.idle)
	return float64(after-before) / n, float64(collected-before) / n, (used - usedBefore) / n, err
}

// warmUp is how many connections come and go before the first look.
const warmUp = 20

// collections is how often the garbage is collected before a look: a stack that
// was large shrinks by half each time.
const collections = 4

// collect asks for metrics, which is work, until the runtime of the process has
// collected its garbage several times. It returns what the runtime has in use
// when it has also swept.
func collect(ctx context.Context, addr netip.AddrPort) (inUse float64, err error) {
	const cycles = "go_gc_duration_seconds_count"
	m, err := metrics(ctx, addr)
	for last := m[cycles] + collections; err == nil && m[cycles] < last; {
		m, err = metrics(ctx, addr)
	}
	if err != nil {
		return 0, err
	}
	time.Sleep(calm)
	m, err = metrics(ctx, addr)
	return m["go_memstats_heap_inuse_bytes"] + m["go_memstats_stack_inuse_bytes"], err
}

// metrics reads those without labels.
func metrics(ctx context.Context, addr netip.AddrPort) (map[string]float64, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr.String()+"/metrics", http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	values := map[string]float64{}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			values[name] = n
		}
	}
	return values, lines.Err()
}
