package attendance_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"google.golang.org/grpc"

	"github.com/lair-chat/lair/pkg/id"
	presencev1 "github.com/lair-chat/lair/proto/presence/v1"
	"github.com/lair-chat/lair/services/gateway/internal/attendance"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errDown = errors.New("presence is down")

const maxUsers = 10_000 // that presence takes in a list

// presence is the presence service: an entry lives for 15 s after the last
// renewal, or until a departure.
type presence struct {
	presencev1.PresenceServiceClient

	t       *testing.T
	mu      sync.Mutex
	pod     string
	due     map[string]time.Time
	reports int
	renewed int
	down    bool
	hangs   bool
	during  func() // runs once, in the next call
}

func (p *presence) begin(ctx context.Context, pod string, lists ...[][]byte) error {
	p.mu.Lock()
	during, hangs := p.during, p.hangs
	p.during = nil
	p.mu.Unlock()
	if during != nil {
		during()
	}
	if hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pod == "" {
		p.pod = pod
	}
	if pod != p.pod {
		p.t.Errorf("a report of pod %q after one of %q", pod, p.pod)
	}
	for _, list := range lists {
		if len(list) > maxUsers {
			p.t.Errorf("a list of %d users", len(list))
		}
	}
	if p.down {
		return errDown
	}
	return nil
}

func (p *presence) Report(ctx context.Context, r *presencev1.ReportRequest, _ ...grpc.CallOption) (*presencev1.ReportResponse, error) {
	if err := p.begin(ctx, r.GetPod(), r.GetArrived(), r.GetDeparted()); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reports++
	p.arrive(r.GetArrived())
	for _, u := range r.GetDeparted() {
		delete(p.due, string(u))
	}
	return &presencev1.ReportResponse{}, nil
}

func (p *presence) Renew(ctx context.Context, r *presencev1.RenewRequest, _ ...grpc.CallOption) (*presencev1.RenewResponse, error) {
	if err := p.begin(ctx, r.GetPod(), r.GetUserIds()); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.renewed++
	p.arrive(r.GetUserIds())
	return &presencev1.RenewResponse{}, nil
}

func (p *presence) arrive(users [][]byte) {
	for _, u := range users {
		p.due[string(u)] = time.Now().Add(15 * time.Second)
	}
}

func (p *presence) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

// wantHere fails unless exactly these users are here, when all is quiet.
func (p *presence) wantHere(users ...id.User) {
	p.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	here := 0
	for _, due := range p.due {
		if time.Now().Before(due) {
			here++
		}
	}
	for _, u := range users {
		if !time.Now().Before(p.due[string(u.Bytes())]) {
			p.t.Errorf("%v is not here", u)
		}
	}
	if here != len(users) {
		p.t.Errorf("%d users are here, want %d", here, len(users))
	}
}

// wantReports fails unless there were n reports since the last call.
func (p *presence) wantReports(n int) {
	p.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reports != n {
		p.t.Errorf("%d reports, want %d", p.reports, n)
	}
	p.reports = 0
}

func users(n int) []id.User {
	list := make([]id.User, n)
	for i := range list {
		list[i].UUID = id.New()
	}
	return list
}

// run runs the test with a running attendance, in a bubble. In the end nobody
// may be here.
func run(t *testing.T, test func(a *attendance.Attendance, p *presence)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := &presence{t: t, due: map[string]time.Time{}}
		a := attendance.New(p, slog.New(slog.DiscardHandler))
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()
		synctest.Wait()
		test(a, p)
		p.set(func() { p.down, p.hangs = false, false })
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		p.wantHere()
	})
}

func TestFirstConnectionAndLastAreReported(t *testing.T) {
	run(t, func(a *attendance.Attendance, p *presence) {
		u := users(2)
		a.Arrive(u[0])
		p.wantHere(u[0])
		p.wantReports(1)
		a.Arrive(u[0])
		a.Depart(u[0])
		p.wantReports(0)
		a.Arrive(u[1])
		a.Depart(u[0])
		p.wantHere(u[1])
		a.Depart(u[1])
		p.wantHere()
	})
}

