package rpc_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/rpc"
)

func TestFaultsCrossTheWire(t *testing.T) {
	cause := errors.New("password=hunter2")
	for _, c := range []struct {
		name  string
		err   error
		kind  fault.Kind
		code  string
		level string // of the line in the log
	}{
		{"ours", fault.New(fault.Conflict, "room_full", "the room is full"), fault.Conflict, "room_full", ""},
		{"bug", cause, fault.Internal, "internal_error", "ERROR"},
		{"down", fault.Wrap(cause, fault.Unavailable, "unavailable", "later"), fault.Unavailable, "unavailable", "WARN"},
		{"full", fault.New(fault.Unavailable, "draining", "come back"), fault.Unavailable, "draining", ""},
		{"foreign", status.Error(codes.Unimplemented, "no such method"), fault.Internal, "internal_error", ""},
		{"logged out", fault.New(fault.Unauthenticated, "invalid_token", "log in"), fault.Unauthenticated, "invalid_token", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log logged
			conn := pair(t, options(&log), &echo{
				say:  func(context.Context, string) (string, error) { return "", c.err },
				chat: func(grpc.ServerStream) error { return c.err },
			})
			check := func(err error) {
				var f *fault.Error
				if !errors.As(err, &f) || f.Kind != c.kind || f.Code != c.code || strings.Contains(err.Error(), "hunter2") {
					t.Errorf("%#v", err)
				}
			}
			ctx := rpc.WithRequestID(t.Context(), "r7")
			_, err := say(ctx, conn, "")
			check(err)
			_, err = receive(open(ctx, t, conn))
			check(err)
			lines := strings.Count(log.String(), "\n")
			if c.level == "" {
				if lines != 0 {
					t.Errorf("logged %s", log.String())
				}
				return
			}
			for _, want := range []string{"level=" + c.level, "method=lair.test.Echo/Say", "method=lair.test.Echo/Chat", "hunter2"} {
				if lines != 2 || !strings.Contains(log.String(), want) {
					t.Errorf("no %q in %s", want, log.String())
				}
			}
		})
	}
}

func TestPanicIsAnInternalError(t *testing.T) {
	var log logged
	conn := pair(t, options(&log), &echo{
		say:  func(context.Context, string) (string, error) { panic("oops") },
		chat: func(grpc.ServerStream) error { panic("oops") },
	})
	_, first := say(t.Context(), conn, "")
	_, second := receive(open(t.Context(), t, conn))
	for _, err := range []error{first, second} {
		if fault.CodeOf(err) != "internal_error" || strings.Contains(err.Error(), "oops") {
			t.Error(err)
		}
	}
	if got := log.String(); strings.Count(got, `err="panic: oops"`) != 2 || !strings.Contains(got, "call_test.go") {
		t.Errorf("logged %s", got)
	}
}

func TestStreamEndsWithEOF(t *testing.T) {
	conn := pair(t, options(new(logged)), &echo{chat: func(ss grpc.ServerStream) error {
		for {
			s, err := receive(ss)
			if errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			if err := ss.SendMsg(wrapperspb.String(s)); err != nil {
				return err
			}
		}
	}})
	cs := open(t.Context(), t, conn)
	for _, s := range []string{"one", "two"} {
		if err := cs.SendMsg(wrapperspb.String(s)); err != nil {
			t.Fatal(err)
		}
		if got, err := receive(cs); err != nil || got != s {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if err := cs.CloseSend(); err != nil {
		t.Fatal(err)
	}
	if _, err := receive(cs); err != io.EOF { //nolint:errorlint // generated code compares
		t.Errorf("%#v", err)
	}
	if err := cs.SendMsg(wrapperspb.String("late")); err == nil {
		t.Error("sent after the end")
	}
}

func TestUnaryCallHasADeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logged
		o := options(&log)
		o.Timeout = 2 * time.Second
		conn := pair(t, o, &echo{say: func(ctx context.Context, _ string) (string, error) {
			<-ctx.Done()
			return "", ctx.Err()
		}})
		began := time.Now()
		_, err := say(t.Context(), conn, "")
		if fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if took := time.Since(began); took < 2*time.Second || took > 3*time.Second {
			t.Errorf("took %v", took)
		}
		long, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, _ = say(long, conn, "")
		if took := time.Since(began); took < time.Minute {
			t.Errorf("the caller's own deadline was not kept: %v", took)
		}
		synctest.Wait()
		if log.String() != "" {
			t.Errorf("logged %s", log.String())
		}
	})
}

func TestCallerWhoLeavesIsNoError(t *testing.T) {
	var log logged
	entered, left := make(chan struct{}), make(chan struct{})
	reg := prometheus.NewRegistry()
	o := options(&log)
	o.Registry = reg
	conn := pair(t, o, &echo{chat: func(ss grpc.ServerStream) error {
		defer close(left)
		close(entered)
		<-ss.Context().Done()
		return errors.Join(errors.New("select message"), ss.Context().Err())
	}})
	ctx, cancel := context.WithCancel(t.Context())
	cs := open(ctx, t, conn)
	<-entered
	cancel()
	if _, err := receive(cs); !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
	<-left
	if log.String() != "" {
		t.Errorf("logged %s", log.String())
	}
}

