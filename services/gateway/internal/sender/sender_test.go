package sender_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"

	"github.com/lair-chat/lair/pkg/fault"
	messagev1 "github.com/lair-chat/lair/proto/message/v1"
)

var errAway = fault.New(fault.Unavailable, "going_away", "this process is about to stop")

// wantLate fails unless all were told, once, that nobody knows.
func (w *world) wantLate(list ...*fate) {
	w.t.Helper()
	synctest.Wait()
	for _, f := range list {
		calls, _, err := f.now()
		if calls != 1 || fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "unavailable" {
			w.t.Errorf("%s was told %d times: %v", f.name, calls, err)
		}
	}
}

func TestAnswersFindTheirSends(t *testing.T) {
	run(t, func(w *world) {
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			held := []*messagev1.Draft{first}
			for range 4 {
				r, err := w.service.next(n, s)
				if err != nil {
					return err
				}
				held = append(held, r)
			}
			for _, r := range slices.Backward(held) {
				if err := accept(s, r); err != nil {
					return err
				}
			}
			<-s.Context().Done()
			return nil
		}
		list := w.submitAll(0, 1, 5)
		w.wantAccepted(list...)
		w.service.wantGot(t, 1, "1", "2", "3", "4", "5")
	})
}

func TestRefusalIsAFault(t *testing.T) {
	run(t, func(w *world) {
		w.service.serve = func(_ int, first *messagev1.Draft, s *stream) error {
			defer func() { <-s.Context().Done() }()
			return s.answer(&messagev1.Outcome{Ticket: first.GetTicket(), Result: &messagev1.Outcome_Refusal{
				Refusal: &messagev1.Refusal{Status: uint32(codes.PermissionDenied), Code: "muted", Text: "100% muted"},
			}})
		}
		_, err := w.Send(w.t.Context(), 0, &messagev1.Draft{})
		if f := fault.Of(err); f.Kind != fault.Denied || f.Code != "muted" || f.Text != "100% muted" {
			t.Errorf("%+v", f)
		}
	})
}

func TestSendWaitsForItsAnswer(t *testing.T) {
	run(t, func(w *world) {
		m, err := w.Send(w.t.Context(), 0, &messagev1.Draft{ClientMsgId: "1", Content: []byte("hi")})
		if err != nil || m.ClientMsgID != "1" || m.Content != "hi" {
			t.Errorf("%+v, %v", m, err)
		}
	})
}

func TestSendDoesNotOutliveItsContext(t *testing.T) {
	run(t, func(w *world) {
		answer := make(chan struct{})
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			<-answer
			return w.service.acceptAll(n, first, s)
		}
		ctx, cancel := context.WithTimeout(w.t.Context(), time.Second)
		defer cancel()
		_, err := w.Send(ctx, 0, &messagev1.Draft{ClientMsgId: "1"})
		if fault.CodeOf(err) != "unavailable" {
			t.Error(err)
		}
		close(answer) // which nobody waits for
		w.wantAccepted(w.submit(0, "2"))
	})
}

// TestOrderIsKeptAcrossABreak: what has no answer is sent again, as it was.
func TestOrderIsKeptAcrossABreak(t *testing.T) {
	run(t, func(w *world) {
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			if n > 1 {
				return w.service.acceptAll(n, first, s)
			}
			for range 2 {
				if _, err := w.service.next(n, s); err != nil {
					return err
				}
			}
			third, err := w.service.next(n, s)
			if err != nil {
				return err
			}
			return errors.Join(accept(s, third), errAway)
		}
		list := w.submitAll(0, 1, 6)
		time.Sleep(time.Second)
		w.wantAccepted(list...)
		w.service.wantGot(t, 2, "1", "2", "3", "5", "6")
	})
}

func TestServiceThatComesBackGetsWhatWaited(t *testing.T) {
	run(t, func(w *world) {
		var away atomic.Bool
		away.Store(true)
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			if away.Load() {
				return errAway
			}
			return w.service.acceptAll(n, first, s)
		}
		list := w.submitAll(0, 1, 3)
		time.Sleep(10 * time.Second)
		w.wantOpen(list...)
		away.Store(false)
		time.Sleep(2 * time.Second)
		w.wantAccepted(list...)
	})
}

func TestPatienceEnds(t *testing.T) {
	for name, serve := range map[string]func(n int, first *messagev1.Draft, s *stream) error{
		"WhenTheServiceIsAway": func(int, *messagev1.Draft, *stream) error { return errAway },
		"WhenItReadsNothing":   func(_ int, _ *messagev1.Draft, s *stream) error { <-s.Context().Done(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			run(t, func(w *world) {
				w.service.serve = serve
				var list []*fate
				for n := range 50 { // more than the stream takes without being read
					f := &fate{name: strconv.Itoa(n)}
					w.Submit(0, &messagev1.Draft{Content: make([]byte, 10_000)}, f.done)
					list = append(list, f)
				}
				time.Sleep(14 * time.Second)
				w.wantOpen(list...)
				time.Sleep(3 * time.Second)
				w.wantLate(list...)
			})
		})
	}
}

