package sqldb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/lair-chat/lair/pkg/sqldb"
	"github.com/lair-chat/lair/pkg/testkit/pgtest"
)

func TestSpansOfStatementsHaveNamesAndNoValues(t *testing.T) {
	pool, err := sqldb.OpenPostgres(t.Context(), pgtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	recorder := tracetest.NewSpanRecorder()
	tracer := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)).Tracer("test")
	ctx, span := tracer.Start(t.Context(), "work")
	for _, s := range []pgtest.Statement{
		{SQL: "-- name: FindThing :one\nSELECT $1::text", Args: []any{"hunter2"}},
		{SQL: "-- name: FindUUID :one\nSELECT $1::text::uuid", Args: []any{"hunter2"}}, // PostgreSQL quotes it
		{SQL: "SELECT $1::int", Args: []any{[]string{"hunter2"}}},                      // pgx quotes it
	} {
		var got any
		_ = pool.QueryRow(ctx, s.SQL, s.Args...).Scan(&got) // what fails is to fail
	}
	span.End()
	if _, err := pool.Exec(t.Context(), "SELECT 1"); err != nil { // outside of a span
		t.Fatal(err)
	}
	var got []string
	for _, s := range recorder.Ended() {
		if text := fmt.Sprint(s.Name(), s.Status(), s.Attributes(), s.Events()); strings.Contains(text, "hunter2") {
			t.Errorf("a value is shown: %s", text)
		}
		got = append(got, s.Name()+": "+s.Status().Description)
	}
	want := []string{"sql FindThing: ", "sql FindUUID: SQLSTATE 22P02", "sql SELECT: failed", "work: "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
