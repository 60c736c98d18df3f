package e2e

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collectorv1 "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracev1 "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"

	lair "github.com/lair-chat/lair/clients/go"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/lair/internal/cluster"
)

// collector takes spans as an OpenTelemetry collector does.
type collector struct {
	collectorv1.UnimplementedTraceServiceServer
	url string

	mu    sync.Mutex
	spans []span
	more  chan struct{}
}

// span is one span, and the service and the process that made it.
type span struct {
	*tracev1.Span
	service string
	pid     int64
}

func (s span) trace() string { return hex.EncodeToString(s.GetTraceId()) }

func (c *collector) Export(_ context.Context, r *collectorv1.ExportTraceServiceRequest) (*collectorv1.ExportTraceServiceResponse, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, from := range r.GetResourceSpans() {
		service, pid := "", int64(0)
		for _, a := range from.GetResource().GetAttributes() {
			switch a.GetKey() {
			case "service.name":
				service = a.GetValue().GetStringValue()
			case "process.pid":
				pid = a.GetValue().GetIntValue()
			}
		}
		for _, scope := range from.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				c.spans = append(c.spans, span{s, service, pid})
			}
		}
	}
	close(c.more)
	c.more = make(chan struct{})
	return &collectorv1.ExportTraceServiceResponse{}, nil
}

func collect(t *testing.T) *collector {
	t.Helper()
	lis, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	c := &collector{url: "http://" + lis.Addr().String(), more: make(chan struct{})}
	srv := grpc.NewServer() //nolint:forbidigo // it is no part of the system
	collectorv1.RegisterTraceServiceServer(srv, c)
	go srv.Serve(lis) //nolint:errcheck // it ends with the test
	t.Cleanup(srv.Stop)
	return c
}

// wait returns the first span that fits, once it has come.
func (c *collector) wait(t *testing.T, what string, fits func(span) bool) span {
	t.Helper()
	for ctx := soon(t); ; {
		c.mu.Lock()
		i, more := slices.IndexFunc(c.spans, fits), c.more
		if i >= 0 {
			defer c.mu.Unlock()
			return c.spans[i]
		}
		c.mu.Unlock()
		select {
		case <-more:
		case <-ctx.Done():
			var names []string
			for _, s := range c.spans {
				names = append(names, s.service+": "+s.GetName())
			}
			t.Fatalf("there is no span of %s among %q", what, names)
		}
	}
}

// in fits spans of one trace that a service made, by the beginning of their names.
func in(trace, service, name string) func(span) bool {
	return func(s span) bool {
		return s.trace() == trace && s.service == service && strings.HasPrefix(s.GetName(), name)
	}
}

// traced starts a system of which everything is traced.
func traced(t *testing.T, c *collector) *system {
	t.Helper()
	return begin(t, func(ctx context.Context, o cluster.Options) (*cluster.System, error) {
		o.Metrics = true
		o.Env = append(o.Env, "LAIR_OTLP_ENDPOINT="+c.url, "LAIR_TRACE_SAMPLE=1", "OTEL_BSP_SCHEDULE_DELAY=100",
			"LAIR_METRICS_PUBLIC=true", "LAIR_LOG_LEVEL=debug")
		return cluster.Many(ctx, o)
	})
}

