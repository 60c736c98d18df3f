// Package attendance tells the presence service who is connected to this pod.
package attendance

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/lair-chat/lair/pkg/id"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
)

const (
	renewEvery = 5 * time.Second // a third of what presence waits
	callTime   = 3 * time.Second
	retryAfter = 500 * time.Millisecond
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
	// changed holds those who came or went since the last report: true if the
	// report before said that they were here.
	changed map[id.User]bool
}

// New returns an attendance; Run must be running.
func New(service presencev1.PresenceServiceClient, log *slog.Logger) *Attendance {
	return &Attendance{
		service: service, log: log, pod: id.New().String(), wake: make(chan struct{}, 1),
		count: map[id.User]int{}, changed: map[id.User]bool{},
	}
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
		if reported, ok := a.changed[u]; !ok {
			a.changed[u] = before
		} else if reported == after {
			delete(a.changed, u) // as if nothing had happened
		}
	}
	a.mu.Unlock()
	if before != after {
		select {
		case a.wake <- struct{}{}:
		default:
		}
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
			if !a.report(ctx) {
				// The next renewal says it all, too, but later.
				select {
				case <-ctx.Done():
				case <-time.After(retryAfter):
					a.renew(ctx)
				}
			}
		case <-tick.C:
			a.renew(ctx)
		case <-ctx.Done():
			a.leave(context.WithoutCancel(ctx))
			return nil
		}
	}
}

func (a *Attendance) report(ctx context.Context) bool {
	req := &presencev1.ReportRequest{Pod: a.pod}
	a.mu.Lock()
	for u, reported := range a.changed {
		if reported {
			req.Departed = append(req.Departed, u.Bytes())
		} else {
			req.Arrived = append(req.Arrived, u.Bytes())
		}
	}
	clear(a.changed)
	a.mu.Unlock()
	if len(req.GetArrived())+len(req.GetDeparted()) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err := a.service.Report(ctx, req)
	return a.fine(ctx, err)
}

func (a *Attendance) renew(ctx context.Context) {
	req := &presencev1.RenewRequest{Pod: a.pod}
	a.mu.Lock()
	for u := range a.count {
		req.UserIds = append(req.UserIds, u.Bytes())
	}
	clear(a.changed)
	a.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err := a.service.Renew(ctx, req)
	a.fine(ctx, err)
}

// leave says that everybody has gone.
func (a *Attendance) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	_, err := a.service.Renew(ctx, &presencev1.RenewRequest{Pod: a.pod})
	a.fine(ctx, err)
}

func (a *Attendance) fine(ctx context.Context, err error) bool {
	if err != nil && ctx.Err() == nil {
		a.log.WarnContext(ctx, "presence was not told who is here", "err", err)
	}
	return err == nil
}
