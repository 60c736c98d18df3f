package process

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lair-chat/lair/pkg/sqldb"
)

// fullFor is how long a database counts as full after it had no room for
// something. Clients try again all the time: as long as it is full it says so.
const fullFor = 30 * time.Second

// fullness is what is known of the room that the database has.
type fullness struct {
	total atomic.Uint64 // how often there was none

	mu   sync.Mutex
	last time.Time // zero while there is room
}

// SQLite makes a data file the database of the process: its metrics are served,
// and it is said when it is full.
func (p *Process) SQLite(file *sqldb.SQLite) {
	file.Seen = p.noteFull
	p.Registry.MustRegister(sqliteMeters(file), p.fullMeters())
}

// noteFull is told the errors of the database, and notes whether it is full.
func (p *Process) noteFull(err error) {
	if !sqldb.Full(err) {
		return
	}
	f := &p.full
	f.total.Add(1)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last.IsZero() {
		p.Log.ErrorContext(context.Background(), "the disk of the database is full: nothing new can be stored", "err", err)
		p.Health.SetStoring(false)
		time.AfterFunc(fullFor, p.quiet)
	}
	f.last = time.Now()
}

// quiet ends the time in which the database counts as full, unless it was found
// full meanwhile.
func (p *Process) quiet() {
	f := &p.full
	f.mu.Lock()
	defer f.mu.Unlock()
	if left := fullFor - time.Since(f.last); left > 0 {
		time.AfterFunc(left, p.quiet)
		return
	}
	f.last = time.Time{}
	p.Health.SetStoring(true)
	p.Log.InfoContext(context.Background(), "the disk of the database is not full any more", "for", fullFor)
}

func (p *Process) fullMeters() prometheus.Collector {
	var m meters
	m.add(prometheus.CounterValue, "lair_database_full_total", "How often the disk of the database had no room for something.",
		func() float64 { return float64(p.full.total.Load()) })
	return m
}
