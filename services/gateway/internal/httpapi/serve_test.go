package httpapi_test

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	dto "github.com/prometheus/client_model/go"

	"github.com/lair-chat/lair/pkg/fault"
	"github.com/lair-chat/lair/pkg/rpc"
	authv1 "github.com/lair-chat/lair/proto/auth/v1"
	clientv1 "github.com/lair-chat/lair/proto/client/v1"
	"github.com/lair-chat/lair/services/gateway/internal/authn"
	"github.com/lair-chat/lair/services/gateway/internal/backend/backendtest"
	"github.com/lair-chat/lair/services/gateway/internal/httpapi"
)

func TestRequestEndsAfterThirtySeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{t: t, log: &logged{}}
		w.authn = func(context.Context, string) (authn.Identity, error) { return authn.Identity{}, nil }
		w.sync = func(ctx context.Context, _ authn.Identity, _ clientv1.SyncBody) (res clientv1.SyncResult, err error) {
			<-ctx.Done()
			return res, ctx.Err()
		}
		w.api = httpapi.New(httpapi.Needs{Authn: w, Syncer: w, Log: slog.New(slog.NewTextHandler(w.log, nil))})
		began := time.Now()
		refused(t, w.do("POST", "/api/v1/sync", ""), 503, "unavailable")
		if took := time.Since(began); took != 30*time.Second {
			t.Errorf("it ended after %v", took)
		}
	})
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	w := newWorld(t)
	if rec := w.do("HEAD", "/health", ""); rec.Code != http.StatusOK || rec.Header().Get("Content-Length") == "" {
		t.Errorf("status %d, headers %v", rec.Code, rec.Header())
	}
}

func TestRequestIDGoesThrough(t *testing.T) {
	w := newWorld(t)
	var heard string
	backendtest.On(w.Services, func(ctx context.Context, _ *authv1.CheckSessionRequest) (*authv1.CheckSessionResponse, error) {
		heard = rpc.RequestID(ctx)
		return &authv1.CheckSessionResponse{User: annUser(), Session: session()}, nil
	})
	for name, keep := range map[string]bool{
		"a": true, "Az09_-": true, strings.Repeat("x", 64): true,
		"": false, strings.Repeat("x", 65): false, "a b": false, "a.b": false, "\xff": false,
	} {
		rec := w.do("GET", "/api/v1/users/me", "", "X-Request-Id: "+name)
		got := rec.Header().Get("X-Request-Id")
		if got == "" || (got == name) != keep || heard != got {
			t.Errorf("%q became %q, and %q for the service", name, got, heard)
		}
	}
}

func TestLogSaysNothingSecret(t *testing.T) {
	w := newWorld(t)
	backendtest.Fail[*authv1.LoginRequest](w.Services, fault.New(fault.Unavailable, "unavailable", "away"))
	w.do("POST", "/api/v1/auth/login?token=secret1", `{"identifier":"secret2","password":"secret3"}`, "Authorization: Bearer secret4")
	w.do("POST", "/api/v1/messages", `{"content":"secret5","target":{"secret6":`)
	w.do("GET", "/api/v1/users/secret7?search=secret8", "")
	log := w.log.String()
	if strings.Contains(log, "secret") {
		t.Errorf("the log has a secret:\n%s", log)
	}
	for _, line := range []string{
		`level=ERROR msg="request served" method=POST route=/api/v1/auth/login status=503`,
		`level=DEBUG msg="request served" method=GET route=/api/v1/users/{user_id} status=404`,
		"user=" + ann,
	} {
		if !strings.Contains(log, line) {
			t.Errorf("the log has no %s:\n%s", line, log)
		}
	}
}

func TestMetricsCountRoutesAndNotPaths(t *testing.T) {
	w := newWorld(t)
	w.do("GET", "/api/v1/users/x", "")
	w.do("GET", "/nowhere", "")
	w.do("BREW", "/nowhere", "")
	families, err := w.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
		var got []string
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, label(l))
			}
			got = append(got, strings.Join(labels, " "))
		}
		slices.Sort(got)
		wanted := []string{
			"method=GET route=/api/v1/users/{user_id} status=404", "method=GET route=unknown status=404", "method=other route=unknown status=404",
		}
		if !slices.Equal(got, wanted) {
			t.Errorf("%s: got %v", f.GetName(), got)
		}
	}
	if !slices.Equal(names, []string{"http_request_duration_seconds", "http_requests_total", "lair_gateway_http_seconds"}) {
		t.Errorf("metrics %v", names)
	}
}

func label(l *dto.LabelPair) string { return l.GetName() + "=" + l.GetValue() }
