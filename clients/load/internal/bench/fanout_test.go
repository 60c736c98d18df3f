package bench

import (
	"bufio"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/lair-chat/lair/clients/load/internal/limit"
	"github.com/lair-chat/lair/clients/load/internal/swarm"
)

// writer starts a bare loop in this process, and returns a crowd of n and how
// to give it orders.
func writer(t *testing.T, n int) (*swarm.Swarm, io.Writer) {
	t.Helper()
	orders, in := io.Pipe()
	out, addresses := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- limit.Writer(orders, addresses) }()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conns, err := swarm.Open{Kind: swarm.Bare, To: netip.MustParseAddrPort(strings.TrimSpace(line)), N: n}.Dial()
	if err != nil {
		t.Fatal(err)
	}
	s, err := swarm.New(conns...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		s.Close()
	})
	return s, in
}

func TestEverySocketGetsEveryEvent(t *testing.T) {
	const sockets, inFlight = 20, 4
	s, in := writer(t, sockets)
	f := fan{swarm: s, sockets: sockets, push: func(seq int64) error { return limit.Order(in, sockets, seq, 300) }}
	rate, err := f.drive(inFlight, 20*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if f.sent < inFlight || f.delivered != f.sent*sockets || rate <= 0 {
		t.Errorf("%d events were sent and %d delivered, %v a second", f.sent, f.delivered, rate)
	}
}

func TestALostEventIsAnError(t *testing.T) {
	const sockets = 3
	s, in := writer(t, sockets)
	f := fan{swarm: s, sockets: sockets, push: func(seq int64) error {
		if seq >= 5 {
			seq++ // the fifth never comes
		}
		return limit.Order(in, sockets, seq, 300)
	}}
	_, err := f.drive(1, time.Minute)
	if err == nil || !strings.Contains(err.Error(), "position 6 came after 4") {
		t.Errorf("the error is %v", err)
	}
}

func TestARepeatedEventIsAnError(t *testing.T) {
	s, in := writer(t, 1)
	f := fan{swarm: s, sockets: 1, push: func(seq int64) error { return limit.Order(in, 1, min(seq, 3), 300) }}
	_, err := f.drive(1, time.Minute)
	if err == nil || !strings.Contains(err.Error(), "position 3 came after 3") {
		t.Errorf("the error is %v", err)
	}
}
