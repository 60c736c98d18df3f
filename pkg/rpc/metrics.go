package rpc

import (
	"errors"
	"fmt"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// buckets reach from a call in memory to one that gave up, in seconds.
var buckets = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

func serverHistogram(r prometheus.Registerer) *prometheus.HistogramVec {
	return histogram(r, "lair_rpc_server_handled_seconds", "How long calls took to serve, by method and gRPC code.")
}

func clientHistogram(r prometheus.Registerer) *prometheus.HistogramVec {
	return histogram(r, "lair_rpc_client_handled_seconds", "How long calls to peers took, by method and gRPC code.")
}

// refusals counts callers that were not admitted. The reasons are there from the
// beginning, so that the first refusal is an increase.
func refusals(r prometheus.Registerer) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "lair_rpc_server_refused_total", Help: "Calls of callers that are no part of the system, by reason.",
	}, []string{"reason"})
	if r != nil {
		err := r.Register(c)
		if there, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
			c = there.ExistingCollector.(*prometheus.CounterVec) //nolint:forcetypeassert // nobody else has the name
		}
	}
	for _, reason := range []refusal{refusedProof, refusedClock, refusedCertificate} {
		c.WithLabelValues(string(reason))
	}
	return c
}

// histogram returns the one histogram of that name in r: servers and
// connections of a process share it. It panics if another metric has the name,
// which only a mistake in the program can cause.
func histogram(r prometheus.Registerer, name, help string) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets},
		[]string{"method", "code"})
	if r == nil {
		return h
	}
	err := r.Register(h)
	if err == nil {
		return h
	}
	if there, ok := errors.AsType[prometheus.AlreadyRegisteredError](err); ok {
		if h, ok := there.ExistingCollector.(*prometheus.HistogramVec); ok {
			return h
		}
	}
	panic(fmt.Errorf("rpc: %s: %w", name, err))
}

// label is a method as metrics and logs show it: "message.v1.MessageService/Send".
// The set is closed: calls of unknown methods never reach an interceptor.
func label(method string) string { return strings.TrimPrefix(method, "/") }
