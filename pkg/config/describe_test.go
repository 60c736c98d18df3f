package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lair-chat/lair/pkg/config"
)

func TestManual(t *testing.T) {
	got := config.Markdown(
		config.Group{Title: "Limits", Variables: config.Describe(limits{})},
		config.Group{Title: "Service", Variables: config.Describe(&service{})[:4]})
	want := strings.Join([]string{
		"## Limits", "",
		"| variable | type | default | meaning |",
		"| --- | --- | --- | --- |",
		"| `BURST` | whole number | `30` | How many at once. |",
		"",
		"## Service", "",
		"| variable | type | default | meaning |",
		"| --- | --- | --- | --- |",
		"| `LAIR_HTTP_PORT` | whole number from 0 to 65535 | `8082` | Port of the HTTP server. |",
		"| `LAIR_DATABASE_URL` | text, secret | required | Where the data is. |",
		"| `LAIR_CLUSTER_KEY` | secret | none | Proves membership. |",
		`| ` + "`LAIR_GRACE` | duration such as 90s or 1h30m | `30s` | How long " + `\| to wait. |`,
		"",
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDescribeNamesNested(t *testing.T) {
	var names []string
	for _, v := range config.Describe(service{}) {
		names = append(names, v.Name)
	}
	if len(names) != 10 || names[6] != "LAIR_LIMIT_BURST" {
		t.Errorf("%v", names)
	}
}

func TestRedactedConfiguration(t *testing.T) {
	var cfg service
	if err := config.Load([]string{url}, nil, &cfg); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).LogAttrs(t.Context(), slog.LevelInfo, "configuration read", config.Redacted(&cfg)...)
	got := log.String()
	for _, want := range []string{"LAIR_HTTP_PORT=8082", "LAIR_DATABASE_URL=[redacted]", `LAIR_CLUSTER_KEY=""`, "LAIR_GRACE=30s", "LAIR_LOG_LEVEL=INFO"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, "hunter2") {
		t.Error(got)
	}
}

func TestSecretShowsItselfToNobody(t *testing.T) {
	s := config.Secret("hunter2")
	text, err := json.Marshal(map[string]any{"s": s, "list": []config.Secret{s}})
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "s", s)
	in := struct{ S config.Secret }{s}
	all := string(text) + log.String() + fmt.Sprintf("%s %v %q %x %+v %#v %v %#v", s, s, s, s, s, s, in, in)
	if strings.Contains(all, "hunter2") || strings.Contains(all, fmt.Sprintf("%x", "hunter2")) {
		t.Error(all)
	}
	if s.Reveal() != "hunter2" {
		t.Error("lost")
	}
}