func TestOneTraceLeadsFromTheFrameToTheDeliveryOnAnotherGateway(t *testing.T) {
	c := collect(t)
	s := traced(t, c)
	ann, bob := register(t, s.first(), "ann"), register(t, s.last(), "bob")
	hall := room(t, ann, bob)
	b := bob.ws(t)
	ann.tcp(t).deaf().say(clientv1.ToRoom(hall), "hello")
	b.hears(hall.Conversation(), "hello")

	sent := c.wait(t, "the frame", func(s span) bool { return s.GetName() == "command send_message" })
	for _, want := range []struct{ service, name string }{
		{"message", "commit"}, {"message", "sql "}, {"message", "publish"}, {"message", "redis pipeline publish"},
	} {
		c.wait(t, want.service+", "+want.name, in(sent.trace(), want.service, want.name))
	}
	c.wait(t, "the delivery at another gateway", func(s span) bool {
		return in(sent.trace(), "gateway", "deliver")(s) && s.pid != sent.pid
	})
	t.Log("the trace is", sent.trace())
	says(t, s, fmt.Sprintf(`"trace_id":"%s"`, sent.trace()))

	_, err := ann.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(hall), Content: "by HTTP"})
	must(t, err)
	b.hears(hall.Conversation(), "by HTTP")
	posted := c.wait(t, "the request", func(s span) bool { return s.GetName() == "POST /api/v1/messages" })
	c.wait(t, "its delivery", in(posted.trace(), "gateway", "deliver"))

	// So does what is changed.
	m, err := ann.Send(soon(t), lair.Draft{Target: clientv1.ToRoom(hall), Content: "a slip"})
	must(t, err)
	_, err = ann.EditMessage(soon(t), m.ID, "no slip")
	must(t, err)
	must(t, ann.DeleteMessage(soon(t), m.ID))
	for _, route := range []string{"PATCH /api/v1/messages/{message_id}", "DELETE /api/v1/messages/{message_id}"} {
		request := c.wait(t, "the request", func(s span) bool { return s.GetName() == route })
		c.wait(t, "the delivery of "+route, in(request.trace(), "gateway", "deliver"))
	}

	// And who comes while somebody listens: nobody heard the joins before.
	cas, now := register(t, s.first(), "cas"), uint64(time.Now().UnixNano())
	_, err = cas.JoinRoom(soon(t), hall)
	must(t, err)
	join := c.wait(t, "the join", func(s span) bool {
		return s.GetName() == "POST /api/v1/rooms/{room_id}/join" && s.GetStartTimeUnixNano() > now
	})
	c.wait(t, "its delivery", in(join.trace(), "gateway", "deliver"))

	// The histogram names a trace as an example, to who asks in the form that has them.
	message := s.Program("message")
	for url, names := range map[string][]string{
		s.first().HTTP + "/metrics":              {"lair_gateway_send_seconds", "lair_gateway_command_seconds", "lair_gateway_http_seconds", "lair_rpc_client_handled_seconds"},
		s.last().HTTP + "/metrics":               {"lair_gateway_deliver_seconds"},
		"http://" + message.Metrics + "/metrics": {"lair_message_commit_seconds", "lair_message_commit_wait_seconds", "lair_rpc_server_handled_seconds"},
	} {
		text := openMetrics(t, url)
		for _, name := range names {
			if !hasExemplar(text, name+"_bucket") {
				t.Errorf("%s has no exemplar", name)
			}
		}
	}
}

// openMetrics returns metrics in the form that has exemplars.
func openMetrics(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(soon(t), http.MethodGet, url, nil)
	must(t, err)
	req.Header.Set("Accept", "application/openmetrics-text; version=1.0.0")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close() // it is read
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	return string(text)
}

func hasExemplar(text, name string) bool {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, name) && strings.Contains(line, `# {trace_id="`) {
			return true
		}
	}
	return false
}

func TestOneTraceLeadsFromTheRequestThroughAServiceToItsStatements(t *testing.T) {
	c := collect(t)
	s := traced(t, c)
	ann := register(t, s.first(), "ann")
	const theirs = "4bf92f3577b34da6a3ce929d0e0e4736"
	req, err := http.NewRequestWithContext(soon(t), http.MethodGet, s.first().HTTP+"/api/v1/rooms", nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+ann.Token())
	req.Header.Set("Traceparent", "00-"+theirs+"-00f067aa0ba902b7-01")
	req.Header.Set("X-Request-Id", "mine-7")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	must(t, resp.Body.Close())

	list := c.wait(t, "the request", func(s span) bool { return s.GetName() == "GET /api/v1/rooms" })
	if list.trace() == theirs {
		t.Error("a client decides about our traces")
	}
	if links := list.GetLinks(); len(links) != 1 || hex.EncodeToString(links[0].GetTraceId()) != theirs {
		t.Errorf("the trace of the client is no link: %v", links)
	}
	for _, want := range []struct{ service, name string }{
		{"gateway", "room.v1.RoomService/"}, {"room", "room.v1.RoomService/"}, {"room", "sql "},
	} {
		c.wait(t, want.service+", "+want.name, in(list.trace(), want.service, want.name))
	}
	// The log has the same names, in all processes that took part.
	log, err := os.ReadFile(s.log.Name())
	must(t, err)
	want := fmt.Sprintf(`"request_id":"mine-7","trace_id":"%s"`, list.trace())
	for _, service := range []string{"gateway", "room"} {
		if !hasLine(string(log), `"service":"`+service+`"`, want) {
			t.Errorf("no line of %s has %s", service, want)
		}
	}
}

func hasLine(text string, parts ...string) bool {
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(parts, func(p string) bool { return !strings.Contains(line, p) }) {
			return true
		}
	}
	return false
}
