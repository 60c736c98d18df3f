package swarm_test

import (
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/lair-chat/lair/clients/load/internal/swarm"
)

// soon bounds the waits of tests that go well.
const soon = 20 * time.Second

// crowd returns n connections to a listener, and its ends of them.
func crowd(t *testing.T, n int) (*swarm.Swarm, []net.Conn) {
	t.Helper()
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer lis.Close()
	var (
		g    sync.WaitGroup
		ends []net.Conn
	)
	g.Go(func() {
		for range n {
			nc, err := lis.Accept()
			if err != nil {
				t.Error(err)
				return
			}
			ends = append(ends, nc)
		}
	})
	conns, err := swarm.Open{Kind: swarm.Bare, To: netip.MustParseAddrPort(lis.Addr().String()), N: n}.Dial()
	if err != nil {
		t.Fatal(err)
	}
	g.Wait()
	s, err := swarm.New(conns...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		for _, nc := range ends {
			_ = nc.Close()
		}
	})
	return s, ends
}

func TestFramesThatComeInPiecesAreWhole(t *testing.T) {
	s, ends := crowd(t, 5)
	const events = 20
	var g sync.WaitGroup
	for _, nc := range ends {
		g.Go(func() {
			var frames []byte
			for seq := range int64(events) {
				frames = swarm.AppendEvent(frames, "00000000-0000-7000-8000-000000000000", seq+1, 200+int(seq))
			}
			for len(frames) > 0 { // pieces that end anywhere
				n := min(37, len(frames))
				if _, err := nc.Write(frames[:n]); err != nil {
					t.Error(err)
				}
				frames = frames[n:]
			}
		})
	}
	total := 0
	done, err := s.Pump(time.Now().Add(soon), func() bool { return total == 5*events }, func(c *swarm.Conn, frame []byte) error {
		seq, ok := swarm.Received(frame)
		if !ok || seq != c.Seq+1 {
			t.Errorf("position %d came after %d, %v", seq, c.Seq, ok)
		}
		c.Seq = seq
		total++
		return nil
	})
	g.Wait()
	if !done || err != nil {
		t.Errorf("%d frames came, %v", total, err)
	}
}

func TestALostConnectionIsAnError(t *testing.T) {
	s, ends := crowd(t, 2)
	if err := ends[1].Close(); err != nil {
		t.Fatal(err)
	}
	never := func() bool { return false }
	if _, err := s.Pump(time.Now().Add(soon), never, nil); err == nil {
		t.Error("nobody noticed")
	}
}

func TestPumpEndsAtItsDeadline(t *testing.T) {
	s, _ := crowd(t, 1)
	done, err := s.Pump(time.Now().Add(time.Millisecond), func() bool { return false }, nil)
	if done || err != nil {
		t.Errorf("done %v, %v", done, err)
	}
}