func TestCallsAreCountedOncePerProcess(t *testing.T) {
	reg := prometheus.NewRegistry()
	o := options(new(logged))
	o.Registry = reg
	for range 2 { // two servers and two connections share the histograms
		conn := pair(t, o, &echo{
			say:  func(context.Context, string) (string, error) { return "", nil },
			chat: func(grpc.ServerStream) error { return fault.New(fault.NotFound, "room_not_found", "no") },
		})
		if _, err := say(t.Context(), conn, ""); err != nil {
			t.Fatal(err)
		}
		if _, err := receive(open(t.Context(), t, conn)); err == nil {
			t.Fatal("no error")
		}
	}
	for _, name := range []string{"lair_rpc_server_handled_seconds", "lair_rpc_client_handled_seconds"} {
		got, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]uint64{}
		for _, family := range got {
			if family.GetName() != name {
				continue
			}
			for _, m := range family.GetMetric() {
				var labels []string
				for _, l := range m.GetLabel() {
					labels = append(labels, l.GetValue())
				}
				counts[strings.Join(labels, " ")] = m.GetHistogram().GetSampleCount()
			}
		}
		if len(counts) != 2 || counts["OK lair.test.Echo/Say"] != 2 || counts["NotFound lair.test.Echo/Chat"] != 2 {
			t.Errorf("%s: %v", name, counts)
		}
	}
	if problems, err := testutil.GatherAndLint(reg); err != nil || len(problems) > 0 {
		t.Errorf("%v, %v", problems, err)
	}
}

func TestSpansOfCallerAndHandlerAreOneTrace(t *testing.T) {
	recorder := tracetest.NewSpanRecorder()
	o := options(new(logged))
	o.Tracer = trace.NewTracerProvider(trace.WithSpanProcessor(recorder))
	conn := pair(t, o, &echo{say: func(context.Context, string) (string, error) { return "", nil }})
	if _, err := say(t.Context(), conn, ""); err != nil {
		t.Fatal(err)
	}
	spans := recorder.Started()
	if len(spans) != 2 || spans[0].SpanContext().TraceID() != spans[1].SpanContext().TraceID() {
		t.Errorf("%v", spans)
	}
}

func TestServeLetsCallsFinishButNotForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		entered, release := make(chan struct{}), make(chan struct{})
		srv := rpc.NewServer(options(new(logged)))
		srv.RegisterService(&echoDesc, &echo{
			say: func(_ context.Context, s string) (string, error) { close(entered); <-release; return s, nil },
			chat: func(ss grpc.ServerStream) error {
				<-ss.Context().Done() // a stream that nobody told to end
				return ss.Context().Err()
			},
		})
		conn, err := rpc.Loopback(srv, options(new(logged)))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		ctx, cancel := context.WithCancel(t.Context())
		served := make(chan error)
		go func() { served <- rpc.Serve(ctx, srv, bufconn.Listen(1)) }()
		said := make(chan error)
		go func() { _, err := say(t.Context(), conn, ""); said <- err }()
		cs := open(t.Context(), t, conn)
		<-entered
		synctest.Wait()
		cancel()
		began := time.Now()
		synctest.Wait()
		close(release)
		if err := <-said; err != nil {
			t.Errorf("a call was broken off: %v", err)
		}
		if err := <-served; err != nil || time.Since(began) != 10*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if _, err := receive(cs); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%v", err)
		}
	})
}

func TestServeSaysWhyItCannot(t *testing.T) {
	lis := bufconn.Listen(1)
	_ = lis.Close()
	srv := rpc.NewServer(options(new(logged)))
	if err := rpc.Serve(t.Context(), srv, lis); err == nil || !strings.HasPrefix(err.Error(), "serve ") {
		t.Errorf("%v", err)
	}
}

func TestWhatIsAwayIsUnavailable(t *testing.T) {
	away, bug := errors.New("connection refused"), errors.New("a bug")
	for err, want := range map[error]fault.Kind{
		away: fault.Unavailable, bug: fault.Internal,
		fault.Wrap(away, fault.Denied, "permission_denied", "no"): fault.Denied,
	} {
		var log logged
		o := options(&log)
		o.Away = func(err error) bool { return errors.Is(err, away) }
		conn := pair(t, o, &echo{say: func(context.Context, string) (string, error) { return "", err }})
		_, got := say(t.Context(), conn, "")
		if fault.KindOf(got) != want || strings.Contains(fault.Of(got).Text, "refused") {
			t.Errorf("%v became %v of kind %v", err, got, fault.KindOf(got))
		}
	}
}
