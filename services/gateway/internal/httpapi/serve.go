package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/lair-chat/lair/pkg/id"
	"github.com/lair-chat/lair/pkg/rpc"
	"github.com/lair-chat/lair/pkg/tracing"
	"github.com/lair-chat/lair/services/gateway/internal/policy"
	"github.com/lair-chat/lair/services/gateway/internal/quota"
)

// serve is around every request: headers, limits, the log and the metrics.
func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	if a.Socket != nil && r.URL.Path == SocketPath && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		a.Socket.ServeHTTP(w, r) // it takes the connection over and has times of its own
		return
	}
	began := time.Now()
	policy.API(w.Header())
	cors(w.Header(), r, a.Origins)
	name := requestID(r)
	w.Header().Set("X-Request-Id", name)
	if r.Method == http.MethodOptions {
		return // the headers say it all
	}
	ctx, span := a.span(rpc.WithRequestID(r.Context(), name), r)
	defer span.End()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// The context does not end the reading of a body. A recorder in a test has
	// no deadlines, hence no error.
	_ = http.NewResponseController(w).SetReadDeadline(began.Add(timeout))

	rec := &recorder{ResponseWriter: w}
	inner := r.WithContext(ctx)
	route := a.dispatch(rec, inner)
	took := time.Since(began)
	describe(span, method(r.Method), route, rec.status)
	tracing.Observe(ctx, a.took.WithLabelValues(route, method(r.Method), strconv.Itoa(rec.status)), took.Seconds())
	a.old.served(method(r.Method), route, rec.status, took)
	a.report(ctx, rec, r.Context().Err() != nil, route, method(r.Method), took)
}

// dispatch serves the request and returns its route.
func (a *api) dispatch(rec *recorder, r *http.Request) (route string) {
	h, pattern := a.mux.Handler(r)
	_, route, _ = strings.Cut(pattern, " ")
	if pattern == "" || r.URL.Path != path.Clean(r.URL.Path) {
		if err := a.charge(rec, quota.Requests, id.User{}, r); err != nil {
			a.fail(rec, err)
		} else {
			a.unknown(rec, r, h)
		}
		return "unknown"
	}
	defer func() {
		if v := recover(); v != nil {
			a.fail(rec, &panicError{v, debug.Stack()})
		}
	}()
	a.mux.ServeHTTP(rec, r)
	return route
}

type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// unknown answers 404, or 405 if the path has other methods.
func (a *api) unknown(rec *recorder, r *http.Request, h http.Handler) {
	probe := &silent{header: http.Header{}}
	if r.URL.Path == path.Clean(r.URL.Path) {
		h.ServeHTTP(probe, r)
	}
	if probe.status != http.StatusMethodNotAllowed {
		a.fail(rec, &refusal{http.StatusNotFound, "not_found", "there is nothing at this path"})
		return
	}
	rec.Header().Set("Allow", probe.header.Get("Allow"))
	a.fail(rec, &refusal{http.StatusMethodNotAllowed, "method_not_allowed", "this path does not have this method"})
}

// silent hears what a handler answers and keeps the status and the headers.
type silent struct {
	header http.Header
	status int
}

func (s *silent) Header() http.Header         { return s.header }
func (s *silent) Write(p []byte) (int, error) { return len(p), nil }
func (s *silent) WriteHeader(status int)      { s.status = status }

// recorder remembers what was answered, for the log and the metrics.
type recorder struct {
	http.ResponseWriter
	status int
	user   id.User
	err    error
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
		r.ResponseWriter.WriteHeader(status)
	}
}

// Unwrap serves http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// report logs the request: never its query, its body or its headers.
func (a *api) report(ctx context.Context, rec *recorder, gone bool, route, method string, took time.Duration) {
	level := slog.LevelDebug
	// Of a client that went away nobody has to hear.
	if rec.status >= http.StatusInternalServerError && rec.err != nil && !gone {
		level = slog.LevelError
	}
	if !a.Log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", method), slog.String("route", route), slog.Int("status", rec.status),
		slog.Duration("took", took),
	}
	if !rec.user.IsZero() {
		attrs = append(attrs, slog.String("user", rec.user.String()))
	}
	if level == slog.LevelError {
		attrs = append(attrs, slog.Any("err", rec.err))
		if p, ok := errors.AsType[*panicError](rec.err); ok {
			attrs = append(attrs, slog.String("stack", string(p.stack)))
		}
	}
	a.Log.LogAttrs(ctx, level, "request served", attrs...)
}

// requestID returns what the client calls the request, or a new name.
func requestID(r *http.Request) string {
	name := r.Header.Get("X-Request-Id")
	for _, c := range []byte(name) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-':
		default:
			return id.New().String()
		}
	}
	if name == "" || len(name) > 64 {
		return id.New().String()
	}
	return name
}

// method keeps the labels of the metrics a closed set.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return m
	}
	return "other"
}

func histogram(r prometheus.Registerer) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "lair_gateway_http_seconds", Help: "How long requests took, by route, method and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
	}, []string{"route", "method", "status"})
	if r != nil {
		r.MustRegister(h)
	}
	return h
}
