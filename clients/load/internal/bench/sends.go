package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/lair-chat/lair/clients/load/internal/limit"
	"github.com/lair-chat/lair/clients/load/internal/report"
	"github.com/lair-chat/lair/clients/load/internal/swarm"
	"github.com/lair-chat/lair/pkg/id"
)

// postgresSends measures acknowledged sends through gateway, gRPC and message
// service to PostgreSQL.
func (b *bench) postgresSends(ctx context.Context) error {
	best, err := b.postgresLimits(ctx)
	if err != nil {
		return err
	}
	for _, n := range b.size.senders {
		r, err := b.sends(ctx, n)
		if err != nil {
			return err
		}
		b.cpu = append(b.cpu, report.Row{
			Figure: fmt.Sprintf("PostgreSQL, one of %d senders: %s", n, r.cost), Measured: r.cost.total(), Unit: "µs",
			Limit: best.row.total(), Of: fmt.Sprintf("µs a row, %d a commit", limit.BatchRows),
		})
		figure := r.title(n, "PostgreSQL")
		f := report.Row{
			Figure: figure, Measured: r.perSecond, Unit: "/s", Limit: best.batches, Of: fmt.Sprintf("rows/s, %d a commit", limit.BatchRows),
		}
		switch {
		case n == 1:
			f.Limit, f.Of = best.commits, "commits/s, one row each"
		case n > 64:
			f.Goal = "0.40 (hope 0.60)"
			b.table.Add(report.Row{
				Figure: figure, Measured: r.perSecond, Unit: "/s", Limit: best.rowLock, Of: "/s by 64, a transaction each", Goal: "20 (hope 50)",
			})
		}
		b.table.Add(f)
	}
	return nil
}

// postgresLimits is what the server takes at best, a second.
type postgresLimits struct {
	commits, batches float64
	row              cost // of one in a batch
	rowLock          float64
}

func (b *bench) postgresLimits(ctx context.Context) (l postgresLimits, err error) {
	p, err := limit.OpenPostgres(ctx, b.stack.Postgres.URL("postgres"))
	if err != nil {
		return l, err
	}
	defer func() { err = errors.Join(err, p.Close(ctx)) }()
	if l.commits, err = p.Commits(ctx, b.size.each); err != nil {
		return l, err
	}
	if l.rowLock, err = p.RowLock(ctx, b.size.each); err != nil {
		return l, err
	}
	before := b.stack.Usage()
	var rows int64
	if l.batches, rows, err = p.Batches(ctx, b.size.each); err != nil {
		return l, err
	}
	l.row = costs(b.stack.Usage().Since(before), rows)
	return l, nil
}

// sqliteSends measures the same through one process on SQLite.
func (b *bench) sqliteSends(ctx context.Context, dir string) error {
	commits, err := limit.SQLite(ctx, filepath.Join(dir, "commits.db"), 1, b.size.each)
	if err != nil {
		return err
	}
	batches, err := limit.SQLite(ctx, filepath.Join(dir, "batches.db"), limit.BatchRows, b.size.each)
	if err != nil {
		return err
	}
	for _, n := range b.size.senders {
		r, err := b.sends(ctx, n)
		if err != nil {
			return err
		}
		b.cpu = append(b.cpu, report.Row{
			Figure: fmt.Sprintf("SQLite, one of %d senders: %s", n, r.cost), Measured: r.cost.total(), Unit: "µs",
		})
		f := report.Row{
			Figure: r.title(n, "lair serve, SQLite"), Measured: r.perSecond, Unit: "/s",
			Limit: batches, Of: fmt.Sprintf("rows/s, %d a commit", limit.BatchRows),
		}
		if n == 1 {
			f.Limit, f.Of = commits, "commits/s, one row each"
		}
		b.table.Add(f)
	}
	return nil
}

// sent is what came of sending for a while.
type sent struct {
	perSecond float64
	took      report.Times
	cost      cost // of one message
}

func (r sent) title(n int, where string) string {
	return fmt.Sprintf("sends, %s, %d at once (p50 %s ms)", where, n, report.Number(r.took.Quantile(0.5)))
}

// sends lets n connections send to one room, each the next message when the
// last is acknowledged. The senders hear no events: this is the way to the disk and back.
func (b *bench) sends(ctx context.Context, n int) (r sent, err error) {
	room, err := b.people.Room(ctx)
	if err != nil {
		return r, err
	}
	conns, err := swarm.Open{Kind: swarm.WebSocket, To: b.stack.HTTP, N: n, Tokens: b.people.Tokens}.Dial()
	if err != nil {
		return r, err
	}
	s, err := swarm.New(conns...)
	if err != nil {
		return r, err
	}
	defer s.Close()
	head, err := b.people.Head(ctx, room)
	if err != nil {
		return r, err
	}
	c := &closedLoop{send: swarm.Send{Room: room.String(), Run: b.run()}, sentAt: make([]time.Time, n)}
	before := b.stack.Usage()
	if r.perSecond, err = c.drive(s, b.size.warm, b.size.each); err != nil {
		return r, err
	}
	r.took, r.cost = c.took, costs(b.stack.Usage().Since(before), c.acknowledged)
	return r, b.complete(ctx, room, head, c.acknowledged)
}

// complete checks that a room has exactly the messages that were acknowledged.
func (b *bench) complete(ctx context.Context, room id.Room, before, acknowledged int64) error {
	after, err := b.people.Head(ctx, room)
	if err == nil && after-before != acknowledged {
		err = fmt.Errorf("%d messages were acknowledged, %d are stored", acknowledged, after-before)
	}
	return err
}

// closedLoop is connections that send one message after the other.
type closedLoop struct {
	send               swarm.Send
	sentAt             []time.Time // by connection
	sent, acknowledged int64
	took               report.Times
}

var errUnanswered = errors.New("the server did not answer in time")

// settle bounds the wait for what is under way when a measurement ends.
const settle = 30 * time.Second

func (l *closedLoop) drive(s *swarm.Swarm, warm, d time.Duration) (perSecond float64, err error) {
	begin := time.Now().Add(warm)
	end := begin.Add(d)
	var counted int64
	for _, c := range s.Conns() {
		if err := l.next(c); err != nil {
			return 0, err
		}
	}
	done, err := s.Pump(end.Add(settle), func() bool { return l.acknowledged == l.sent && time.Now().After(end) },
		func(c *swarm.Conn, frame []byte) error {
			mine, err := l.answered(c, frame)
			if !mine || err != nil {
				return err
			}
			now := time.Now()
			if now.After(begin) && now.Before(end) {
				counted++
				l.took = append(l.took, now.Sub(l.sentAt[c.Index]))
			}
			if now.After(end) {
				return nil
			}
			return l.next(c)
		})
	if err == nil && !done {
		err = errUnanswered
	}
	return float64(counted) / d.Seconds(), err
}

// next sends one more message; Seq of a sender is the number of the one that is
// not answered.
func (l *closedLoop) next(c *swarm.Conn) error {
	l.sent++
	c.Seq = l.sent
	l.sentAt[c.Index] = time.Now()
	return c.Write(l.send.Command(l.sent))
}

func (l *closedLoop) answered(c *swarm.Conn, frame []byte) (bool, error) {
	n, ok, isAnswer := swarm.Acknowledged(frame)
	switch {
	case !isAnswer:
		return false, nil
	case !ok || n != c.Seq:
		return false, fmt.Errorf("message %d was answered with %s", c.Seq, frame)
	}
	l.acknowledged++
	return true, nil
}
