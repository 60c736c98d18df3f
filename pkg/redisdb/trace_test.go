package redisdb_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/lair-chat/lair/pkg/redisdb"
	"github.com/lair-chat/lair/pkg/testkit/redistest"
)

func TestSpansOfCommandsHaveNamesAndNoValues(t *testing.T) {
	client, err := redisdb.Open(redistest.Server(t).URL())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if err := client.Ping(t.Context()).Err(); err != nil { // connects, outside of a span
		t.Fatal(err)
	}
	recorder := tracetest.NewSpanRecorder()
	ctx, span := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder)).Tracer("test").Start(t.Context(), "work")
	_ = client.Get(ctx, "hunter2").Err()            // there is none, which is no error
	_ = client.Do(ctx, "nonsense", "hunter2").Err() // Redis quotes it
	span.End()
	var got []string
	for _, s := range recorder.Ended() {
		if text := fmt.Sprint(s.Name(), s.Status(), s.Attributes(), s.Events()); strings.Contains(text, "hunter2") {
			t.Errorf("a value is shown: %s", text)
		}
		got = append(got, s.Name()+": "+s.Status().Description)
	}
	if diff := cmp.Diff([]string{"redis get: ", "redis nonsense: ERR", "work: "}, got); diff != "" {
		t.Error(diff)
	}
}
