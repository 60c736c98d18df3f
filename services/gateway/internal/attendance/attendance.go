// Package attendance tells the presence service who is connected to this pod.
package attendance

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
)

const (
	renewEvery = 5 * time.Second // a third of what presence waits
	callTime   = 3 * time.Second
	retryAfter = 500 * time.Millisecond
	batch      = 5000 // users in one call, half of what presence takes
)

// Attendance counts the connections of each user on this pod. It is safe for
// concurrent use.
type Attendance struct {
	service presencev1.PresenceServiceClient
	log     *slog.Logger
	pod     string
	wake    chan struct{}

	mu    sync.Mutex
	count map[id.User]int
	// told holds those of whom presence may think that they are here.
	told map[id.User]struct{}
	// changed holds those who came or went since they were last reported.
	changed map[id.User]struct{}
}

// New returns an attendance; Run must be running.
func New(service presencev1.PresenceServiceClient, log *slog.Logger) *Attendance {
	return &Attendance{
		service: service, log: log, pod: id.New().String(), wake: make(chan struct{}, 1),
		count: map[id.User]int{}, told: map[id.User]struct{}{}, changed: map[id.User]struct{}{},
	}
}

// Count returns how many users are connected to this pod.
func (a *Attendance) Count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.count)
}

// Arrive counts a connection of the user.
func (a *Attendance) Arrive(u id.User) { a.add(u, 1) }

// Depart ends what Arrive began.
func (a *Attendance) Depart(u id.User) { a.add(u, -1) }

func (a *Attendance) add(u id.User, n int) {
	a.mu.Lock()
	before := a.count[u] > 0
	a.count[u] += n
	after := a.count[u] > 0
	if !after {
		delete(a.count, u)
	}
	if before != after {
		a.changed[u] = struct{}{}
	}
	a.mu.Unlock()
	if before != after {
		a.ring()
	}
}

func (a *Attendance) ring() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// Run reports until ctx ends, and then that everybody has gone. Who comes and
// goes while a report is under way is in the next one.
func (a *Attendance) Run(ctx context.Context) error {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-a.wake:
			if a.report(ctx) {
				continue
			}
			select {
			case <-ctx.Done():
			case <-time.After(retryAfter):
				a.renew(ctx) // says who came
				a.ring()     // for those who went
			}
		case <-tick.C:
			a.renew(ctx)
		case <-ctx.Done():
			a.leave(context.WithoutCancel(ctx))
			return nil
		}
	}
}

// report says who came and who went. It reports whether all is said; if not,
// those who went are in the next report.
func (a *Attendance) report(ctx context.Context) bool {
	arrived, departed := a.news()
	for users := range slices.Chunk(arrived, batch) {
		if !a.call(ctx, func(ctx context.Context) error {
			_, err := a.service.Report(ctx, &presencev1.ReportRequest{Pod: a.pod, Arrived: raw(users)})
			return err
		}) {
			a.keep(departed)
			return false
		}
	}
	for users := range slices.Chunk(departed, batch) {
		if !a.call(ctx, func(ctx context.Context) error {
			_, err := a.service.Report(ctx, &presencev1.ReportRequest{Pod: a.pod, Departed: raw(users)})
			return err
		}) {
			a.keep(departed)
			return false
		}
		a.forget(users)
	}
	return true
}

// news returns who came and who went since the last report.
func (a *Attendance) news() (arrived, departed []id.User) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for u := range a.changed {
		_, told := a.told[u]
		switch here := a.count[u] > 0; {
		case here && !told:
			arrived = append(arrived, u)
			a.told[u] = struct{}{}
		case !here && told:
			departed = append(departed, u)
		}
	}
	clear(a.changed)
	return arrived, departed
}

// keep puts users into the next report.
func (a *Attendance) keep(users []id.User) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, u := range users {
		a.changed[u] = struct{}{}
	}
}

// forget notes that presence knows that the users have gone. Who came back
// meanwhile is in the next report.
func (a *Attendance) forget(users []id.User) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, u := range users {
		delete(a.told, u)
	}
}

// renew says that all who are here still are, and makes up for arrivals that
// presence did not hear of or has lost.
func (a *Attendance) renew(ctx context.Context) {
	a.mu.Lock()
	here := slices.Collect(maps.Keys(a.count))
	for _, u := range here {
		a.told[u] = struct{}{}
	}
	a.mu.Unlock()
	for users := range slices.Chunk(here, batch) {
		if !a.call(ctx, func(ctx context.Context) error {
			_, err := a.service.Renew(ctx, &presencev1.RenewRequest{Pod: a.pod, UserIds: raw(users)})
			return err
		}) {
			return
		}
	}
}

// leave says that everybody has gone.
func (a *Attendance) leave(ctx context.Context) {
	a.mu.Lock()
	clear(a.count)
	maps.Copy(a.changed, a.told)
	a.mu.Unlock()
	a.report(ctx)
}

// call makes one call in its time, and reports whether it was answered.
func (a *Attendance) call(ctx context.Context, do func(context.Context) error) bool {
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	err := do(call)
	if err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "presence was not told who is here", "err", err)
	}
	return err == nil
}

func raw(users []id.User) [][]byte {
	list := make([][]byte, len(users))
	for i, u := range users {
		list[i] = u.Bytes()
	}
	return list
}