func TestOthersStayWhileOneLeaves(t *testing.T) {
	run(t, func(a *attendance.Attendance, p *presence) {
		u := users(3)
		for _, x := range u {
			a.Arrive(x)
		}
		p.wantHere(u...)
		a.Depart(u[1])
		p.wantHere(u[0], u[2])
		time.Sleep(time.Hour)
		p.wantHere(u[0], u[2])
		p.wantReports(2)
		if p.renewed < 700 {
			t.Errorf("%d renewals in an hour", p.renewed)
		}
	})
}

func TestShortVisitIsNotWorthAReport(t *testing.T) {
	run(t, func(a *attendance.Attendance, p *presence) {
		u := users(2)
		p.set(func() {
			p.during = func() { // while u[0] is reported
				a.Arrive(u[1])
				a.Depart(u[1])
			}
		})
		a.Arrive(u[0])
		p.wantHere(u[0])
		p.wantReports(1)
	})
}

func TestChangesDuringAReportAreInTheNext(t *testing.T) {
	run(t, func(a *attendance.Attendance, p *presence) {
		u := users(2)
		p.set(func() { p.during = func() { a.Depart(u[0]); a.Arrive(u[1]) } })
		a.Arrive(u[0])
		p.wantHere(u[1])
		p.set(func() { p.during = func() { a.Arrive(u[1]) } })
		a.Depart(u[1])
		p.wantHere(u[1])
	})
}

func TestDepartureIsNotLostWhilePresenceIsDown(t *testing.T) {
	run(t, func(a *attendance.Attendance, p *presence) {
		u := users(3)
		a.Arrive(u[0])
		a.Arrive(u[1])
		p.wantHere(u[0], u[1])
		p.set(func() { p.down = true })
		a.Depart(u[0])
		a.Arrive(u[2])
		time.Sleep(2 * time.Second)
		p.wantHere(u[0], u[1])
		p.set(func() { p.down = false })
		time.Sleep(2 * time.Second)
		p.wantHere(u[1], u[2])
	})
}

// TestDepartureIsNotLostInARenewal: the renewal is under way when the user
// goes, or is due in the same moment.
func TestDepartureIsNotLostInARenewal(t *testing.T) {
	for range 20 { // the moment is a matter of chance
		run(t, func(a *attendance.Attendance, p *presence) {
			u := users(2)
			a.Arrive(u[0])
			a.Arrive(u[1])
			synctest.Wait()
			p.set(func() { p.during = func() { a.Depart(u[0]) } })
			time.Sleep(5 * time.Second)
			p.wantHere(u[1])
			p.set(func() { p.during = func() { time.Sleep(5 * time.Second); a.Depart(u[1]) } })
			time.Sleep(11 * time.Second)
			p.wantHere()
		})
	}
}

func TestPresenceThatForgotIsTold(t *testing.T) {
	run(t, func(a *attendance.Attendance, p *presence) {
		u := users(2)
		a.Arrive(u[0])
		a.Arrive(u[1])
		p.wantHere(u...)
		p.set(func() { clear(p.due) })
		time.Sleep(6 * time.Second)
		p.wantHere(u...)
	})
}

func TestPresenceThatHangsIsNotWaitedFor(t *testing.T) {
	run(t, func(a *attendance.Attendance, p *presence) {
		u := users(2)
		a.Arrive(u[0])
		p.wantHere(u[0])
		p.set(func() { p.hangs = true })
		a.Arrive(u[1])
		a.Depart(u[0])
		time.Sleep(10 * time.Second)
		p.set(func() { p.hangs = false })
		time.Sleep(5 * time.Second)
		p.wantHere(u[1])
	})
}

// TestEverybodyLeavesInTheEnd is checked by run; here they are many, more than
// presence takes at once.
func TestEverybodyLeavesInTheEnd(t *testing.T) {
	run(t, func(a *attendance.Attendance, p *presence) {
		u := users(2*maxUsers + 1)
		for _, x := range u {
			a.Arrive(x)
		}
		p.wantHere(u...)
		time.Sleep(time.Minute)
		p.wantHere(u...)
		for _, x := range u[:maxUsers+1] {
			a.Depart(x)
		}
		p.wantHere(u[maxUsers+1:]...)
	})
}