func TestLateAnswerIsIgnored(t *testing.T) {
	run(t, func(w *world) {
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			second, err := w.service.next(n, s)
			if err != nil {
				return err
			}
			if err := accept(s, second); err != nil {
				return err
			}
			time.Sleep(20 * time.Second)
			for range 2 {
				if err := accept(s, first); err != nil {
					return err
				}
			}
			third, err := w.service.next(n, s)
			if err != nil {
				return err
			}
			return w.service.acceptAll(n, third, s)
		}
		list := w.submitAll(0, 1, 2)
		w.wantAccepted(list[1])
		time.Sleep(30 * time.Second)
		w.wantLate(list[0])
		w.wantAccepted(w.submit(0, "3"))
		w.service.wantGot(t, 1, "1", "2", "3")
	})
}

// TestRenewalDoesNotOvertake: what comes while the old stream ends waits for
// the answers on it.
func TestRenewalDoesNotOvertake(t *testing.T) {
	run(t, func(w *world) {
		answer := make(chan struct{})
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			if n > 1 {
				return w.service.acceptAll(n, first, s)
			}
			for r := first; ; {
				held := r
				var err error
				if r, err = w.service.next(n, s); errors.Is(err, io.EOF) {
					<-answer
					return accept(s, held)
				} else if err != nil {
					return err
				}
				if err := accept(s, held); err != nil {
					return err
				}
			}
		}
		var list []*fate
		for n := 1; w.service.usedStreams() < 2 && n < 1000; n++ {
			list = append(list, w.submit(0, strconv.Itoa(n)))
			time.Sleep(5 * time.Second)
			if calls, _, _ := list[max(0, n-2)].is(); calls == 0 && n > 1 {
				break // the stream ends, and holds its last answer
			}
		}
		if n := w.service.usedStreams(); n != 1 {
			t.Fatalf("%d streams were used while the first is not answered", n)
		}
		close(answer)
		time.Sleep(time.Second)
		w.wantAccepted(list...)
		w.service.wantGot(t, 2, list[len(list)-1].name)
	})
}

func (v *service) usedStreams() int {
	synctest.Wait()
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.used
}

// TestStreamThatDoesNotEndIsLeft: a service that neither answers nor ends holds
// nobody up for ever.
func TestStreamThatDoesNotEndIsLeft(t *testing.T) {
	run(t, func(w *world) {
		forever := make(chan struct{})
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			if n == 1 {
				<-forever
			}
			return w.service.acceptAll(n, first, s)
		}
		first := w.submit(0, "1")
		time.Sleep(7 * time.Minute)
		w.wantLate(first)
		second := w.submit(0, "2")
		time.Sleep(time.Second)
		w.wantAccepted(second)
		close(forever)
	})
}

func TestTooManyAreRefused(t *testing.T) {
	run(t, func(w *world) {
		answer := make(chan struct{})
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			<-answer
			return w.service.acceptAll(n, first, s)
		}
		list := w.submitAll(0, 1, 8192)
		calls, _, err := w.submit(0, "busy").is()
		if calls != 1 || fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "busy" {
			t.Errorf("told %d times: %v", calls, err)
		}
		close(answer)
		w.wantAccepted(list...)
		w.wantAccepted(w.submit(0, "next"))
	})
}

// TestOneWithoutAnAnswerDoesNotRefuseOthers: those behind it were answered.
func TestOneWithoutAnAnswerDoesNotRefuseOthers(t *testing.T) {
	run(t, func(w *world) {
		w.service.serve = func(n int, _ *messagev1.Draft, s *stream) error {
			second, err := w.service.next(n, s)
			if err != nil {
				return err
			}
			return w.service.acceptAll(n, second, s)
		}
		stuck := w.submit(0, "stuck")
		for n := range 10 {
			w.wantAccepted(w.submitAll(0, 1000*n, 1000*n+999)...)
		}
		w.wantOpen(stuck)
	})
}

func TestStreamsDoNotHoldUpEachOther(t *testing.T) {
	run(t, func(w *world) {
		w.service.serve = func(n int, first *messagev1.Draft, s *stream) error {
			if first.GetClientMsgId() == "stuck" {
				<-s.Context().Done()
				return nil
			}
			return w.service.acceptAll(n, first, s)
		}
		stuck := w.submit(0, "stuck")
		w.wantAccepted(w.submit(1, "1"))
		w.wantOpen(stuck)
	})
}

func TestEndAnswersEverything(t *testing.T) {
	run(t, func(w *world) {
		w.service.serve = func(_ int, _ *messagev1.Draft, s *stream) error {
			<-s.Context().Done()
			return nil
		}
		list := append(w.submitAll(0, 1, 10), w.submitAll(1, 1, 10)...)
		w.wantOpen(list...)
		w.stop()
		w.wantLate(list...)
		calls, _, err := w.submit(0, "after the end").is()
		if calls != 1 || fault.CodeOf(err) != "busy" {
			t.Errorf("told %d times: %v", calls, err)
		}
		if w.service.open != 0 {
			t.Errorf("%d streams are open", w.service.open)
		}
	})
}
