package bench

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lair-chat/lair/clients/load/internal/report"
	"github.com/lair-chat/lair/clients/load/internal/stack"
	"github.com/lair-chat/lair/clients/load/internal/swarm"
	"github.com/lair-chat/lair/pkg/id"
)

// Load of the measurement of latency, in all rooms together.
const (
	perSecond = 1000
	senders   = 10
)

// latencies measures how long answers and deliveries take at a steady load.
func (b *bench) latencies(ctx context.Context) error {
	one, err := b.people.Room(ctx)
	if err != nil {
		return err
	}
	if err := b.latency("one room of 100", 100, []id.Room{one}, b.people); err != nil {
		return err
	}
	// One user a room, with all of its connections.
	var rooms []id.Room
	for i := range people {
		room, err := b.people.Only(i).Room(ctx)
		if err != nil {
			return err
		}
		rooms = append(rooms, room)
	}
	return b.latency(fmt.Sprintf("%d rooms of 10", people), 100, rooms, b.people)
}

// latency sends at fixed times, whether the answers have come or not, and
// counts each time from when the message was due: a server that stalls cannot
// make its figures better by taking fewer messages. Listener and sender i
// belong to user and room i, counted round.
func (b *bench) latency(title string, listeners int, rooms []id.Room, who *stack.People) error {
	heard, err := swarm.Open{
		Kind: swarm.WebSocket, To: b.stack.HTTP, N: listeners, Tokens: who.Tokens, Listeners: true,
	}.Dial()
	if err != nil {
		return err
	}
	said, err := swarm.Open{Kind: swarm.WebSocket, To: b.stack.HTTP, N: senders, Tokens: who.Tokens}.Dial()
	if err != nil {
		return err
	}
	s, err := swarm.New(append(heard, said...)...)
	if err != nil {
		return err
	}
	defer s.Close()
	o := &openLoop{
		start: time.Now().Add(b.size.warm), n: int64(b.size.schedule.Seconds() * perSecond), senders: said,
		each: int64(listeners / len(rooms)),
	}
	for range said {
		o.sends = append(o.sends, swarm.Send{Room: rooms[len(o.sends)%len(rooms)].String(), Run: b.run()})
	}
	before := b.stack.Usage()
	if err := o.drive(s); err != nil {
		return err
	}
	b.frame = o.frame
	c := costs(b.stack.Usage().Since(before), o.n)
	b.cpu = append(b.cpu, report.Row{
		Figure: fmt.Sprintf("a message at %s/s, %s: %s", report.Number(perSecond), title, c), Measured: c.total(), Unit: "µs",
	})
	load := fmt.Sprintf("at %s/s, %s", report.Number(perSecond), title)
	b.table.Add(
		report.Row{Figure: "send to acknowledgement " + load + ", p50", Measured: o.answered.Quantile(0.5), Unit: "ms", Goal: "under 3 ms"},
		report.Row{Figure: "send to acknowledgement " + load + ", p99", Measured: o.answered.Quantile(0.99), Unit: "ms"},
		report.Row{Figure: "send to delivery " + load + ", p50", Measured: o.delivered.Quantile(0.5), Unit: "ms", Goal: "under 6 ms"},
		report.Row{Figure: "send to delivery " + load + ", p99", Measured: o.delivered.Quantile(0.99), Unit: "ms"},
	)
	return nil
}

// openLoop is messages that are sent by the clock.
type openLoop struct {
	start   time.Time
	n       int64
	each    int64 // listeners of a room
	senders []*swarm.Conn
	sends   []swarm.Send

	answered, delivered report.Times
	frame               int
}

func (o *openLoop) due(i int64) time.Time {
	return o.start.Add(time.Duration(i) * time.Second / perSecond)
}

func (o *openLoop) drive(s *swarm.Swarm) error {
	failed := make(chan error, 1)
	go func() { failed <- o.send() }()
	total := int(o.n * o.each)
	o.answered, o.delivered = make(report.Times, 0, o.n), make(report.Times, 0, total)
	done, err := s.Pump(o.due(o.n).Add(settle),
		func() bool { return len(o.answered) == int(o.n) && len(o.delivered) >= total }, o.frames)
	if err == nil && !done {
		err = fmt.Errorf("%w: of %d messages %d were acknowledged, and %d of %d deliveries came",
			errUnanswered, o.n, len(o.answered), len(o.delivered), total)
	}
	if err != nil {
		return err
	}
	return <-failed
}

// send is the clock. It has a thread of its own: the runtime's timers may be a
// millisecond late.
func (o *openLoop) send() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for i := range o.n {
		if wait := time.Until(o.due(i)); wait > 0 {
			ts := unix.NsecToTimespec(wait.Nanoseconds())
			_ = unix.Nanosleep(&ts, nil)
		}
		k := i % int64(len(o.senders))
		if err := o.senders[k].Write(o.sends[k].Command(i)); err != nil {
			return err
		}
	}
	return nil
}

func (o *openLoop) frames(c *swarm.Conn, frame []byte) error {
	if seq, ok := swarm.Received(frame); ok {
		if err := inOrder(c, seq); err != nil {
			return err
		}
		o.delivered = append(o.delivered, time.Since(o.due(swarm.Number(frame))))
		o.frame = len(frame)
		return nil
	}
	n, ok, isAnswer := swarm.Acknowledged(frame)
	switch {
	case !isAnswer:
		return nil
	case !ok:
		return fmt.Errorf("message %d was answered with %s", n, frame)
	}
	o.answered = append(o.answered, time.Since(o.due(n)))
	return nil
}

// inOrder notes a position of a listener, which must be the one after its last.
func inOrder(c *swarm.Conn, seq int64) error {
	if c.Seq > 0 && seq != c.Seq+1 {
		return fmt.Errorf("position %d came after %d", seq, c.Seq)
	}
	c.Seq = seq
	return nil
}
