package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

// trace is one of Jaeger's.
type trace struct {
	TraceID   string
	Spans     []span
	Processes map[string]process
}

type span struct {
	SpanID, OperationName, ProcessID string
	StartTime, Duration              int64 // µs
	References                       []struct{ RefType, TraceID, SpanID string }
}

type process struct {
	ServiceName string
	Tags        []struct {
		Key   string
		Value any
	}
}

// where says which process a span is of, such as gateway@3f9c0d1e2b4a.
func (t trace) where(s span) string {
	p := t.Processes[s.ProcessID]
	for _, tag := range p.Tags {
		if tag.Key == "host.name" {
			return fmt.Sprintf("%s@%v", p.ServiceName, tag.Value)
		}
	}
	return p.ServiceName
}

func (s span) parent() string {
	for _, r := range s.References {
		if r.RefType == "CHILD_OF" {
			return r.SpanID
		}
	}
	return ""
}

// find returns the first span of a service by the beginning of its name.
func (t trace) find(service, name string) (span, bool) {
	for _, s := range t.Spans {
		if t.Processes[s.ProcessID].ServiceName == service && strings.HasPrefix(s.OperationName, name) {
			return s, true
		}
	}
	return span{}, false
}

// String is the tree of spans, each with when it began and how long it took.
func (t trace) String() string {
	var b strings.Builder
	slices.SortFunc(t.Spans, func(a, b span) int { return cmp.Compare(a.StartTime, b.StartTime) })
	here := map[string]bool{}
	for _, s := range t.Spans {
		here[s.SpanID] = true
	}
	var under func(parent, indent string)
	under = func(parent, indent string) {
		for _, s := range t.Spans {
			if s.parent() == parent || parent == "" && !here[s.parent()] {
				fmt.Fprintf(&b, "%s%-*s %-26s %8s for %s\n", indent, 52-len(indent), s.OperationName, t.where(s),
					"+"+micros(s.StartTime-t.Spans[0].StartTime), micros(s.Duration))
				under(s.SpanID, indent+"  ")
			}
		}
	}
	under("", "  ")
	return strings.TrimRight(b.String(), "\n")
}

func micros(n int64) string {
	return (time.Duration(n) * time.Microsecond).Round(10 * time.Microsecond).String()
}

// jaeger asks Jaeger for traces: path is that of its API.
func jaeger(ctx context.Context, path string) ([]trace, error) {
	var answer struct{ Data []trace }
	err := ask(ctx, "jaeger", 16686, "/api/"+path, &answer)
	return answer.Data, err
}

// traceOf returns the one trace of a gateway that has a span of that name and began
// since then, once fits is content with it.
func traceOf(ctx context.Context, name string, since time.Time, fits func(trace) error) (trace, error) {
	var found trace
	query := url.Values{"service": {"gateway"}, "operation": {name}, "limit": {"20"}, "start": {strconv.FormatInt(since.UnixMicro(), 10)}, "end": {strconv.FormatInt(since.Add(time.Hour).UnixMicro(), 10)}}
	err := hall.Until(ctx, time.Minute, func(ctx context.Context) error {
		traces, err := jaeger(ctx, "traces?"+query.Encode())
		if err != nil {
			return err
		}
		if len(traces) != 1 {
			return fmt.Errorf("%d traces of %q", len(traces), name)
		}
		found = traces[0]
		return fits(found)
	})
	if err != nil {
		return found, errors.Join(err, errors.New(found.String()))
	}
	return found, nil
}
