package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/lair-chat/lair/clients/load/internal/limit"
	"github.com/lair-chat/lair/clients/load/internal/report"
	"github.com/lair-chat/lair/clients/load/internal/stack"
	"github.com/lair-chat/lair/clients/load/internal/swarm"
)

// inFlight is how many events are under way at once.
var inFlight = []int{1, 8, 16}

// fanOut measures how many deliveries a second the gateway makes to n sockets
// in one room. The bare loop runs before and after it.
func (b *bench) fanOut(ctx context.Context, p stack.Placement, n int) error {
	before, err := b.bareLoop(ctx, p, n)
	if err != nil {
		return err
	}
	whole, bells, err := b.gatewayLoop(ctx, n)
	if err != nil {
		return err
	}
	after, err := b.bareLoop(ctx, p, n)
	if err != nil {
		return err
	}
	for i, w := range inFlight {
		bare := (before[i].perSecond + after[i].perSecond) / 2
		of := fmt.Sprintf("/s, bare loop (%s, %s)", report.Number(before[i].perSecond), report.Number(after[i].perSecond))
		what := fmt.Sprintf("to %s sockets, %d in flight", report.Number(float64(n)), w)
		b.cpu = append(b.cpu, report.Row{
			Figure: "delivery " + what + ", gateway", Measured: bells[i].cost["gateway"], Unit: "µs",
			Limit: (before[i].cost[bareProgram] + after[i].cost[bareProgram]) / 2, Of: "µs a write, bare loop",
		})
		goal := "3"
		switch {
		case w == 1 && n <= 1000:
			goal = "0.75 (hope 0.88)"
		case w == 1:
			goal = "0.65 (hope 0.80)"
		}
		b.table.Add(
			report.Row{Figure: "fan-out " + what + ", rung on Redis", Measured: bells[i].perSecond, Unit: "/s", Limit: bare, Of: of, Goal: goal},
			report.Row{Figure: "fan-out " + what + ", sent and stored", Measured: whole[i].perSecond, Unit: "/s", Limit: bare, Of: of},
		)
	}
	return nil
}

// bareProgram is the name of the process of a limit: it is this program again.
var bareProgram = filepath.Base(os.Args[0])

// bareLoop is the limit: a loop that writes frames of the same size.
func (b *bench) bareLoop(ctx context.Context, p stack.Placement, n int) ([]rate, error) {
	writer, err := limit.Start(ctx, limit.WriterCommand, p)
	if err != nil {
		return nil, err
	}
	defer writer.Stop()
	dialled := make(chan error, 1)
	go func() { dialled <- limit.Order(writer.In, n, 0, 0) }()
	conns, err := swarm.Open{Kind: swarm.Bare, To: writer.Addr, N: n}.Dial()
	if err != nil {
		return nil, err
	}
	if err := <-dialled; err != nil {
		return nil, err
	}
	s, err := swarm.New(conns...)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var seq int64
	return b.rates(s, n, &seq, func(seq int64) error { return limit.Order(writer.In, n, seq, b.frame) })
}

// gatewayLoop measures with messages that are sent by a client, and then with
// events that are rung on Redis, which leaves the gateway alone.
func (b *bench) gatewayLoop(ctx context.Context, n int) (whole, bells []rate, err error) {
	room, err := b.people.Room(ctx)
	if err != nil {
		return nil, nil, err
	}
	heard, err := swarm.Open{Kind: swarm.WebSocket, To: b.stack.HTTP, N: n, Tokens: b.people.Tokens, Listeners: true}.Dial()
	if err != nil {
		return nil, nil, err
	}
	said, err := swarm.Open{Kind: swarm.WebSocket, To: b.stack.HTTP, N: 1, Tokens: b.people.Tokens}.Dial()
	if err != nil {
		return nil, nil, err
	}
	s, err := swarm.New(append(heard, said...)...)
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	head, err := b.people.Head(ctx, room)
	if err != nil {
		return nil, nil, err
	}
	begin := head
	send := swarm.Send{Room: room.String(), Run: b.run()}
	whole, err = b.rates(s, n, &head, func(seq int64) error { return said[0].Write(send.Command(seq)) })
	if err != nil {
		return nil, nil, err
	}
	if err := b.complete(ctx, room, begin, head-begin); err != nil {
		return nil, nil, err
	}
	ring, stop, err := b.bellRinger(ctx, room)
	if err != nil {
		return nil, nil, err
	}
	defer stop()
	bells, err = b.rates(s, n, &head, ring)
	return whole, bells, err
}

// rates measures with each number of events in flight. seq is the position
// before the first event, and in the end that of the last.
func (b *bench) rates(s *swarm.Swarm, n int, seq *int64, push func(seq int64) error) ([]rate, error) {
	var rates []rate
	for _, w := range inFlight {
		f := fan{swarm: s, sockets: int64(n), head: *seq, push: push}
		before := b.stack.Usage()
		perSecond, err := f.drive(int64(w), b.size.each)
		if err != nil {
			return nil, fmt.Errorf("fan-out to %d sockets, %d in flight: %w", n, w, err)
		}
		*seq = f.head
		rates = append(rates, rate{perSecond, costs(b.stack.Usage().Since(before), f.delivered)})
	}
	return rates, nil
}

// rate is deliveries a second, and what one costs.
type rate struct {
	perSecond float64
	cost      cost
}

// fan is events to a crowd.
type fan struct {
	swarm           *swarm.Swarm
	sockets         int64
	head            int64
	push            func(seq int64) error
	sent, delivered int64
}

// drive keeps w events in flight for a while, waits for the last of them, and
// checks that every socket has all.
func (f *fan) drive(w int64, d time.Duration) (perSecond float64, err error) {
	begin := time.Now()
	end := begin.Add(d)
	for time.Now().Before(end) {
		for f.sent-f.delivered/f.sockets < w {
			f.head++
			f.sent++
			if err := f.push(f.head); err != nil {
				return 0, err
			}
		}
		if err := f.await((f.sent - w + 1) * f.sockets); err != nil {
			return 0, err
		}
	}
	if err := f.await(f.sent * f.sockets); err != nil {
		return 0, err
	}
	rate := float64(f.delivered) / time.Since(begin).Seconds()
	for i, c := range f.swarm.Conns()[:f.sockets] {
		if c.Seq != f.head {
			return 0, fmt.Errorf("socket %d has all up to %d, not %d", i, c.Seq, f.head)
		}
	}
	return rate, nil
}

func (f *fan) await(delivered int64) error {
	done, err := f.swarm.Pump(time.Now().Add(settle), func() bool { return f.delivered >= delivered },
		func(c *swarm.Conn, frame []byte) error {
			seq, ok := swarm.Received(frame)
			if !ok {
				if n, ok, isAnswer := swarm.Acknowledged(frame); isAnswer && !ok {
					return fmt.Errorf("message %d was answered with %s", n, frame)
				}
				return nil
			}
			f.delivered++
			return inOrder(c, seq)
		})
	if err == nil && !done {
		err = fmt.Errorf("%w: %d of %d deliveries came", errUnanswered, f.delivered, f.sent*f.sockets)
	}
	return err
}
