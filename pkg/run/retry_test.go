package run_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lair-chat/lair/pkg/run"
)

var errDown = errors.New("connection refused")

func TestRetrySucceedsLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		began, last, tries := time.Now(), time.Now(), 0
		err := run.Retry(t.Context(), slog.New(slog.NewTextHandler(&log, nil)), "postgres", time.Minute, func(context.Context) error {
			if gap := time.Since(last); gap > 5*time.Second || tries > 0 && gap < 50*time.Millisecond {
				t.Errorf("attempt %d after %v", tries, gap)
			}
			last = time.Now()
			if tries++; tries <= 8 {
				return errDown
			}
			return nil
		})
		if err != nil || tries != 9 || time.Since(began) < 8*time.Second {
			t.Errorf("%v after %d attempts, %v", err, tries, time.Since(began))
		}
		if got := log.String(); strings.Count(got, "\n") != 8 || !strings.Contains(got, "what=postgres") {
			t.Errorf("logged %s", got)
		}
	})
}

func TestRetryGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := run.Retry(t.Context(), slog.New(slog.DiscardHandler), "redis", 30*time.Second,
			func(context.Context) error { return errDown })
		if !errors.Is(err, errDown) || err.Error() != "redis did not answer within 30s: connection refused" {
			t.Error(err)
		}
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestRetryBoundsAnAttemptThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := run.Retry(t.Context(), slog.New(slog.DiscardHandler), "redis", time.Second,
			func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "redis did not answer") {
			t.Error(err)
		}
	})
}

func TestRetryEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		err := run.Retry(ctx, slog.New(slog.DiscardHandler), "redis", time.Minute,
			func(context.Context) error { return errDown })
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
