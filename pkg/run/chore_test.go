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

func TestChoreIsDoneAgainAndAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var rounds []time.Time
		ctx, stop := context.WithCancel(t.Context())
		began := time.Now()
		err := run.Chore{Every: 4 * time.Second, Do: func(context.Context) error {
			if rounds = append(rounds, time.Now()); len(rounds) == 100 {
				stop()
			}
			return nil
		}}.Run(ctx)
		if err != nil || len(rounds) != 100 {
			t.Fatal(len(rounds), err)
		}
		pauses := map[time.Duration]bool{}
		for _, at := range rounds {
			pause := at.Sub(began)
			if pause < 3*time.Second || pause > 5*time.Second {
				t.Errorf("a pause of %v", pause)
			}
			pauses[pause], began = true, at
		}
		if len(pauses) < 2 {
			t.Error("all pauses are the same")
		}
	})
}

func TestFailureOfAChoreIsLoggedOnceUntilItChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down, broken := errors.New("down"), errors.New("broken")
		says := []error{nil, down, down, down, broken, broken, nil, nil, down}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var log bytes.Buffer
		round := 0
		err := run.Chore{Name: "sweeping", Every: time.Second, Log: slog.New(slog.NewTextHandler(&log, nil)), Do: func(context.Context) error {
			if round == len(says) {
				stop()
				return ctx.Err()
			}
			round++
			return says[round-1]
		}}.Run(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for line := range strings.Lines(log.String()) {
			_, text, _ := strings.Cut(strings.TrimSpace(line), "msg=")
			got = append(got, text)
		}
		want := []string{
			`"chore failed" chore=sweeping err=down`, `"chore failed" chore=sweeping err=broken`,
			`"chore works again" chore=sweeping`, `"chore failed" chore=sweeping err=down`,
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("got %q", got)
		}
	})
}
