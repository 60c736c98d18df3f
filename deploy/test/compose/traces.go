package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// traces follows what Ann says from her gateway to the delivery at another one, and
// a point on a graph to its trace and to the log.
func traces(ctx context.Context, people *hall.Hall, c containers) error {
	for _, way := range []struct {
		name string
		say  func(context.Context, string, string) error
	}{
		{"command send_message", people.Tell},
		{"POST /api/v1/messages", people.Post},
	} {
		began := time.Now()
		if err := way.say(ctx, "ann", "who follows "+way.name+"?"); err != nil {
			return err
		}
		t, err := traceOf(ctx, way.name, began, func(t trace) error { return whole(t, way.name) })
		if err != nil {
			return err
		}
		hall.Say("Jaeger has one trace of %q, %s:\n%s", way.name, t.TraceID, t)
	}
	began := time.Now()
	if err := people.Read(ctx, 1); err != nil {
		return err
	}
	return errors.Join(called(ctx, began), c.exemplar(ctx))
}

// whole holds that a trace has all the steps of a message, to the delivery at a
// gateway that is not the one that took it.
func whole(t trace, name string) error {
	took, ok := t.find("gateway", name)
	if !ok {
		return fmt.Errorf("no %s", name)
	}
	for _, step := range []string{"commit", "sql ", "publish", "redis "} {
		if _, ok := t.find("message", step); !ok {
			return fmt.Errorf("no %s of message", step)
		}
	}
	for _, s := range t.Spans {
		if s.OperationName == "deliver" && t.where(s) != t.where(took) {
			return nil
		}
	}
	return errors.New("no delivery at another gateway")
}

// called holds that the call between two processes is seen at both ends.
func called(ctx context.Context, since time.Time) error {
	const name = "message.v1.MessageService/"
	return hall.Until(ctx, time.Minute, func(ctx context.Context) error {
		traces, err := jaeger(ctx, "traces?"+url.Values{"service": {"gateway"}, "operation": {"GET /api/v1/messages"}, "start": {strconv.FormatInt(since.UnixMicro(), 10)}}.Encode())
		if err != nil {
			return err
		}
		for _, t := range traces {
			_, caller := t.find("gateway", name)
			_, callee := t.find("message", name)
			if _, sql := t.find("message", "sql "); caller && callee && sql {
				hall.Say("and one of a request that calls a service, %s:\n%s", t.TraceID, t)
				return nil
			}
		}
		return fmt.Errorf("no call of %s with both ends in %d traces", name, len(traces))
	})
}

// exemplar follows a point on the graph of latency to its trace, and to the lines of
// the log that have its id.
func (c containers) exemplar(ctx context.Context) error {
	p, err := metrics(ctx)
	if err != nil {
		return err
	}
	return hall.Until(ctx, time.Minute, func(ctx context.Context) error {
		ids, err := p.Traces(ctx, "lair_gateway_deliver_seconds_bucket")
		if err != nil {
			return err
		}
		for _, id := range ids {
			if known, err := jaeger(ctx, "traces/"+id); err != nil || len(known) != 1 {
				continue // it is on its way
			}
			log, err := output(ctx, append(append([]string{}, c...), "logs", "--no-color", "gateway-1", "gateway-2", "message")...)
			if err != nil {
				return err
			}
			if lines := strings.Count(log, `"trace_id":"`+id+`"`); lines > 0 {
				hall.Say("an exemplar of lair_gateway_deliver_seconds leads to the trace %s and to %d lines of the log", id, lines)
				return nil
			}
		}
		return fmt.Errorf("none of %d exemplars leads to a trace and to the log", len(ids))
	})
}
