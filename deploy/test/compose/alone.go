package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/lair-chat/lair/deploy/test/hall"
)

const (
	aloneWeb     = "http://localhost:28082"
	aloneMetrics = "http://127.0.0.1:28190/metrics"
)

// alone starts deploy/compose/serve.yml, and does with it what docs/operations.md says.
func alone(ctx context.Context, c containers) (err error) {
	for name, port := range map[string]string{"HTTP_PORT": "28082", "TCP_PORT": "28080", "METRICS_PORT": "28190"} {
		if err := os.Setenv(name, port); err != nil {
			return err
		}
	}
	c = append(append(containers{}, c...), "-f", "deploy/compose/serve.yml", "-p", "lair-alone")
	defer func() { err = errors.Join(err, c.run(context.WithoutCancel(ctx), "down", "-v")) }()
	if err := c.run(ctx, "up", "-d"); err != nil {
		return err
	}
	if err := c.healthy(ctx, "lair"); err != nil {
		return err
	}
	page, err := hall.Get(ctx, http.DefaultClient, aloneMetrics)
	if err != nil {
		return err
	}
	for _, metric := range []string{"lair_build_info{", "lair_data_free_bytes ", "lair_ready "} {
		if !strings.Contains(page, "\n"+metric) {
			return fmt.Errorf("%s has no %s", aloneMetrics, metric)
		}
	}
	dir, err := os.MkdirTemp("", "lair-alone-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return aloneCare(ctx, c, dir)
}

// aloneCare is a backup, a restore of it into an empty volume, and an import.
func aloneCare(ctx context.Context, c containers, dir string) error {
	ann, err := arrive(ctx, aloneWeb, nil)
	if err != nil {
		return err
	}
	if _, err := ann.say(ctx, "before the backup"); err != nil {
		return err
	}
	if err := oldDatabase(ctx, dir); err != nil { // the folder is of the user of containers then
		return err
	}
	if err := c.run(ctx, "run", "--rm", "-T", "-v", dir+":/backups", "lair", "backup", "/backups/copy"); err != nil {
		return err
	}
	if _, err := ann.say(ctx, "after the backup"); err != nil {
		return err
	}
	began := time.Now()
	for _, args := range [][]string{
		{"stop"},
		{"down", "-v"},
		{"run", "--rm", "-T", "-v", dir + ":/backups", "lair", "restore", "/backups/copy"},
		{"up", "-d"},
	} {
		if err := c.run(ctx, args...); err != nil {
			return err
		}
	}
	if err := ann.goesOn(ctx, "before the backup"); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	for _, args := range [][]string{
		{"stop"},
		{"run", "--rm", "-T", "-v", dir + ":/old", "lair", "import-0.8", "-from", "/old/lair-chat.db"},
		{"up", "-d"},
	} {
		if err := c.run(ctx, args...); err != nil {
			return err
		}
	}
	if err := remembered(ctx, aloneWeb, nil); err != nil {
		return fmt.Errorf("import: %w", err)
	}
	hall.Say("lair serve alone: metrics, a backup, a restore of it and an import, in %s", hall.Since(began))
	return nil
}
